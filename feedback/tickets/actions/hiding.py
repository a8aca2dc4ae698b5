"""Officials hide an attachment with a reason, and show it again; who, when and why is kept and told on the page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.files.models import Attachment, AttachmentEvent
from feedback.files.rules.kinds import Deed
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.text import clean, has_words, mark
from feedback.storage.session import db, transaction
from feedback.tickets.actions.work import facts_of
from feedback.tickets.models import Ticket
from feedback.tickets.rules.grants import Sight, grants_for, relations, sight_of
from feedback.tickets.rules.lifecycle import OFFICIAL
from feedback.units.queries import unit_by_id

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class HideFile:
    """Hide an attachment, or show it again."""

    number: str
    token: str
    deed: Deed
    reason: str


def hide_file(command: HideFile, actor: Actor) -> None:
    """Raises NotFound, Forbidden, Invalid, Conflict when it is so already; then nothing was written."""
    reason = clean(command.reason)
    if not has_words(reason):
        raise Invalid(mark("Bagian ini wajib diisi."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field="reason", values={"max": LONGEST_REASON})
    now = utc_now()
    with transaction():
        asked = select(Ticket).where(Ticket.number == command.number)
        ticket = db.session.scalars(asked.with_for_update()).one_or_none()
        unit = unit_by_id(ticket.unit_id) if ticket else None
        if ticket is None or unit is None or sight_of(grants_for(actor), facts_of(ticket, unit)) is Sight.NONE:
            raise NotFound
        if actor.person_id is None or not relations(actor, facts_of(ticket, unit)) & OFFICIAL:
            raise Forbidden(mark("Hanya petugas yang menangani laporan ini yang menyembunyikan lampiran."))
        mine = (Attachment.ticket_id == ticket.id, Attachment.token == command.token)
        found = db.session.scalars(
            select(Attachment).where(*mine).with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise Invalid(mark("Pilih lampiran dari daftar."), field="token")
        if found.hidden == (command.deed is Deed.HIDE):
            raise Conflict(mark("Orang lain sudah mengubah lampiran ini. Muat ulang halaman."))
        found.hidden = command.deed is Deed.HIDE
        db.session.add(
            AttachmentEvent(
                attachment_id=found.id,
                ticket_id=ticket.id,
                at=now,
                deed=command.deed,
                actor_id=actor.person_id,
                unit_id=ticket.unit_id,
                reason=reason,
            )
        )
        deed, subject = f"attachment.{command.deed}", f"ticket:{ticket.id}"
        record(deed, actor_id=actor.person_id, subject=subject, at=now, detail={"attachment": found.id})
