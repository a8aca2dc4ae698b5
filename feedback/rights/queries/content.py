"""Everything that is kept about an account, or of one report for whoever holds its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.catalogue.models import Service, Topic
from feedback.files.queries import content, files_of_ticket
from feedback.people.models import (
    AccountLink,
    Authenticator,
    BrowserSession,
    Deputy,
    Invitation,
    MailPreference,
    MembershipRow,
    Passkey,
    Person,
    ProviderIdentity,
    RecoveryCode,
)
from feedback.rights.models import RightsRequest
from feedback.rights.queries.incidents import notices_for
from feedback.storage.base import Base
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.originals import originals_of_reporter
from feedback.tickets.rules.lifecycle import MOVES
from feedback.units.models import Region, Unit

_NOTES = (
    "Nama dan kontak yang tersegel tidak dibuka untuk salinan ini.",
    "Yang dikerjakan seorang petugas adalah arsip unitnya (UU 43/2009): catatan_audit menyebutnya dengan nomor.",
    "Laporan tentang seseorang tidak ikut dalam salinan orang itu, demi pelapornya (UU 27/2022 pasal 15).",
)
_INTERNAL = frozenset(name for name, move in MOVES.items() if move.internal)
PERSON = ("email", "name", "locale", "created_at", "is_active", "privacy_notice")
TICKET = (
    "number", "kind", "channel", "text", "title", "place", "event_date", "state", "received_at", "published_at",
    "due_at", "promised_date", "answered_at", "closed_at", "hold_reason", "reject_reason", "cycle", "grade",
    "anonymous", "confidential", "hidden", "reporter_name", "locale", "privacy_notice", "masking_asked_at",
)  # fmt: skip


def content_of(person_id: int | None, ticket_id: int | None) -> dict[str, Any]:
    """What goes into the zip, by names a reader understands; nothing sealed is opened for it."""
    if person_id is None:
        return {
            "laporan": _tickets(Ticket.id == ticket_id),
            "permintaan": _requests(RightsRequest.ticket_id == ticket_id),
            "kegagalan_pelindungan": [asdict(one) for one in notices_for("id", ticket_id=ticket_id)],
            "keterangan": _NOTES,
        }
    person = db.session.get_one(Person, person_id)
    return {
        "akun": {name: getattr(person, name) for name in PERSON},
        "jalan_masuk": _ways_in(person_id),
        "pilihan_surat": _rows(
            select(MailPreference.daily_digest, MailPreference.weekly_digest)
            .where(MailPreference.person_id == person_id)
        ),
        **_offices(person_id, person.email),
        "laporan": _tickets(Ticket.reporter_id == person_id),
        "permintaan": _requests(RightsRequest.person_id == person_id),
        "kegagalan_pelindungan": [asdict(one) for one in notices_for("id", person_id=person_id)],
        "catatan_audit": _deeds(AuditEntry.actor_id == person_id),
        "catatan_audit_tentang_saya": _deeds(
            (AuditEntry.subject == f"person:{person_id}") & AuditEntry.actor_id.is_distinct_from(person_id)
        ),
        "keterangan": _NOTES,
    }


def _offices(person_id: int, email: str) -> dict[str, Any]:
    """The roles somebody holds or held, and what hangs on them."""
    asked = Base.metadata.tables["report_subscription"]  # of a shelf above this one
    here = (Deputy.absent_id == person_id) | (Deputy.deputy_id == person_id)
    absent = (Deputy.absent_id == person_id).label("saya_tidak_hadir")
    return {
        "peran": _rows(
            select(MembershipRow.role, Unit.name, MembershipRow.valid_from, MembershipRow.valid_to)
            .join(Unit, Unit.id == MembershipRow.unit_id)
            .where(MembershipRow.person_id == person_id)
        ),
        "ketidakhadiran": _rows(select(Deputy.valid_from, Deputy.valid_to, Deputy.created_at, absent).where(here)),
        "undangan": _rows(
            select(Invitation.email, Invitation.role, Unit.name, Invitation.created_at, Invitation.accepted_at)
            .join(Unit, Unit.id == Invitation.unit_id)
            .where((Invitation.person_id == person_id) | (Invitation.email == email))
        ),
        "langganan": _rows(
            select(Unit.name, asked.c.created_at, asked.c.ended_at)
            .join(asked, asked.c.unit_id == Unit.id)
            .where(asked.c.person_id == person_id)
        ),
    }


def files_for(person_id: int | None, ticket_id: int | None) -> Iterator[tuple[str, bytes]]:
    """What was attached to those reports and they may see, under names that say to which; the largest of each picture.

    Their own, hidden or not; of an official's what stands on their page.
    """
    which = Ticket.id == ticket_id if person_id is None else Ticket.reporter_id == person_id
    for found, number in db.session.execute(select(Ticket.id, Ticket.number).where(which)).tuples().all():
        of_staff = TicketEvent.ticket_id == found, TicketEvent.role.is_not(None)
        staff = dict(db.session.execute(select(TicketEvent.id, TicketEvent.move).where(*of_staff)).tuples().all())
        for place, line in enumerate(files_of_ticket(found), start=1):
            shown = line.event_id not in staff or (staff[line.event_id] not in _INTERNAL and not line.hidden)
            if line.is_ready and shown:
                kind = "pdf" if not line.is_image else "jpg"
                yield f"berkas/{number}-{place}.{kind}", content(line, line.sizes[0].name)


def _requests(which: Any) -> list[dict[str, Any]]:
    columns = select(
        RightsRequest.kind, RightsRequest.requested_at, RightsRequest.due_at, RightsRequest.state, RightsRequest.words,
        RightsRequest.erase_words, RightsRequest.answer, RightsRequest.done_at,
    )  # fmt: skip
    return _rows(columns.where(which).order_by(RightsRequest.id))


def _deeds(which: Any) -> list[dict[str, Any]]:
    return _rows(select(AuditEntry.at, AuditEntry.deed, AuditEntry.subject).where(which).order_by(AuditEntry.id))


def _ways_in(person_id: int) -> dict[str, Any]:
    """How this person signs in and where they are signed in; no secret, and nothing that opens the account."""
    keys = select(Passkey.name, Passkey.created_at, Passkey.used_at).where(Passkey.person_id == person_id)
    codes = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
    links = select(AccountLink.kind, AccountLink.address, AccountLink.expires_at, AccountLink.used_at)
    linked = select(ProviderIdentity.issuer, ProviderIdentity.subject, ProviderIdentity.created_at)
    here = select(BrowserSession.device, BrowserSession.created_at, BrowserSession.seen_at)
    return {
        "kunci_sandi": _rows(keys),
        "penyedia": _rows(linked.where(ProviderIdentity.person_id == person_id)),
        "aplikasi_kode": db.session.get(Authenticator, person_id) is not None,
        "kode_pemulihan_tersisa": db.session.scalar(codes),
        "tautan_surel": _rows(links.where(AccountLink.person_id == person_id)),
        "peramban": _rows(here.where(BrowserSession.person_id == person_id)),
    }


def _rows(statement: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _tickets(which: Any) -> list[dict[str, Any]]:
    found = []
    for ticket in db.session.scalars(select(Ticket).where(which).order_by(Ticket.id)):
        told = (TicketEvent.at, TicketEvent.move, TicketEvent.to_state, TicketEvent.text, TicketEvent.html)
        # As on their page: everything but what officials say among themselves.
        events = select(*told).where(TicketEvent.ticket_id == ticket.id, TicketEvent.move.not_in(_INTERNAL))
        found.append({
            **{name: getattr(ticket, name) for name in TICKET},
            **_places(ticket),
            "tulisan_asli": asdict(originals_of_reporter(ticket.id)),
            "perjalanan": _rows(events.order_by(TicketEvent.id)),
        })  # fmt: skip
    return found


def _places(ticket: Ticket) -> dict[str, str | None]:
    """What the report points to, by name."""
    named: tuple[tuple[str, Any, Any], ...] = (
        ("unit", Unit, ticket.unit_id), ("topik", Topic, ticket.topic_id), ("layanan", Service, ticket.service_id),
        ("wilayah", Region, ticket.region_code), ("unit_terlapor", Unit, ticket.reported_unit_id),
    )  # fmt: skip
    return {word: db.session.get_one(model, key).name if key is not None else None for word, model, key in named}
