"""Versions of calendars and limits: which counts when, how they follow each other, and what they do to running clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from feedback.clocks import actions, models, queries
from feedback.clocks.rules.calendar import parse_week
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.holidays import Holiday, HolidayKind, decreed
from feedback.clocks.rules.policy import rules_on
from feedback.clocks.rules.versions import Content, following, with_decree, with_hours
from feedback.clocks.rules.words import ClockEventKind, ClockState, VersionStatus
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.storage.session import db, transaction
from feedback.units.models import Unit as UnitRow
from tests.clocks.samples import at
from tests.clocks.steps import clock, end_pause, events, hand_over, pause, start, stop
from tests.factories import MONDAY, World

OFFICE = parse_week({day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
SIX_DAYS = parse_week({day: [["08:00", "14:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")})


def national(day: date, name: str = "Libur", decree: str = "SKB") -> Holiday:
    return Holiday(day, name, HolidayKind.PUBLIC_HOLIDAY, decree)


def local(day: date) -> Holiday:
    return Holiday(day, "Hari jadi", HolidayKind.LOCAL, "SK")


def content(*closed: Holiday, years: frozenset[int] = frozenset({2026})) -> Content:
    return Content(OFFICE, (), tuple(sorted(closed, key=lambda each: each.date)), years)


ONE, TWO, THREE = date(2026, 5, 1), date(2026, 5, 14), date(2026, 6, 1)


class TestContent:
    def test_a_whole_year_replaces_national_days_and_keeps_local_ones(self) -> None:
        before = (national(ONE), local(TWO), national(date(2025, 5, 1)))
        found = decreed(before, [national(THREE)], whole_years=True)
        assert [each.date for each in found] == [date(2025, 5, 1), TWO, THREE]

    def test_a_decree_makes_its_year_known(self) -> None:
        after = with_decree(content(), [national(date(2027, 1, 1))], whole_years=True)
        assert after.years == {2026, 2027}

    def test_own_hours_own_days_and_days_of_work(self) -> None:
        found = with_hours(content(national(ONE), national(TWO)), week=SIX_DAYS, exceptions=(), local=[local(THREE)], opened=[ONE])
        assert ([each.date for each in found.closed], found.week, found.local) == ([TWO, THREE], SIX_DAYS, (local(THREE),))

    def test_below_follows_what_is_the_same_and_keeps_its_own(self) -> None:
        above, after = content(national(ONE), national(TWO)), content(national(ONE), national(THREE), years=frozenset({2026, 2027}))
        below = replace(content(national(TWO), local(date(2026, 7, 7))), week=SIX_DAYS)
        found = following(below, above, replace(after, week=SIX_DAYS))
        # It works on the first, which it opened itself; the second is no holiday any more; its own day stays.
        assert [each.date for each in found.closed] == [THREE, date(2026, 7, 7)]
        assert (found.week, found.years) == (SIX_DAYS, {2026, 2027})
        assert following(above, above, replace(above, week=SIX_DAYS)).week == SIX_DAYS

    def test_a_day_that_gets_its_decree_does_so_below(self) -> None:
        guessed, firm = national(ONE, decree="belum terbit"), national(ONE, decree="SKB 7")
        assert following(content(guessed), content(guessed), content(firm)).closed == (firm,)
        assert following(content(local(ONE)), content(guessed), content(firm)).closed == (local(ONE),)


def six_days_from(day: date, *, when: datetime = MONDAY, calendar: str = "wit") -> int:
    """A draft: from a date on the office is open on Saturdays too."""
    base = queries.newest_calendars()[calendar]
    hours = queries.Hours(day, SIX_DAYS, (), base.content.local, frozenset())
    proposals = queries.propose_hours(base.calendar_id, hours)
    with transaction():
        return actions.draft_calendars(title="Enam hari", reason="Percobaan", proposals=proposals, by_id=None, at=when)


def publish(change_id: int, when: datetime = MONDAY) -> actions.Published:
    with transaction():
        return actions.publish_at_once(change_id=change_id, at=when)


class TestDated:
    """Five working days from Monday 2 March 2026 end on Monday the 9th; with Saturdays from the 7th on, on that Saturday."""

    def test_a_draft_counts_for_nothing(self, ticket: int, world: World) -> None:
        six_days_from(date(2026, 3, 7))
        start(ticket, "resolve", world.agency)
        assert clock(ticket).due_date == date(2026, 3, 9)
        assert queries.newest_calendars()["wit"].number == 1

    def test_a_running_clock_goes_over_at_the_midnight_of_the_date(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        found = publish(six_days_from(date(2026, 3, 7)))
        assert found.ticket_ids == (ticket,)
        assert (clock(ticket).due_date, events(ticket)[-1]) == (date(2026, 3, 7), ClockEventKind.MOVED)

    def test_a_clock_started_before_the_date_knows_what_comes(self, ticket: int, world: World) -> None:
        publish(six_days_from(date(2026, 3, 7)))
        start(ticket, "resolve", world.agency)
        assert clock(ticket).due_date == date(2026, 3, 7)

    def test_working_time_goes_over_with_the_version_too(self, world: World) -> None:
        publish(six_days_from(date(2026, 3, 7)))
        friday, monday = at("2026-03-06T15:00:00+09:00"), at("2026-03-09T09:00:00+09:00")
        # Until half past four on Friday, six hours on the Saturday that was closed before, one on Monday.
        assert queries.working_time(world.agency, friday, monday) == 90 + 360 + 60

    def test_handed_over_the_plan_of_the_old_calendar_is_dropped(self, ticket: int, world: World) -> None:
        publish(six_days_from(date(2026, 3, 7)))
        start(ticket, "resolve", world.agency)
        hand_over(ticket, world.other_government, MONDAY + timedelta(days=1))
        assert clock(ticket).due_at == at("2026-03-10T00:00:00+07:00")
        hand_over(ticket, world.agency, MONDAY + timedelta(days=2))
        assert clock(ticket).due_date == date(2026, 3, 7)

    def test_a_pause_goes_on_and_resumes_by_the_new_hours(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, MONDAY + timedelta(days=1), MONDAY + timedelta(days=30))
        publish(six_days_from(date(2026, 3, 7)), MONDAY + timedelta(days=2))
        assert clock(ticket).state is ClockState.PAUSED
        end_pause(ticket, MONDAY + timedelta(days=2))
        # The midnight that ends Tuesday is saved: Wednesday to Saturday and Monday.
        assert clock(ticket).due_date == date(2026, 3, 9)

    def test_a_decree_between_reaches_both_versions(self, ticket: int, world: World) -> None:
        publish(six_days_from(date(2026, 3, 7)))
        start(ticket, "resolve", world.agency)
        found = actions.decree_holidays(holidays=[national(date(2026, 3, 4)), national(date(2026, 3, 7))], at=MONDAY + timedelta(days=1))
        assert found.calendars == ("wib", "wit", "wita")
        assert clock(ticket).due_date == date(2026, 3, 10)
        wit = queries.counting_calendars()["wit"]
        assert [(each.valid_from, date(2026, 3, 4) in each.calendar.closed) for each in wit] == [
            (date(2000, 1, 1), True), (date(2026, 3, 7), True)
        ]  # fmt: skip

    def test_what_has_stopped_never_changes(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        stop(ticket, "resolve", MONDAY + timedelta(days=3))
        before = (clock(ticket), queries.clock_events(ticket))
        publish(six_days_from(date(2026, 3, 7)), MONDAY + timedelta(days=3))
        actions.decree_holidays(holidays=[national(date(2026, 3, 3))], at=MONDAY + timedelta(days=3))
        assert (clock(ticket), queries.clock_events(ticket)) == before

    def test_a_date_that_is_past_by_the_new_hours_is_nobodys_breach(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        monday = at("2026-03-09T09:00:00+09:00")
        publish(six_days_from(date(2026, 3, 7), when=monday), monday)
        assert (clock(ticket).retarget_overdue, clock(ticket).breached_at) == (True, None)
        assert events(ticket)[-1] is ClockEventKind.RETARGET_OVERDUE

    def test_the_forecast_is_what_publishing_does(self, ticket: int, world: World) -> None:
        for kind in ("resolve", "first_response", "uu25_decision"):
            start(ticket, kind, world.agency)
        hand_over(ticket, world.agency, MONDAY)
        change_id = six_days_from(date(2026, 3, 7))
        events_before = queries.clock_events(ticket)
        seen = actions.preview_calendars(queries.proposals_of(change_id), MONDAY)
        assert (seen.considered, seen.moved, dict(seen.shifts)) == (4, 2, {-2: 2})
        assert queries.clock_events(ticket) == events_before
        publish(change_id)
        assert queries.change(change_id).summary == seen.written()

    def test_a_date_before_the_calendar_begins_is_refused(self, world: World) -> None:
        with pytest.raises(Invalid):
            six_days_from(date(1999, 1, 1))

    def test_no_open_time_is_refused(self, world: World) -> None:
        base = queries.newest_calendars()["wit"]
        with pytest.raises(Invalid):
            queries.propose_hours(base.calendar_id, queries.Hours(date(2026, 4, 1), parse_week({}), (), (), frozenset()))


class TestPeople:
    def test_the_maker_cannot_approve_and_the_database_agrees(self, world: World) -> None:
        maker, other = world.administrator.person_id, world.governor.person_id
        assert maker is not None
        assert other is not None
        proposals = queries.propose_holidays([national(date(2026, 9, 9))], whole_years=False)
        change_id = actions.draft_calendars(title="Libur", reason="", proposals=proposals, by_id=maker, at=MONDAY)
        with pytest.raises(Forbidden):
            actions.approve(change_id=change_id, by_id=maker, at=MONDAY)
        alone = update(models.TimingChange).where(models.TimingChange.id == change_id)
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(alone.values(approved_by_id=maker, approved_at=MONDAY))
        with pytest.raises(Conflict):
            actions.publish(change_id=change_id, by_id=other, at=MONDAY)
        actions.approve(change_id=change_id, by_id=other, at=MONDAY)
        actions.publish(change_id=change_id, by_id=maker, at=MONDAY)
        for again in (lambda: actions.approve(change_id=change_id, by_id=other, at=MONDAY), lambda: actions.discard(change_id=change_id)):
            with pytest.raises(Conflict):
                again()
        row = queries.change(change_id)
        assert (row.made_by, row.approved_by, row.published_by) == ("Admin", "Gubernur", "Admin")

    def test_nothing_new_is_no_draft(self, world: World) -> None:
        with pytest.raises(Invalid):
            actions.draft_calendars(title="", reason="", proposals=(), by_id=None, at=MONDAY)
        with pytest.raises(NotFound):
            queries.change(99)

    def test_only_the_newest_can_be_taken_back(self, world: World) -> None:
        person = world.administrator.person_id
        assert person is not None
        first = six_days_from(date(2026, 3, 7))
        publish(first)
        with pytest.raises(Invalid):
            six_days_from(date(2026, 5, 2))
        second = drafted_holiday(world, date(2026, 9, 9))
        actions.publish(change_id=second, by_id=person, at=MONDAY)
        with pytest.raises(Conflict):
            actions.roll_back(change_id=first, reason="Salah", by_id=person, at=MONDAY)
        with pytest.raises(Invalid):
            actions.roll_back(change_id=second, reason=" ", by_id=person, at=MONDAY)
        actions.roll_back(change_id=second, reason="Salah", by_id=person, at=MONDAY)
        wit = queries.counting_calendars()["wit"]
        assert [(each.number, each.valid_from, len(each.content.week[5])) for each in wit] == [
            (5, date(2000, 1, 1), 0), (6, date(2026, 3, 7), 1)
        ]  # fmt: skip
        assert all(date(2026, 9, 9) not in each.calendar.closed for each in wit)

    def test_a_draft_beside_a_planned_version_is_fresh_until_what_it_was_made_from_is_replaced(self, world: World) -> None:
        person = world.governor.person_id
        assert person is not None
        publish(six_days_from(date(2026, 3, 7)))
        stale = drafted_holiday(world, date(2026, 9, 9))
        fresh = drafted_holiday(world, date(2026, 9, 10))
        actions.publish(change_id=fresh, by_id=person, at=MONDAY)
        with pytest.raises(Conflict):
            actions.publish(change_id=stale, by_id=person, at=MONDAY)


def drafted_holiday(world: World, day: date) -> int:
    """A decree drafted by the administrator and approved by the governor."""
    proposals = queries.propose_holidays([national(day)], whole_years=False)
    maker, other = world.administrator.person_id, world.governor.person_id
    change_id = actions.draft_calendars(title="Libur", reason="", proposals=proposals, by_id=maker, at=MONDAY)
    assert other is not None
    actions.approve(change_id=change_id, by_id=other, at=MONDAY)
    return change_id


def test_taken_back_the_former_version_counts_from_the_same_date(ticket: int, world: World) -> None:
    person = world.administrator.person_id
    assert person is not None
    change_id = six_days_from(date(2026, 3, 7))
    publish(change_id)
    start(ticket, "resolve", world.agency)
    done = actions.roll_back(change_id=change_id, reason="Belum disepakati", by_id=person, at=MONDAY + timedelta(days=1))
    assert (done.ticket_ids, clock(ticket).due_date) == ((ticket,), date(2026, 3, 9))
    rows = [(row.number, row.status, row.valid_from) for row in queries.calendar_history(queries.newest_calendars()["wit"].calendar_id)]
    assert rows == [
        (3, VersionStatus.PUBLISHED, date(2026, 3, 7)),
        (2, VersionStatus.ROLLED_BACK, date(2026, 3, 7)),
        (1, VersionStatus.PUBLISHED, date(2000, 1, 1)),
    ]
    assert queries.change(done.change_id).restores_id == change_id


def test_calendars_are_inherited_from_nation_to_unit(ticket: int, world: World) -> None:
    """The zone's calendar, one of the province that follows it, one of the agency that follows that."""
    ids = {}
    for key, above in (("provinsi", "wit"), ("dinas", "provinsi")):
        parent = queries.newest_calendars()[above].calendar_id
        ids[key] = actions.create_calendar(key=key, name=key.title(), zone="Asia/Jayapura", parent_id=parent)
        week = SIX_DAYS if key == "provinsi" else OFFICE
        own = (local(date(2026, 3, 5)),) if key == "provinsi" else (local(date(2026, 3, 5)), local(date(2026, 3, 6)))
        proposals = queries.propose_hours(ids[key], queries.Hours(date(2026, 1, 1), week, (), own, frozenset()))
        publish(actions.draft_calendars(title=key, reason="", proposals=proposals, by_id=None, at=MONDAY))
    with transaction():
        for unit_id, key in ((world.government, "provinsi"), (world.agency, "dinas")):
            db.session.execute(update(UnitRow).where(UnitRow.id == unit_id).values(calendar_key=key))
    actions.decree_holidays(holidays=[national(date(2026, 3, 4))], at=MONDAY)
    for unit_id, key in ((world.division, "dinas"), (world.other_agency, "provinsi"), (world.other_government, "wib")):
        assert queries.calendar_of_unit(unit_id, MONDAY).calendar.key == key
    start(ticket, "resolve", world.agency)
    # The 4th is the nation's, the 5th the province's and the agency's, the 6th the agency's own.
    assert clock(ticket).due_date == date(2026, 3, 12)
    closed = [each.date for each in queries.newest_calendars()["dinas"].holidays if each.date.month == 3 and each.date.day < 9]
    assert closed == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)]


def test_a_calendar_key_is_a_short_word_and_taken_once(world: World) -> None:
    for key in ("Dinas", "dinas a", "", "-", "x" * 81):
        with pytest.raises(Invalid):
            actions.create_calendar(key=key, name="X", zone="Asia/Jakarta", parent_id=None)
    with pytest.raises(Invalid):
        actions.create_calendar(key="lain", name="X", zone="Europe/Amsterdam", parent_id=None)
    with pytest.raises(Conflict):
        actions.create_calendar(key="wit", name="X", zone="Asia/Jakarta", parent_id=None)
    with pytest.raises(NotFound):
        actions.create_calendar(key="lain", name="X", zone="Asia/Jakarta", parent_id=99)
    assert "lain" not in queries.newest_calendars()


def test_october_asks_for_the_next_year(world: World) -> None:
    assert queries.lacking_years(date(2026, 9, 30)) == {}
    assert queries.lacking_years(date(2026, 10, 1)) == {2027: ("wib", "wit", "wita")}
    assert queries.lacking_years(date(2027, 1, 1)) == {2027: ("wib", "wit", "wita")}
    actions.decree_holidays(holidays=[national(date(2027, 1, 1))], at=MONDAY)
    assert queries.lacking_years(date(2026, 10, 1)) == {}


class TestLimits:
    def _publish(self, code: str, number: int, day: date, when: datetime = MONDAY) -> int:
        before = next(rule for rule in queries.policy_rules() if rule.code == code)
        assert before.version_id is not None
        rule = replace(before, amount=Amount(number, Unit.WORKING_DAY), valid_from=day, version_id=None)
        change_id = actions.draft_rule(title=code, reason="", rule=rule, based_on=before.version_id, by_id=None, at=when)
        publish(change_id, when)
        return change_id

    def test_it_is_for_what_starts_from_its_date_on(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        start(ticket, "first_response", world.agency)
        self._publish("verify", 1, date(2026, 3, 3))
        self._publish("first_response", 2, date(2026, 3, 2))
        assert clock(ticket, "verify").due_date == date(2026, 3, 5)
        assert clock(ticket, "first_response").due_date == date(2026, 3, 4)
        assert events(ticket, "first_response")[-1] is ClockEventKind.RETARGETED
        stop(ticket, "verify", MONDAY)
        start(ticket, "verify", world.government, MONDAY + timedelta(days=1))
        assert clock(ticket, "verify").due_date == date(2026, 3, 4)

    def test_the_newest_begun_counts_whatever_its_rank(self, world: World) -> None:
        self._publish("verify", 2, date(2026, 4, 1))
        rules = queries.policy_rules()
        found = {day: next(rule for rule in rules_on(rules, day) if rule.code == "verify").amount for day in (date(2026, 3, 31), date(2026, 4, 1))}
        assert [amount.number for amount in found.values() if amount] == [3, 2]

    def test_a_breach_is_not_changed(self, ticket: int, world: World) -> None:
        start(ticket, "first_response", world.agency)
        due_at = clock(ticket, "first_response").due_at
        later = MONDAY + timedelta(days=20)
        self._publish("first_response", 60, date(2026, 3, 2), later)
        row = clock(ticket, "first_response")
        assert (row.due_at, row.breached_at, row.amount) == (due_at, due_at, 5)

    def test_the_same_limit_is_no_change(self, world: World) -> None:
        with pytest.raises(Invalid):
            self._publish("verify", 3, date(2026, 4, 1))

    def test_taken_back_the_former_limit_counts(self, ticket: int, world: World) -> None:
        person = world.administrator.person_id
        assert person is not None
        start(ticket, "first_response", world.agency)
        change_id = self._publish("first_response", 2, date(2026, 3, 2))
        actions.roll_back(change_id=change_id, reason="Keliru", by_id=person, at=MONDAY)
        assert clock(ticket, "first_response").due_date == date(2026, 3, 9)
        statuses = db.session.scalars(select(models.PolicyVersion.status).where(models.PolicyVersion.change_id == change_id)).all()
        assert list(statuses) == [VersionStatus.ROLLED_BACK]
