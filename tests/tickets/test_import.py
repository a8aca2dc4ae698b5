"""`flask tickets import` from the file to the rows."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select

from feedback.adapters.search import matching
from feedback.audit.models import AuditEntry
from feedback.catalogue.queries import topic_by_slug
from feedback.clocks import actions as clocks
from feedback.clocks.models import Clock, ClockEvent
from feedback.clocks.queries import clocks_of
from feedback.kernel.references import read_number
from feedback.storage.session import db, transaction
from feedback.tickets.actions.imports import run
from feedback.tickets.cli import cli
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.tickets.rules.imports.past import ANSWERED_BY
from feedback.units.actions import CreateRegion, create_region
from feedback.units.queries import region, region_children, unit_by_slug
from tests.factories import World
from tests.site import Reader

FILES = Path(__file__).parent / "files"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
GOOD = {"1", "2", "3", "13", "18"}
ALL_KNOWN = GOOD | {"10", "11", "12"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "utc_now", lambda: NOW)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    shutil.copy(FILES / "map.toml", tmp_path / "map.toml")
    return Path(shutil.copy(FILES / "reports.csv", tmp_path / "reports.csv"))


def invoke(app: Flask, file: Path, *options: str) -> Result:
    arguments = ["import", str(file), "--map", str(file.parent / "map.toml"), *options]
    return app.test_cli_runner().invoke(cli, arguments)


def asked(app: Flask, file: Path, *options: str) -> dict[str, Any]:
    result = invoke(app, file, "--json", *options)
    assert result.exit_code in (0, 1), result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def rejected(file: Path) -> list[dict[str, str]]:
    with file.with_name("reports.csv.rejected.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tickets() -> dict[str | None, Ticket]:
    return {ticket.import_ref: ticket for ticket in db.session.scalars(select(Ticket))}


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def totals() -> list[int]:
    return [count(table) for table in (Ticket, TicketEvent, TicketCycle, Clock, ClockEvent)]


def test_a_trial_tells_everything_and_writes_nothing(app: Flask, world: World, file: Path) -> None:
    result = invoke(app, file)
    assert result.exit_code == 1
    assert "21 rows" in result.output
    assert "5 good" in result.output
    assert "Unknown units (1): Dinas Antah" in result.output
    assert "nothing was written" in result.output
    assert "Reading the file: 100 %" in result.output.splitlines()
    assert totals() == [0] * 5
    assert count(AuditEntry) == 0
    told = asked(app, file)
    assert told["reasons"]["answered_before_received"] == 1
    assert told["missing"] == {
        "units": ["Dinas Antah"],
        "topics": ["Parkir"],
        "regions": ["Kampung Baru, Tidore", "Tidore"],
    }


def test_good_rows_are_written_and_bad_ones_wait_beside_the_file(app: Flask, world: World, file: Path) -> None:
    told = asked(app, file, "--apply")
    assert (told["rows"], told["written"], told["good"], told["bad"]) == (21, 5, 5, 16)
    assert set(tickets()) == GOOD
    bad = rejected(file)
    assert len(bad) == 16
    assert all(row["reason"] for row in bad)
    assert bad[0] | {"reason": ""} == {
        "no": "4", "isi": "Dijawab terlalu cepat", "kelurahan": "Sofifi", "kecamatan": "Oba Utara", "topik": "PJU",
        "instansi": "Dishub", "masuk": "2026-03-02 03:30:00", "dijawab": "2026-03-01 03:30:00", "reason": "",
    }  # fmt: skip
    assert "Dinas Antah" in next(row["reason"] for row in bad if row["no"] == "10")


def test_an_answered_report_has_its_whole_history(app: Flask, world: World, file: Path) -> None:
    asked(app, file, "--apply")
    ticket = tickets()["1"]
    assert ticket.text == "Lampu di depan balai mati\nsejak kemarin"
    assert read_number(ticket.number) == ticket.number
    assert (ticket.unit_id, ticket.topic_id, ticket.region_code) == (world.agency, world.topic, world.village)
    assert (ticket.zone, ticket.channel, ticket.reporter_id) == ("Asia/Jayapura", "import", None)
    assert ticket.received_at == ticket.published_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert ticket.created_at == NOW
    assert (ticket.state, ticket.is_open, ticket.version) == ("lapsed", False, 3)
    cycle = db.session.scalars(select(TicketCycle).where(TicketCycle.ticket_id == ticket.id)).one()
    assert (cycle.first_response_minutes, cycle.first_response_seconds) == (150, 3 * 3600)
    assert (cycle.resolution_minutes, cycle.on_time) == (150, True)
    events = db.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id))
    told = [(event.move, event.to_state, event.version, event.text) for event in events]
    assert told == [("submit", "assigned", 1, ""), ("answer", "answered", 2, ""), ("lapse", "lapsed", 3, "")]
    assert {clock.kind for clock in clocks_of(ticket.id)} == {"first_response", "resolve", "holding", "confirmation"}
    assert db.session.scalar(select(func.count()).where(ClockEvent.kind == "started")) == count(Clock)


def clock_facts(ticket_id: int) -> list[Any]:
    ignored = {"id", "ticket_id"}
    names = [column.name for column in Clock.__table__.columns if column.name not in ignored]
    rows = db.session.scalars(select(Clock).where(Clock.ticket_id == ticket_id).order_by(Clock.kind)).all()
    facts: list[Any] = []
    for row in rows:
        happened = select(ClockEvent).where(ClockEvent.clock_id == row.id).order_by(ClockEvent.id)
        events = [(one.kind, one.at, one.detail) for one in db.session.scalars(happened)]
        facts.append(([getattr(row, name) for name in names], events))
    return facts


@pytest.mark.parametrize("ref", ["1", "2", "3"])
def test_the_clocks_stand_as_if_they_had_run_here(app: Flask, world: World, file: Path, ref: str) -> None:
    asked(app, file, "--apply")
    ticket = tickets()[ref]
    imported, answered_at, lapsed_at = clock_facts(ticket.id), ticket.answered_at, ticket.closed_at
    where = {"ticket_id": ticket.id, "cycle": 1, "unit_id": ticket.unit_id, "ticket_kind": "complaint", "grade": None}
    with transaction():
        db.session.execute(delete(ClockEvent))
        db.session.execute(delete(Clock))
        clocks.start_all(**where, kinds=ANSWERED_BY, at=ticket.received_at)
        if answered_at and lapsed_at:
            clocks.stop(ticket_id=ticket.id, kinds=ANSWERED_BY, at=answered_at)
            clocks.start_all(**where, kinds=["confirmation"], at=answered_at)
            clocks.stop(ticket_id=ticket.id, kinds=["confirmation"], at=lapsed_at)
        clocks.mark_breaches(NOW)
    assert clock_facts(ticket.id) == imported


def test_an_open_report_is_owed_an_answer(app: Flask, world: World, file: Path) -> None:
    asked(app, file, "--apply")
    ticket = tickets()["2"]
    assert (ticket.state, ticket.is_open, ticket.region_code) == ("assigned", True, "82.72.02")
    assert (ticket.due_kind, ticket.due_at) == ("first_response", datetime(2026, 3, 13, 15, tzinfo=UTC))


def test_a_place_is_as_exact_as_the_row(app: Flask, world: World, file: Path) -> None:
    asked(app, file, "--apply")
    assert tickets()["13"].region_code == "82.72"
    assert tickets()["18"].region_code == world.village


def test_the_page_of_an_imported_report_opens(app: Flask, world: World, file: Path, reader: Reader) -> None:
    asked(app, file, "--apply")
    for ref in sorted(GOOD):
        page = reader.open(f"/laporan/{tickets()[ref].number}")
        assert page.status == 200
        assert "Data lama" in page.text


def test_imported_words_are_found(app: Flask, world: World, file: Path) -> None:
    asked(app, file, "--apply")
    found = db.session.scalars(select(Ticket.import_ref).where(matching("balai", Ticket.id))).all()
    assert found == ["1"]


def test_a_second_run_finds_everything_there(app: Flask, world: World, file: Path) -> None:
    asked(app, file, "--apply")
    before = totals()
    told = asked(app, file, "--apply")
    assert (told["already"], told["good"], told["written"], told["bad"]) == (5, 0, 0, 16)
    assert totals() == before
    assert len(rejected(file)) == 16
    deeds = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.deed == "tickets.imported")).all()
    assert [deed["good"] for deed in deeds] == [5, 0]


def test_a_run_that_broke_off_goes_on_where_it_was(
    app: Flask, world: World, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH", 2)
    write, calls = run.Writer.write, []

    def breaks(self: Any, entries: Any) -> int:
        calls.append(len(entries))
        written = write(self, entries)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(run.Writer, "write", breaks)
    assert invoke(app, file, "--apply").exit_code == 1
    assert len(tickets()) == 2
    db.session.rollback()
    told = asked(app, file, "--apply")
    assert (told["already"], told["written"]) == (2, 3)
    assert set(tickets()) == GOOD


def test_what_another_run_wrote_meanwhile_is_passed_over(
    app: Flask, world: World, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(app, file, "--apply")
    monkeypatch.setattr(run, "refs_of", lambda source: frozenset())
    told = asked(app, file, "--apply")
    assert told["written"] == 0
    assert len(tickets()) == 5


def test_missing_places_are_made_when_told_to(app: Flask, world: World, file: Path) -> None:
    trial = asked(app, file, "--create", "units,topics,regions")
    assert trial["good"] == 8
    assert trial["missing"] == {}
    assert unit_by_slug("dinas-antah") is None
    told = asked(app, file, "--create", "units,topics,regions", "--apply")
    assert told["created"] == trial["created"]
    assert set(tickets()) == ALL_KNOWN
    unit, topic = unit_by_slug("dinas-antah"), topic_by_slug("parkir")
    assert unit is not None
    assert topic is not None
    assert (unit.parent_id, unit.kind, unit.zone) == (world.government, "agency", "Asia/Jayapura")
    assert (topic.is_active, topic.national_category) == (False, "Topik Lainnya")
    assert tickets()["12"].region_code == "82.72.60.9001"
    assert region("82.72.60.9001") is not None
    again = asked(app, file, "--create", "units,topics,regions", "--apply")
    assert (again["written"], again["created"]) == (0, {})


def test_what_somebody_else_made_meanwhile_is_not_made_twice(
    app: Flask, world: World, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = run._survey

    def meanwhile(*arguments: Any) -> Any:
        found = survey(*arguments)
        create_region(CreateRegion(code="82.72.01", name="Tidore"))
        return found

    monkeypatch.setattr(run, "_survey", meanwhile)
    result = invoke(app, file, "--create", "regions", "--apply")
    assert result.exit_code == 2
    assert "jalankan sekali lagi" in result.stderr
    assert totals() == [0] * 5
    monkeypatch.undo()
    asked(app, file, "--create", "regions", "--apply")
    assert [row.name for row in region_children("82.72")] == ["Oba Utara", "Tidore"]


def test_only_what_is_named_is_made(app: Flask, world: World, file: Path) -> None:
    told = asked(app, file, "--create", "regions", "--apply")
    assert set(tickets()) == GOOD | {"12"}
    assert set(told["missing"]) == {"units", "topics"}
    assert unit_by_slug("dinas-antah") is None


def test_a_government_and_its_area_can_be_made_from_the_map(app: Flask, world: World, file: Path) -> None:
    text = (file.parent / "map.toml").read_text()
    text = text.replace('slug = "provinsi-contoh"', 'slug = "kota-baru"\nname = "Kota Baru"\nzone = "Asia/Makassar"')
    text = text.replace('parent = "82.72"', 'parent = "73.71"\nnames = { "73" = "Provinsi Baru", "73.71" = "Kota Baru" }')
    (file.parent / "map.toml").write_text(text.replace('"dinas-perhubungan"', '"perhubungan-baru"'))
    assert invoke(app, file).exit_code == 2
    told = asked(app, file, "--create", "units,topics,regions", "--apply")
    government, unit = unit_by_slug("kota-baru"), unit_by_slug("perhubungan-baru")
    assert government is not None
    assert unit is not None
    assert (government.zone, government.region_code, unit.parent_id) == ("Asia/Makassar", "73.71", government.id)
    # The example province has a unit of this name already: the new city's gets a slug of its own.
    assert unit_by_slug("dinas-kesehatan-kota-baru") is not None
    assert {"Provinsi Baru", "Kota Baru"} < set(told["created"]["regions"])
    assert [row.name for row in region_children("73.71")] == ["Oba Utara", "Tidore"]
    # When the trial looked, the lone village was nowhere in the new city; the next run finds it.
    assert told["written"] == told["good"] == len(ALL_KNOWN) - 1
    assert asked(app, file, "--create", "units,topics,regions", "--apply")["written"] == 1


def test_all_good_is_status_zero_and_leaves_no_file_of_bad_rows(app: Flask, world: World, file: Path) -> None:
    invoke(app, file)
    lines = file.read_text().splitlines()
    file.write_text("\n".join(lines[:4]) + "\n")
    assert invoke(app, file, "--apply").exit_code == 0
    assert not file.with_name("reports.csv.rejected.csv").exists()


def test_the_file_of_bad_rows_can_be_mended_and_imported(app: Flask, world: World, file: Path) -> None:
    invoke(app, file, "--apply")
    mended = file.with_name("reports.csv.rejected.csv")
    mended.write_text(mended.read_text().replace("2026-03-01 03:30:00", "2026-03-03 03:30:00"))
    told = asked(app, mended, "--apply")
    assert told["written"] == 1
    heading = mended.with_name("reports.csv.rejected.csv.rejected.csv").read_text().splitlines()[0]
    assert heading.count("reason") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"no,isi\n1,x\n", "kelurahan"),
        ("no,isi,kelurahan,kecamatan,topik,instansi,masuk,dijawab\n1,caf\u00e9,,,,,,\n".encode("latin-1"), "utf-8"),
        (b"PK\x03\x04\x00\xff\xfe\x00", "utf-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_status_two(
    app: Flask, world: World, file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    result = invoke(app, file, "--apply")
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert totals() == [0] * 5


def test_a_broken_end_of_a_file_writes_nothing_at_all(app: Flask, world: World, file: Path) -> None:
    with file.open("ab") as lines:
        lines.write(b"99,\xff\xfe,,,,,,\n")
    assert invoke(app, file, "--apply", "--create", "units").exit_code == 2
    assert totals() == [0] * 5
    assert unit_by_slug("dinas-antah") is None
    assert not list(file.parent.glob(".*")) + list(file.parent.glob("*.rejected.csv"))


@pytest.mark.parametrize("text", ["source = ", "source = 'x'\nfoo = 1", "\xff"])
def test_a_map_that_cannot_be_used_is_status_two(app: Flask, world: World, file: Path, text: str) -> None:
    (file.parent / "map.toml").write_bytes(text.encode("latin-1"))
    result = invoke(app, file)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_an_unknown_sort_or_file_is_wrong_usage(app: Flask, world: World, file: Path) -> None:
    assert invoke(app, file, "--create", "units,people").exit_code == 2
    assert invoke(app, file.with_name("nowhere.csv")).exit_code == 2


def test_a_closed_unit_takes_no_reports(app: Flask, world: World, file: Path) -> None:
    from feedback.units.actions import CloseUnit, close_unit

    close_unit(CloseUnit(unit_id=world.other_agency, valid_to=datetime(2026, 1, 1, tzinfo=UTC).date()))
    told = asked(app, file, "--create", "units,topics,regions")
    assert told["reasons"]["agency_closed"] == 1


def test_statements_do_not_grow_with_the_rows(
    app: Flask, world: World, file: Path, statements: list[str]
) -> None:
    heading, row, *_ = file.read_text().splitlines()
    used = []
    for size in (20, 60):
        lines = [row.replace("1,", f"{size}-{number},", 1) for number in range(size)]
        file.write_text("\n".join([heading, *lines]) + "\n")
        statements.clear()
        assert asked(app, file, "--apply")["written"] == size
        used.append(len([statement for statement in statements if "ticket_search" not in statement]))
    assert used[0] == used[1] <= 40
