"""Roles: given and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.audit.models import AuditEntry
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.actions.sessions import end_sessions
from feedback.people.models import MembershipRow, Person
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


def grant_role(command: GrantRole, *, by: int | None) -> int:
    """Give a role at a unit and end the person's sessions; returns the membership's id.

    Raises Conflict when it is held already, or when nobody but its maker has vouched for the account.
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
        return row.id


def _check_vouched_for(person_id: int) -> None:
    """Refuse a role for an account that anybody may have opened under an official's address.

    Registering proves no address. A password set by an administrator puts its maker out and the official in.
    """
    deeds = select(AuditEntry.deed, AuditEntry.actor_id).where(
        AuditEntry.subject == f"person:{person_id}", AuditEntry.deed.in_(("person.created", "person.password_set"))
    )
    known = db.session.execute(deeds.order_by(AuditEntry.id)).all()
    if known and all(actor_id == person_id for _deed, actor_id in known):
        raise Conflict(
            mark("Akun ini didaftarkan sendiri. Beri dulu kata sandi baru, serahkan kepada orangnya, lalu beri peran.")
        )


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
        end_sessions(row.person_id)
        record("role.ended", actor_id=by, subject=f"person:{row.person_id}", at=now, detail=detail)
