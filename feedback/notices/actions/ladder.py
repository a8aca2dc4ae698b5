"""The escalation ladder: watch every clock, tell whom a level names, once (DOMAIN.md section 4, rule 15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from feedback.clocks.models import Clock
from feedback.notices.data import shipped_ladder
from feedback.notices.models import Escalation, EscalationWatch, LadderLevel
from feedback.notices.queries.escalations import (
    Reached,
    SeatTime,
    courses,
    escalation_event,
    ladder_exists,
    ladder_on,
    reached,
    seat_times,
    unit_names,
    unwatched,
)
from feedback.notices.rules.ladder import Step, people_at, percents
from feedback.notices.rules.moments import Course, next_look, reached_at
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.words import MoveName

BATCH = 200
# The shipped ladder counts for every instant the platform knows.
SINCE = date(2000, 1, 1)


def seed_ladder() -> int:
    """Write the shipped ladder where there never was one; returns how many rows."""
    with transaction():
        if ladder_exists():
            return 0
        rows = [
            LadderLevel(number=step.number, percent=step.percent, audience=step.audience, valid_from=SINCE)
            for step in shipped_ladder()
        ]
        db.session.add_all(rows)
        return len(rows)


def watch_clocks(now: datetime) -> int:
    """Count for new clocks, and for those with another deadline than before, when they reach their next level."""
    seed_ladder()
    ids = unwatched(BATCH)
    if not ids:
        return 0
    with transaction():
        ladder = ladder_on(now.date())
        watched = {one.clock_id: one for one in _watches(ids)}
        for clock_id, course in courses(ids).items():
            watch = watched.get(clock_id)
            if watch is None:
                watch = EscalationWatch(clock_id=clock_id, due_at=course.due_at)
                db.session.add(watch)
            watch.due_at = course.due_at
            _aim(watch, course, ladder)
    return len(ids)


def escalate(now: datetime) -> int:
    """Tell about every clock that reached a level; returns how many clocks. However late it looks, it tells once."""
    with transaction():
        over = select(Clock.id).where(Clock.stopped_at.is_not(None), Clock.id == EscalationWatch.clock_id)
        db.session.execute(delete(EscalationWatch).where(EscalationWatch.look_at <= now, over.exists()))
    ladder = ladder_on(now.date())
    found = reached(now, BATCH)
    for one in found:
        with transaction():
            _escalate(one, ladder, now)
    return len(found)


def _watches(ids: Sequence[int]) -> Sequence[EscalationWatch]:
    return db.session.scalars(select(EscalationWatch).where(EscalationWatch.clock_id.in_(ids))).all()


def _aim(watch: EscalationWatch, course: Course, ladder: Sequence[Step]) -> None:
    coming = next_look(course, sorted(percents(ladder).items()), watch.level)
    watch.look_at = coming[1] if coming else None


def _escalate(one: Reached, ladder: Sequence[Step], now: datetime) -> None:
    course = courses([one.clock_id]).get(one.clock_id)
    watch = db.session.get(EscalationWatch, one.clock_id, with_for_update=True, populate_existing=True)
    if course is None or watch is None or watch.level != one.done:
        return  # another worker was faster
    levels = {level: reached_at(percent, course) for level, percent in percents(ladder).items() if level > one.done}
    due = {level: at for level, at in levels.items() if at is not None and at <= now}
    if due:
        top = max(due)
        # What an import brought along was late elsewhere, and its people were told there, or not.
        if not (one.was_imported and due[top] < one.created_at):
            _tell(one, sorted(due, reverse=True), ladder, now)
        watch.level = top
    _aim(watch, course, ladder)


def _tell(one: Reached, levels: Sequence[int], ladder: Sequence[Step], now: datetime) -> None:
    """The people of every level reached since the last look, each with one message: about the highest."""
    times = seat_times(one.unit_path, now)
    told = _people(one, levels, ladder, times)
    percent = percents(ladder)[levels[0]]
    names = unit_names([each.seat.unit_id for each in told])
    detail = {
        "level": levels[0],
        "percent": percent,
        "clock": one.kind.value,
        # Roles and units, no names: the record outlives who works there.
        "told": [{"role": role, "unit": unit} for role, unit in dict.fromkeys(
            (each.seat.role.value, names[each.seat.unit_id]) for each in told
        )],
    }  # fmt: skip
    move = MakeMove(number=one.number, move=MoveName.ESCALATE, version=None, is_public=False)
    if not make_system_move(move, now, detail):
        return
    event_id = escalation_event(one.ticket_id)
    for each in told:
        _post(one, levels[0], percent, event_id, each)


def _people(
    one: Reached, levels: Sequence[int], ladder: Sequence[Step], times: Sequence[SeatTime]
) -> tuple[SeatTime, ...]:
    by_seat = {each.seat: each for each in reversed(times)}
    found: dict[int, SeatTime] = {}
    for level in levels:
        for seat in people_at(level, ladder, one.late, [each.seat for each in times]):
            found.setdefault(seat.person_id, by_seat[seat])
    return tuple(found.values())


def _post(one: Reached, level: int, percent: int, event_id: int, each: SeatTime) -> None:
    person_id = each.seat.person_id
    row = Escalation(clock_id=one.clock_id, level=level, person_id=person_id, event_id=event_id, send_at=each.send_at)
    db.session.add(row)
    payload = {
        "ticket_id": one.ticket_id,
        "clock_id": one.clock_id,
        "level": level,
        "percent": percent,
        "person_id": person_id,
    }
    post("mail.escalation", f"escalation:{one.clock_id}:{level}:{person_id}", payload, at=each.send_at)
