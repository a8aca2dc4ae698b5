"""Everything that is kept about an account, or of one report for whoever holds its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.files.queries import content, files_of_ticket
from feedback.people.models import (
    Authenticator,
    BrowserSession,
    MailPreference,
    MembershipRow,
    Passkey,
    Person,
    ProviderIdentity,
)
from feedback.rights.models import RightsRequest
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.originals import originals_of_reporter
from feedback.units.models import Unit

_SEALED = "Nama dan kontak yang tersegel tidak dibuka untuk salinan ini."
PERSON = ("email", "name", "locale", "created_at", "is_active", "privacy_notice")
_TICKET = (
    "number", "kind", "channel", "text", "title", "place", "event_date", "state", "received_at", "closed_at",
    "anonymous", "confidential", "reporter_name", "privacy_notice",
)  # fmt: skip


def content_of(person_id: int | None, ticket_id: int | None) -> dict[str, Any]:
    """What goes into the zip, by names a reader understands; nothing sealed is opened for it."""
    if person_id is None:
        return {"laporan": _tickets(Ticket.id == ticket_id), "keterangan": _SEALED}
    person = db.session.get_one(Person, person_id)
    return {
        "akun": {name: getattr(person, name) for name in PERSON},
        "jalan_masuk": _ways_in(person_id),
        "pilihan_surat": _rows(select(MailPreference.daily_digest, MailPreference.weekly_digest).where(
            MailPreference.person_id == person_id)),
        "peran": _rows(
            select(MembershipRow.role, Unit.name, MembershipRow.valid_from, MembershipRow.valid_to)
            .join(Unit, Unit.id == MembershipRow.unit_id)
            .where(MembershipRow.person_id == person_id)
        ),
        "laporan": _tickets(Ticket.reporter_id == person_id),
        "permintaan": _rows(
            select(RightsRequest.kind, RightsRequest.requested_at, RightsRequest.state, RightsRequest.words,
                   RightsRequest.answer).where(RightsRequest.person_id == person_id)
        ),
        "catatan_audit": _rows(
            select(AuditEntry.at, AuditEntry.deed, AuditEntry.subject)
            .where(AuditEntry.actor_id == person_id)
            .order_by(AuditEntry.id)
        ),
        "keterangan": _SEALED,
    }  # fmt: skip


def files_for(person_id: int | None, ticket_id: int | None) -> Iterator[tuple[str, bytes]]:
    """What was attached to those reports, under names that say to which; the largest size of each picture."""
    which = Ticket.id == ticket_id if person_id is None else Ticket.reporter_id == person_id
    for found, number in db.session.execute(select(Ticket.id, Ticket.number).where(which)).tuples().all():
        for place, line in enumerate(files_of_ticket(found), start=1):
            if line.is_ready:
                kind = "pdf" if not line.is_image else "jpg"
                yield f"berkas/{number}-{place}.{kind}", content(line, line.sizes[0].name)


def _ways_in(person_id: int) -> dict[str, Any]:
    """How this person signs in and where they are signed in; no secret, and nothing that opens the account."""
    keys = select(Passkey.name, Passkey.created_at, Passkey.used_at).where(Passkey.person_id == person_id)
    linked = select(ProviderIdentity.issuer, ProviderIdentity.subject, ProviderIdentity.created_at)
    here = select(BrowserSession.device, BrowserSession.created_at, BrowserSession.seen_at)
    return {
        "kunci_sandi": _rows(keys),
        "penyedia": _rows(linked.where(ProviderIdentity.person_id == person_id)),
        "aplikasi_kode": db.session.get(Authenticator, person_id) is not None,
        "peramban": _rows(here.where(BrowserSession.person_id == person_id)),
    }


def _rows(statement: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _tickets(which: Any) -> list[dict[str, Any]]:
    found = []
    for ticket in db.session.scalars(select(Ticket).where(which).order_by(Ticket.id)):
        told = (TicketEvent.at, TicketEvent.move, TicketEvent.to_state, TicketEvent.text, TicketEvent.html)
        events = select(*told).where(TicketEvent.ticket_id == ticket.id, TicketEvent.is_public)
        found.append({
            **{name: getattr(ticket, name) for name in _TICKET},
            "tulisan_asli": asdict(originals_of_reporter(ticket.id)),
            "perjalanan": _rows(events.order_by(TicketEvent.id)),
        })  # fmt: skip
    return found
