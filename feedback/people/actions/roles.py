"""Roles: given and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.actions.news import tell
from feedback.people.actions.sessions import end_sessions
from feedback.people.models import MembershipRow, Person
from feedback.people.queries.vouching import is_vouched_for
from feedback.people.rules import News
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.units.queries import unit_by_id


@dataclass(frozen=True, slots=True)
class GrantRole:
    """A role at a unit from a local date on."""

    person_id: int
    unit_id: int
    role: Role
    valid_from: date | None = None
    valid_to: date | None = None


def grant_role(command: GrantRole, *, by: int | None, proven: bool = False) -> int:
    """Give a role at a unit and end the person's sessions; returns the membership's id.

    Raises Conflict when it is held already, or when nobody but its maker has vouched for the account. ``proven``: the
    account has just been shown to be whose address it has.
    """
    now = utc_now()
    with transaction():
        if db.session.get(Person, command.person_id) is None:
            raise NotFound
        unit = unit_by_id(command.unit_id)
        if unit is None:
            raise Invalid(mark("Unit ini tidak dikenal."), field="unit_id")
        start = command.valid_from or local_date(now, unit.zone)
        if command.valid_to is not None and command.valid_to < start:
            raise Invalid(mark("Tanggal akhir mendahului tanggal mulai."), field="valid_to")
        same = select(MembershipRow.id).where(
            MembershipRow.person_id == command.person_id,
            MembershipRow.unit_id == command.unit_id,
            MembershipRow.role == command.role,
            MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= start),
        )
        if db.session.scalar(same) is not None:
            raise Conflict(mark("Peran ini sudah dipegang orang itu di unit tersebut."))
        if not proven:
            _check_vouched_for(command.person_id)
        end_sessions(command.person_id)
        row = MembershipRow(
            person_id=command.person_id,
            unit_id=command.unit_id,
            role=command.role,
            valid_from=start,
            valid_to=command.valid_to,
        )
        db.session.add(row)
        db.session.flush()
        record(
            "role.granted",
            actor_id=by,
            subject=f"person:{command.person_id}",
            at=now,
            detail={"unit": command.unit_id, "role": command.role.value},
        )
        if by is not None and not proven:  # who takes an invitation knows it already
            tell(command.person_id, News.ROLE, at=now)
        return row.id


def _check_vouched_for(person_id: int) -> None:
    """Refuse a role for an account that anybody may have opened under an official's address."""
    if not is_vouched_for(person_id):
        raise Conflict(mark("Akun ini didaftarkan sendiri. Undang orangnya lewat surel: tautannya membuktikan alamat."))


def leave(row: MembershipRow, now: datetime) -> None:
    """A role is over: its holder's sessions end, and what they had in hand is looked at by the worker."""
    row.ended_at = now
    end_sessions(row.person_id)
    post("person.left", f"left:{row.person_id}:{now.isoformat()}", {"person_id": row.person_id}, at=now)


def end_role(membership_id: int, *, by: int | None) -> None:
    """End a role and the person's sessions now: deleted when it began today or later, closed yesterday otherwise."""
    now = utc_now()
    with transaction():
        row = db.session.get(MembershipRow, membership_id)
        if row is None:
            raise NotFound
        if by == row.person_id and row.role == Role.ADMINISTRATOR:  # so that one administrator always stays
            raise Conflict(mark("Anda tidak dapat mengakhiri peran administrator sendiri. Minta administrator lain."))
        unit = unit_by_id(row.unit_id)
        today = local_date(now, unit.zone if unit else "Asia/Jakarta")
        detail = {"unit": row.unit_id, "role": row.role}
        if row.valid_from >= today:
            db.session.delete(row)
        else:
            row.valid_to = date.fromordinal(today.toordinal() - 1)
        leave(row, now)
        record("role.ended", actor_id=by, subject=f"person:{row.person_id}", at=now, detail=detail)
        tell(row.person_id, News.ROLE, at=now)
