"""Who may bring whom into which role, and how long an invitation and a role last."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from feedback.kernel.actor import Actor
from feedback.kernel.errors import Conflict, Invalid, TooMany
from feedback.kernel.permissions import Permission, Role
from feedback.kernel.text import mark

INVITATION_LASTS = timedelta(days=7)
# One coordinator staffs an agency in an afternoon; whoever sends more is not staffing one.
MOST_A_DAY = 50
SEND_AGAIN_AFTER = timedelta(minutes=10)
ENDING = timedelta(days=14)


def roles_given_by(actor: Actor) -> tuple[Role, ...]:
    """The roles somebody may bring people into: administrators every one, coordinators that of officer."""
    if actor.may(Permission.ADMINISTER):
        return tuple(Role)
    return (Role.OFFICER,) if actor.may(Permission.STAFF) else ()


def may_give(actor: Actor, role: Role, unit_path: str) -> bool:
    """Whether somebody may bring people into this role there: never above their own reach."""
    if actor.may(Permission.ADMINISTER):
        return True
    return role in roles_given_by(actor) and actor.reaches(unit_path, Role.COORDINATOR)


def check_end(valid_to: date | None, today: date) -> None:
    """Raise Invalid for a role that would be over before it begins."""
    if valid_to is not None and valid_to < today:
        raise Invalid(mark("Tanggal ini sudah lewat."), field="valid_to")


def check_extension(valid_to: date | None, new: date | None, today: date) -> None:
    """Raise Conflict for a role that is over or has no end, Invalid for a day that is no later than the old one."""
    if valid_to is None or valid_to < today:
        raise Conflict(mark("Peran ini sudah berakhir atau tanpa batas. Undang orangnya lagi bila perlu."))
    if new is not None and new <= valid_to:
        raise Invalid(mark("Pilih tanggal sesudah tanggal akhir yang sekarang."), field="valid_to")


def check_pace(sent_today: int) -> None:
    """Raise TooMany for more invitations in a day than anybody needs."""
    if sent_today >= MOST_A_DAY:
        raise TooMany(mark("Sudah terlalu banyak undangan dalam 24 jam. Lanjutkan besok."), retry_after=3600)


def check_resend(sent_at: datetime, now: datetime) -> None:
    """Raise TooMany when the last mail has hardly arrived."""
    left = SEND_AGAIN_AFTER - (now - sent_at)
    if left > timedelta(0):
        seconds = int(left.total_seconds()) + 1
        raise TooMany(mark("Surat baru saja dikirim. Coba lagi dalam %(seconds)s detik."), retry_after=seconds)


def is_ending(valid_to: date | None, today: date) -> bool:
    """Whether a role ends within two weeks."""
    return valid_to is not None and today <= valid_to <= today + ENDING
