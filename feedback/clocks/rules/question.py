"""Deadline questions as JSON objects, and their answers: the line format of ``flask clocks due``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedback.clocks.rules.calendar import Calendar, parse
from feedback.clocks.rules.due import Amount, Due, Unit, due
from feedback.clocks.rules.timeline import Move, Pause, aware
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

Calendars = Mapping[str, Calendar]


@dataclass(frozen=True, slots=True)
class Question:
    """When is ``amount`` from ``start`` used up by ``calendar``?"""

    start: datetime
    amount: Amount
    calendar: Calendar
    pauses: tuple[Pause, ...]
    moves: tuple[Move, ...]

    def answer(self) -> Due:
        """The deadline; ``Invalid`` when there is none."""
        return due(self.start, self.amount, self.calendar, pauses=self.pauses, moves=self.moves)


def parse_calendars(written: object) -> dict[str, Calendar]:
    """Every calendar of a file, by key; the message of ``Invalid`` names the one at fault."""
    if not isinstance(written, dict) or not written:
        raise Invalid(mark("Berkas kalender harus berisi satu objek: nama kalender dan isinya."))
    calendars = {}
    for key, each in written.items():
        try:
            calendars[key] = parse(key, each)
        except Invalid as refusal:
            # Written by hand, so the name may hold a percent sign; it is filled in, not part of the message.
            raise Invalid(mark("Kalender %(key)s: %(why)s"), values={"key": key, "why": str(refusal)}) from None
    return calendars


def parse_question(written: Mapping[str, Any], calendars: Calendars) -> Question:
    """A question from its JSON object; ``Invalid`` names the field at fault."""
    return Question(
        start=_instant(written.get("start"), "start"),
        amount=Amount(_number(written.get("amount")), _unit(written.get("unit"))),
        calendar=_calendar(written.get("calendar"), calendars, "calendar"),
        pauses=tuple(_pause(each) for each in _list(written, "pauses")),
        moves=tuple(_move(each, calendars) for each in _list(written, "moves")),
    )


def answered(written: Mapping[str, Any], calendars: Calendars, *, provisional: bool = False) -> dict[str, Any]:
    """The object with ``due_at`` and ``due_date``, both null for a clock that stands still; raises ``Invalid``.

    With ``provisional`` it also says whether the date rests on a year without known holidays.
    """
    found = parse_question(written, calendars).answer()
    answer = {key: value for key, value in written.items() if key != "error"}
    answer["due_at"] = write_instant(found.at) if found.at else None
    answer["due_date"] = found.date.isoformat() if found.date else None
    if provisional:
        answer["provisional"] = found.provisional
    return answer


def refused(written: Mapping[str, Any], why: str) -> dict[str, Any]:
    """The object with ``error`` in place of an answer."""
    kept = {key: value for key, value in written.items() if key not in ("due_at", "due_date", "provisional")}
    return {**kept, "error": why}


def write_instant(instant: datetime) -> str:
    """An aware instant as ``2026-04-30T17:00:00Z``."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _instant(value: object, field: str) -> datetime:
    if not isinstance(value, str):
        raise Invalid(
            mark("%(field)s: waktu ditulis seperti 2026-04-30T17:00:00Z."), field=field, values={"field": field}
        )
    try:
        return aware(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        pass
    except Invalid:
        raise Invalid(
            mark("%(field)s: waktu harus menyebut zona waktunya."), field=field, values={"field": field}
        ) from None
    raise Invalid(mark("%(field)s: waktu ditulis seperti 2026-04-30T17:00:00Z."), field=field, values={"field": field})


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Invalid(mark("amount: harus bilangan bulat, paling sedikit satu."), field="amount")


def _unit(value: object) -> Unit:
    if isinstance(value, str) and value in list(Unit):
        return Unit(value)
    listed = ", ".join(Unit)
    raise Invalid(mark("unit: harus salah satu dari %(units)s."), field="unit", values={"units": listed})


def _calendar(value: object, calendars: Calendars, field: str) -> Calendar:
    if isinstance(value, str) and value in calendars:
        return calendars[value]
    raise Invalid(mark("%(field)s: kalender tidak dikenal."), field=field, values={"field": field})


def _list(written: Mapping[str, Any], field: str) -> list[Any]:
    value = written.get(field, [])
    if isinstance(value, list):
        return value
    raise Invalid(mark("%(field)s: harus berupa daftar."), field=field, values={"field": field})


def _pause(value: object) -> Pause:
    if not isinstance(value, list) or len(value) != 2:
        raise Invalid(mark("pauses: setiap jeda ditulis sebagai pasangan [mulai, selesai]."), field="pauses")
    return Pause(_instant(value[0], "pauses"), None if value[1] is None else _instant(value[1], "pauses"))


def _move(value: object, calendars: Calendars) -> Move:
    if not isinstance(value, list) or len(value) != 2:
        raise Invalid(mark("moves: setiap perpindahan ditulis sebagai pasangan [waktu, kalender]."), field="moves")
    return Move(_instant(value[0], "moves"), _calendar(value[1], calendars, "moves"))
