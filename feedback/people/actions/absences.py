"""Absences with their deputies, and which digests somebody wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import mark
from feedback.people.models import Deputy, MailPreference
from feedback.people.queries import MembershipView, memberships_of
from feedback.people.rules import check_absence, is_current
from feedback.storage.session import db, transaction
from feedback.units.queries import units_by_ids
from feedback.units.rules import path_ids


@dataclass(frozen=True, slots=True)
class BeAbsent:
    """Away from one local date to another, both included; in every role, or in those at one unit."""

    person_id: int
    valid_from: date
    valid_to: date
    deputy_id: int | None = None
    unit_id: int | None = None


def be_absent(command: BeAbsent, *, by: int | None) -> int:
    """Note an absence and who stands in; returns its id.

    Raises Invalid for dates or a deputy that will not do, Conflict when it overlaps another absence.
    """
    now = utc_now()
    with transaction():
        roles = _current_roles(command.person_id, now)
        if command.unit_id is not None:
            roles = [one for one in roles if one.unit_id == command.unit_id]
        if not roles:
            raise Invalid(mark("Hanya petugas yang dapat menunjuk pengganti, untuk perannya sendiri."), field="unit_id")
        zone = units_by_ids([roles[0].unit_id])[roles[0].unit_id].zone
        check_absence(command.valid_from, command.valid_to, local_date(now, zone))
        if command.deputy_id is not None:
            _check_deputy(command.person_id, command.deputy_id, roles, now)
        _refuse_overlap(command)
        row = Deputy(
            absent_id=command.person_id,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            created_at=now,
            deputy_id=command.deputy_id,
            unit_id=command.unit_id,
        )
        db.session.add(row)
        db.session.flush()
        detail = {"deputy": command.deputy_id, "unit": command.unit_id}
        record("absence.noted", actor_id=by, subject=f"person:{command.person_id}", at=now, detail=detail)
        return row.id


def _current_roles(person_id: int, now: datetime) -> list[MembershipView]:
    held = memberships_of([person_id])
    units = units_by_ids([one.unit_id for one in held])
    return [one for one in held if is_current(one.valid_from, one.valid_to, local_date(now, units[one.unit_id].zone))]


def _check_deputy(person_id: int, deputy_id: int, roles: list[MembershipView], now: datetime) -> None:
    """A deputy is another official of the same government: nobody becomes one by standing in."""
    if deputy_id == person_id:
        raise Invalid(mark("Pilih orang lain sebagai pengganti."), field="deputy_email")
    theirs = _current_roles(deputy_id, now)
    units = units_by_ids([one.unit_id for one in (*roles, *theirs)])
    governments = {path_ids(units[one.unit_id].path)[0] for one in roles}
    if not governments & {path_ids(units[one.unit_id].path)[0] for one in theirs}:
        raise Invalid(mark("Pengganti harus petugas pada pemerintah daerah yang sama."), field="deputy_email")


def _refuse_overlap(command: BeAbsent) -> None:
    statement = select(Deputy.id).where(
        Deputy.absent_id == command.person_id,
        Deputy.valid_from <= command.valid_to,
        Deputy.valid_to >= command.valid_from,
    )
    if command.unit_id is not None:
        statement = statement.where(Deputy.unit_id.is_(None) | (Deputy.unit_id == command.unit_id))
    if db.session.scalar(statement.limit(1)) is not None:
        raise Conflict(mark("Masa ini bertumpuk dengan ketidakhadiran yang sudah dicatat."))


def end_absence(absence_id: int, *, person_id: int, by: int | None) -> None:
    """Back earlier: the absence ends yesterday, or never was when it did not begin before today."""
    now = utc_now()
    with transaction():
        row = db.session.get(Deputy, absence_id)
        if row is None or row.absent_id != person_id:
            raise NotFound
        roles = _current_roles(person_id, now)
        zone = units_by_ids([roles[0].unit_id])[roles[0].unit_id].zone if roles else "Asia/Jakarta"
        today = local_date(now, zone)
        if row.valid_from >= today:
            db.session.delete(row)
        else:
            row.valid_to = min(row.valid_to, date.fromordinal(today.toordinal() - 1))
        record("absence.ended", actor_id=by, subject=f"person:{person_id}", at=now)


def choose_digests(person_id: int, *, daily: bool, weekly: bool) -> None:
    """Which digests somebody gets by mail."""
    with transaction():
        row = db.session.get(MailPreference, person_id)
        if row is None:
            db.session.add(MailPreference(person_id=person_id, daily_digest=daily, weekly_digest=weekly))
        else:
            row.daily_digest, row.weekly_digest = daily, weekly
