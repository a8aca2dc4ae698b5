"""Where a ticket may be sent, and how long a hold may promise."""

from __future__ import annotations

from datetime import date, timedelta

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.tickets.rules.lifecycle import Relation
from feedback.tickets.rules.words import HOLD_LONGEST_DAYS, HoldReason

_ROLE_OF = {
    Relation.OFFICER: Role.OFFICER,
    Relation.COORDINATOR: Role.COORDINATOR,
    Relation.SUPERVISOR: Role.SUPERVISOR,
}


def may_send(actor: Actor, from_path: str, to_path: str, *, to_is_government: bool) -> bool:
    """Coordinators and supervisors send within their subtree or to another government; officers within their agency."""
    routes = actor.reaches(from_path, Role.COORDINATOR, Role.SUPERVISOR)
    if routes and (to_is_government or actor.reaches(to_path, Role.COORDINATOR, Role.SUPERVISOR)):
        return True
    agency = ".".join(from_path.split(".")[:2]) + "."
    return from_path.count(".") > 1 and to_path.startswith(agency) and actor.reaches(from_path, Role.OFFICER)


def check_target(actor: Actor, from_path: str, to_path: str, *, to_is_government: bool) -> None:
    """Raise Invalid(field="unit_id") for a unit this person may not send to."""
    if to_path == from_path:
        raise Invalid(mark("Laporan ini sudah di unit itu."), field="unit_id")
    if not may_send(actor, from_path, to_path, to_is_government=to_is_government):
        raise Invalid(
            mark("Anda tidak dapat meneruskan ke unit itu. Kembalikan ke koordinator dengan usulan unit."),
            field="unit_id",
        )


def check_hold(reason: HoldReason | None, promised: date | None, today: date) -> None:
    """Raise Invalid unless a hold has a reason and a promised day after today within the reason's maximum."""
    if reason is None:
        raise Invalid(mark("Pilih alasan penundaan."), field="hold_reason")
    if promised is None:
        raise Invalid(mark("Isi tanggal yang dijanjikan."), field="promised_date")
    if promised <= today:
        raise Invalid(mark("Tanggal yang dijanjikan harus sesudah hari ini."), field="promised_date")
    longest = HOLD_LONGEST_DAYS[reason]
    if promised > today + timedelta(days=longest):
        raise Invalid(
            mark("Untuk alasan ini paling lama %(days)s hari."), field="promised_date", values={"days": longest}
        )


def acting_membership(actor: Actor, unit_path: str, who: frozenset[Relation]) -> Membership | None:
    """The role in which somebody makes a move: the one held nearest to the ticket's unit."""
    roles = {_ROLE_OF[relation] for relation in who if relation in _ROLE_OF}
    fitting = [one for one in actor.memberships if one.role in roles and unit_path.startswith(one.path)]
    return max(fitting, key=lambda one: len(one.path), default=None)
