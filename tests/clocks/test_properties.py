"""Properties of the counting rules, and a comparison with a counter that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.clocks.rules.calendar import Calendar, Day
from feedback.clocks.rules.due import Amount, Unit, due, used, working_minutes
from feedback.clocks.rules.timeline import Move, Pause
from tests.clocks.samples import CALENDARS, ZONES, a_calendar, slow_due

MINUTE = timedelta(minutes=1)
SPRING = datetime(2026, 3, 1, tzinfo=UTC)

# Round instants matter most: midnights of the three zones, opening and closing times.
offsets = st.one_of(
    st.integers(0, 20 * 1440),
    st.builds(
        lambda day, hour: day * 1440 + hour * 60, st.integers(0, 20), st.sampled_from([0, 1, 5, 6, 9, 15, 16, 17, 23])
    ),
)
instants = offsets.map(lambda minutes: SPRING + minutes * MINUTE)
lengths = st.one_of(st.integers(0, 300), st.integers(0, 8 * 1440), st.sampled_from([60, 1440, 2880]))
pauses = st.lists(st.builds(lambda start, length: Pause(start, start + length * MINUTE), instants, lengths), max_size=3)
amounts = st.one_of(
    st.builds(Amount, st.integers(1, 7), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])),
    st.builds(Amount, st.integers(1, 1500), st.just(Unit.WORKING_MINUTE)),
)
many = st.one_of(
    st.builds(Amount, st.integers(1, 90), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])),
    st.builds(Amount, st.integers(1, 9000), st.just(Unit.WORKING_MINUTE)),
)


@st.composite
def days(draw: st.DrawFn) -> Day:
    marks = sorted(draw(st.sets(st.integers(0, 23), max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return tuple((time(opening), time(closing)) for opening, closing in pairs)


@st.composite
def made_calendars(draw: st.DrawFn) -> Calendar:
    week = {index: draw(days()) for index in draw(st.sets(st.integers(0, 6), min_size=1))}
    if not any(week.values()):
        week[0] = ((time(8), time(16)),)
    closed = draw(st.sets(st.dates(date(2026, 3, 1), date(2026, 3, 25)), max_size=5))
    return a_calendar(zone=draw(st.sampled_from(sorted(ZONES))), week=week, closed=sorted(closed))


calendars = st.one_of(st.sampled_from(list(CALENDARS.values())), made_calendars())
moves = st.lists(st.builds(Move, instants, calendars), max_size=2)


@settings(max_examples=60, deadline=None)
@given(instants, amounts, calendars, pauses, moves)
def test_agrees_with_the_counter_of_minutes(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause], moved: list[Move]
) -> None:
    found = due(start, amount, calendar, pauses=held, moves=moved)
    assert (found.at, found.date) == slow_due(start, amount.number, amount.unit, calendar, pauses=held, moves=moved)


@settings(deadline=None)
@given(instants, many, calendars, pauses, moves)
def test_used_is_the_inverse_of_due(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause], moved: list[Move]
) -> None:
    at = due(start, amount, calendar, pauses=held, moves=moved).at
    assert at is not None
    assert used(start, at, amount.unit, calendar, pauses=held, moves=moved) == amount.number
    just_before = at - timedelta(microseconds=1)
    assert used(start, just_before, amount.unit, calendar, pauses=held, moves=moved) == amount.number - 1


@settings(deadline=None)
@given(instants, many, calendars, pauses, moves)
def test_more_time_is_a_later_deadline(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause], moved: list[Move]
) -> None:
    one = due(start, amount, calendar, pauses=held, moves=moved)
    more = due(start, Amount(amount.number + 1, amount.unit), calendar, pauses=held, moves=moved)
    assert one.at is not None
    assert more.at is not None
    assert one.date is not None
    assert more.date is not None
    assert one.at < more.at
    assert one.date <= more.date


@settings(deadline=None)
@given(instants, many, calendars, pauses)
def test_a_pause_never_brings_the_deadline_forward(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause]
) -> None:
    plain, paused = due(start, amount, calendar).at, due(start, amount, calendar, pauses=held).at
    assert plain is not None
    assert paused is not None
    assert plain <= paused


@settings(deadline=None)
@given(instants, st.integers(1, 3000), st.sampled_from(list(CALENDARS.values())), st.integers(0, 19))
def test_a_pause_outside_open_time_changes_no_minutes(
    start: datetime, number: int, calendar: Calendar, day: int
) -> None:
    evening = datetime(2026, 3, 1, 16, 30, tzinfo=calendar.zone) + timedelta(days=day)
    night = Pause(evening, evening + timedelta(hours=15, minutes=30))
    amount = Amount(number, Unit.WORKING_MINUTE)
    assert due(start, amount, calendar, pauses=[night]) == due(start, amount, calendar)


@settings(deadline=None)
@given(instants, lengths, lengths, calendars, pauses)
def test_splitting_an_interval_changes_no_minutes(
    start: datetime, one: int, two: int, calendar: Calendar, held: list[Pause]
) -> None:
    middle, end = start + one * MINUTE, start + (one + two) * MINUTE
    parts = working_minutes(start, middle, calendar, held) + working_minutes(middle, end, calendar, held)
    assert parts == working_minutes(start, end, calendar, held)


@settings(deadline=None)
@given(instants, many, calendars, st.lists(st.tuples(instants, lengths, lengths), max_size=2))
def test_splitting_a_pause_changes_nothing(
    start: datetime, amount: Amount, calendar: Calendar, parts: list[tuple[datetime, int, int]]
) -> None:
    whole = [Pause(a, a + (one + two) * MINUTE) for a, one, two in parts]
    halves = [Pause(a, a + one * MINUTE) for a, one, _ in parts]
    halves += [Pause(a + one * MINUTE, a + (one + two) * MINUTE) for a, one, two in parts]
    assert due(start, amount, calendar, pauses=halves) == due(start, amount, calendar, pauses=whole)


@settings(deadline=None)
@given(instants, many, calendars, pauses, instants)
def test_a_move_to_the_same_calendar_changes_nothing(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause], moment: datetime
) -> None:
    stayed = due(start, amount, calendar, pauses=held)
    assert due(start, amount, calendar, pauses=held, moves=[Move(moment, calendar)]) == stayed
