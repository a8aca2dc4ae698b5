"""The pure half of an import: the map, names, rows, and what became of a report."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.clocks.actions.seed import OFFICE_WEEK
from feedback.clocks.data import shipped_holidays, shipped_rules
from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Unit, due, working_minutes
from feedback.clocks.rules.policy import ClockKind, Rule
from feedback.clocks.rules.words import ClockState
from feedback.kernel.errors import Invalid
from feedback.tickets.rules.imports import (
    REASON_LABELS,
    Reason,
    Reckoning,
    RowReader,
    Story,
    Unfit,
    parse_map,
    past_of,
)
from feedback.tickets.rules.imports.naming import free_slug, next_district, next_village, slug_of, unit_kind_of
from feedback.tickets.rules.words import Kind, MoveName, State
from feedback.units.rules import UnitKind, is_region_code, is_slug

FILES = Path(__file__).parent / "files"
DOCS = Path(__file__).parents[2] / "docs"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WRITTEN: dict[str, Any] = tomllib.loads((FILES / "map.toml").read_text())
CALENDAR = Calendar(
    key="wit",
    zone=ZoneInfo("Asia/Jayapura"),
    week=OFFICE_WEEK,
    closed=frozenset(holiday.date for holiday in shipped_holidays()),
    years=frozenset({2026}),
)


def stored_rules() -> tuple[Rule, ...]:
    from dataclasses import replace

    return tuple(replace(rule, version_id=number) for number, rule in enumerate(shipped_rules(), start=1))


def changed(section: str, **values: Any) -> dict[str, Any]:
    return {**WRITTEN, section: {**WRITTEN.get(section, {}), **values}}


def reader(**values: Any) -> RowReader:
    heading = ["no", "isi", "kelurahan", "kecamatan", "topik", "instansi", "masuk", "dijawab"]
    return RowReader(parse_map({**WRITTEN, **values}), heading, NOW)


def cells(**values: str) -> list[str]:
    row = {"no": "1", "isi": "Lampu mati", "kelurahan": "Sofifi", "kecamatan": "Oba Utara", "topik": "PJU"}
    row |= {"instansi": "Dishub", "masuk": "2026-03-02 00:30:00", "dijawab": ""}
    return list((row | values).values())


def reason(row: list[str], **values: Any) -> Reason:
    with pytest.raises(Unfit) as refused:
        reader(**values).draft(row)
    return refused.value.reason


def test_the_example_in_the_docs_is_a_map() -> None:
    example = parse_map(tomllib.loads((DOCS / "examples" / "keluhan-kota.toml").read_text()))
    assert example.zone.key == "UTC"
    assert example.government.zone == "Asia/Jakarta"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({**WRITTEN, "sourse": "x"}, "sourse"),
        ({**WRITTEN, "source": "Bukan Slug"}, "source"),
        ({**WRITTEN, "source": "x" * 61}, "source"),
        ({**WRITTEN, "columns": "no"}, "columns"),
        ({**WRITTEN, "kind": "rumor"}, "kind"),
        ({**WRITTEN, "grade": "deep"}, "grade"),
        (changed("columns", ref=""), "columns.ref"),
        (changed("columns", rf="no"), "columns.rf"),
        (changed("time", zone="WIB"), "time.zone"),
        ({**WRITTEN, "time": {}}, "time.zone"),
        (changed("file", encoding="utf-9"), "file.encoding"),
        (changed("file", encoding="rot13"), "file.encoding"),
        (changed("file", delimiter=";;"), "file.delimiter"),
        (changed("file", unescape="yes"), "file.unescape"),
        (changed("file", empty="NULL"), "file.empty"),
        (changed("government", slug="A B"), "government.slug"),
        (changed("government", name="Kota"), "government.zone"),
        (changed("region", parent="82-72"), "region.parent"),
        (changed("region", parent="82"), "region.parent"),
        (changed("region", names={"21": "Lain"}), "region.names"),
        (changed("states", answered="received"), "states.answered"),
        (changed("values", district={"Oba": "21.72.01"}), "values.district.Oba"),
        (changed("values", kind={"Saran": "advice"}), "values.kind.Saran"),
    ],
)
def test_a_map_with_a_mistake_is_refused_by_the_name_of_its_key(written: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_map(written)
    assert refused.value.field == key
    assert key in str(refused.value)


def test_names_become_slugs_kinds_and_codes_that_are_visibly_not_official() -> None:
    assert slug_of("  Dinas P.U. & Tata-Ruang ") == "dinas-p-u-tata-ruang"
    assert unit_kind_of("Kecamatan Oba") is UnitKind.DISTRICT
    assert unit_kind_of("Dinas Kecamatan") is UnitKind.AGENCY
    assert free_slug("Dinas A", fallback="unit", suffix="kota", taken={"dinas-a", "dinas-a-kota"}) == "dinas-a-2"
    assert free_slug("部門", fallback="unit", suffix="kota", taken=set()) == "unit"
    long = free_slug("a" * 200, fallback="unit", suffix="kota", taken={"a" * 80})
    assert is_slug(long)
    assert next_district("82.72", {"82.72.60"}) == "82.72.61"
    assert next_village("82.72.60", set()) == "82.72.60.9001"
    assert is_region_code("82.72.60.9001")
    assert next_district("82.72", {f"82.72.{number}" for number in range(60, 100)}) is None


def test_a_row_keeps_its_words_and_its_instants() -> None:
    draft = reader().draft(cells(isi="Baris satu\\nbaris dua  \u202e", dijawab="2026-03-02 03:30:00"))
    assert draft.text == "Baris satu\nbaris dua"
    assert draft.received_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    local = reader(time={"zone": "Asia/Jakarta"}).draft(cells())
    assert local.received_at == datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    offset = reader(time={"zone": "UTC", "format": "%Y-%m-%d %H:%M:%S%z"}).draft(cells(masuk="2026-03-02 09:30:00+0900"))
    assert offset.received_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def test_short_words_are_words() -> None:
    assert reader().draft(cells(isi="xxx")).text == "xxx"


def test_answered_at_the_same_second_is_not_before() -> None:
    assert reader().draft(cells(dijawab="2026-03-02 00:30:00")).answered_at is not None


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (cells()[:-1], Reason.COLUMNS),
        ([*cells(), "x"], Reason.COLUMNS),
        (cells(no=" "), Reason.REF_MISSING),
        (cells(no="9" * 121), Reason.REF_LONG),
        (cells(isi=" \n"), Reason.TEXT_EMPTY),
        (cells(isi="NULL"), Reason.TEXT_EMPTY),
        (cells(isi="👍"), Reason.TEXT_WORDLESS),
        (cells(isi="a" * 10_001), Reason.TEXT_LONG),
        (cells(masuk=""), Reason.RECEIVED_MISSING),
        (cells(masuk="2026-02-30 00:00:00"), Reason.RECEIVED_UNREADABLE),
        (cells(masuk="0001-01-01 00:00:00"), Reason.RECEIVED_UNREADABLE),
        (cells(masuk="2026-06-01 00:00:01"), Reason.RECEIVED_FUTURE),
        (cells(dijawab="0000-00-00 00:00:00"), Reason.ANSWERED_UNREADABLE),
        (cells(dijawab="2026-06-02 00:00:00"), Reason.ANSWERED_FUTURE),
        (cells(dijawab="2026-03-02 00:29:59"), Reason.ANSWERED_BEFORE),
        (cells(instansi="NULL"), Reason.AGENCY_MISSING),
        (cells(topik="t" * 121), Reason.NAME_LONG),
    ],
)
def test_a_bad_row_says_why(row: list[str], why: Reason) -> None:
    assert reason(row) is why


def test_a_map_can_refuse_rows_without_answer() -> None:
    assert reason(cells(), states={"unanswered": "refuse"}) is Reason.UNANSWERED


def test_kinds_are_read_by_the_map() -> None:
    written = {"columns": WRITTEN["columns"] | {"kind": "topik"}, "values": {"kind": {"pju": "suggestion"}}}
    assert reader(**written).draft(cells()).kind is Kind.SUGGESTION
    assert reason(cells(topik="lain"), **written) is Reason.KIND_UNKNOWN


def test_every_reason_has_its_words() -> None:
    assert set(REASON_LABELS) == set(Reason)


seconds = some.integers(0, 120 * 24 * 3600)
moments = seconds.map(lambda passed: datetime(2025, 12, 20, tzinfo=UTC) + timedelta(seconds=passed))


@given(moments, moments)
def test_counting_with_a_memory_gives_what_the_counting_rules_give(one: datetime, other: datetime) -> None:
    start, end = min(one, other), max(one, other)
    reckoning = Reckoning(CALENDAR, stored_rules())
    for _ in range(2):
        assert reckoning.minutes(start, end) == working_minutes(start, end, CALENDAR)
        for amount in (Amount(5, Unit.WORKING_DAY), Amount(14, Unit.CALENDAR_DAY), Amount(90, Unit.WORKING_MINUTE)):
            assert reckoning.due(start, amount) == due(start, amount, CALENDAR)
            assert reckoning.due(end, amount) == due(end, amount, CALENDAR)


def story(received: str, answered: str | None, **values: Any) -> Any:
    told = Story(
        kind=values.get("kind", Kind.COMPLAINT),
        grade=None,
        received_at=datetime.fromisoformat(received),
        answered_at=datetime.fromisoformat(answered) if answered else None,
        when_answered=values.get("when_answered", State.LAPSED),
    )
    return past_of(told, Reckoning(CALENDAR, stored_rules()), values.get("now", NOW))


def test_an_answer_stops_the_clocks_and_silence_lapses_the_report() -> None:
    past = story("2026-03-02T00:00:00+00:00", "2026-03-16T00:00:00+00:00")
    clocks = {clock.kind: clock for clock in past.clocks}
    # Tuesday 3 to Monday 9 March are five working days: missed. Fourteen end on 27 March, after the holidays: met.
    assert clocks[ClockKind.FIRST_RESPONSE].breached_at == datetime(2026, 3, 9, 15, tzinfo=UTC)
    assert clocks[ClockKind.FIRST_RESPONSE].state is ClockState.MISSED
    assert clocks[ClockKind.RESOLVE].state is ClockState.MET
    assert clocks[ClockKind.HOLDING].used_minutes == past.minutes == 70 * 60
    assert (past.seconds, past.on_time) == (14 * 86_400, True)
    assert [move.move for move in past.moves] == [MoveName.SUBMIT, MoveName.ANSWER, MoveName.LAPSE]
    assert past.state is State.LAPSED
    assert past.closed_at == past.moves[-1].at == datetime(2026, 4, 7, 15, tzinfo=UTC)
    assert past.due_at is None


def test_while_the_reporter_may_still_confirm_the_report_stays_open() -> None:
    past = story("2026-03-02T00:00:00+00:00", "2026-03-16T00:00:00+00:00", now=datetime(2026, 4, 7, 14, tzinfo=UTC))
    assert (past.state, past.closed_at) == (State.ANSWERED, None)
    assert (past.due_kind, past.due_at) == (ClockKind.CONFIRMATION, datetime(2026, 4, 7, 15, tzinfo=UTC))


def test_a_source_that_knows_of_confirmations_closes() -> None:
    past = story("2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00", when_answered=State.CLOSED)
    assert (past.state, past.moves[-1].move, past.due_at) == (State.CLOSED, MoveName.CONFIRM, None)


def test_without_an_answer_the_clocks_run_on_and_are_late() -> None:
    past = story("2026-03-06T09:45:00+00:00", None)
    assert (past.state, past.minutes, past.on_time) == (State.ASSIGNED, None, None)
    assert (past.due_kind, past.due_at) == (ClockKind.FIRST_RESPONSE, datetime(2026, 3, 13, 15, tzinfo=UTC))
    late = {clock.kind: clock.breached_at for clock in past.clocks if clock.state is ClockState.RUNNING}
    assert late[ClockKind.FIRST_RESPONSE] == past.due_at
    assert late[ClockKind.HOLDING] is None


def test_an_answer_at_the_very_end_of_the_limit_is_late() -> None:
    received, limit = "2026-03-02T00:00:00+00:00", datetime(2026, 3, 27, 15, tzinfo=UTC)
    assert story(received, limit.isoformat()).on_time is False
    assert story(received, (limit - timedelta(seconds=1)).isoformat()).on_time is True


def test_praise_has_no_limit_to_be_late_by() -> None:
    past = story("2026-03-02T00:00:00+00:00", "2026-05-16T00:00:00+00:00", kind=Kind.PRAISE)
    assert past.on_time is None


def test_before_there_were_rules_there_are_no_clocks() -> None:
    past = story("2009-03-02T00:00:00+00:00", "2009-03-03T00:00:00+00:00")
    assert (past.clocks, past.state, past.on_time) == ((), State.LAPSED, None)
    assert past.seconds == 86_400
