"""What is attached: to a form that is being written, and to tickets. Who may see it is decided above, by the grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from feedback.adapters.files import Missing, store_for
from feedback.files.models import Attachment, AttachmentEvent
from feedback.files.rules.kinds import Deed, Kind, Phase, Scan
from feedback.files.rules.sealing import Broken, unseal
from feedback.kernel.errors import NotFound
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True)
class Size:
    """One stored size of a picture, or the document."""

    name: str
    width: int
    height: int
    length: int


@dataclass(frozen=True, slots=True)
class FileLine:
    """An attachment as it is listed."""

    token: str
    kind: Kind
    name: str
    alt: str
    phase: Phase
    pages: int | None
    scan: Scan
    hidden: bool
    event_id: int | None
    sizes: tuple[Size, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it may be opened at all."""
        return self.scan is Scan.READY

    @property
    def is_image(self) -> bool:
        """Whether it is shown as a picture."""
        return self.kind is Kind.IMAGE

    @property
    def smallest(self) -> Size:
        """The size for a list."""
        return self.sizes[-1]


_COLUMNS = (
    Attachment.token, Attachment.kind, Attachment.name, Attachment.alt, Attachment.phase, Attachment.pages,
    Attachment.scan, Attachment.hidden, Attachment.event_id, Attachment.parts,
)  # fmt: skip
_OF_TICKET = select(*_COLUMNS).where(Attachment.ticket_id == bindparam("ticket_id")).order_by(Attachment.id)
_PENDING = select(*_COLUMNS).where(Attachment.ticket_id.is_(None)).order_by(Attachment.id)


def owner_of(form_key: str) -> str:
    """What stands for a form in the table: the key itself is stored nowhere."""
    return keyed_hash("files-of-form", form_key)


def pending_files(form_key: str) -> tuple[FileLine, ...]:
    """What was chosen in a form that has not been sent yet."""
    return _lines(db.session.execute(_PENDING.where(Attachment.owner_hash == owner_of(form_key))).all())


def files_of_ticket(ticket_id: int) -> tuple[FileLine, ...]:
    """Everything attached to a ticket, in the order it came; the caller leaves out what is not for the reader."""
    return _lines(db.session.execute(_OF_TICKET, {"ticket_id": ticket_id}).all())


@dataclass(frozen=True, slots=True)
class DeedLine:
    """An attachment was hidden or shown again."""

    at: datetime
    deed: Deed
    unit: str
    reason: str


def deeds(ticket_id: int) -> tuple[DeedLine, ...]:
    """What officials did to the attachments of a ticket; for the reporter and for officials."""
    statement = (
        select(AttachmentEvent.at, AttachmentEvent.deed, Unit.name, AttachmentEvent.reason)
        .join(Unit, Unit.id == AttachmentEvent.unit_id)
        .where(AttachmentEvent.ticket_id == ticket_id)
        .order_by(AttachmentEvent.id)
    )
    return tuple(DeedLine(at, Deed(deed), unit, reason) for at, deed, unit, reason in db.session.execute(statement))


def pending_file(token: str) -> FileLine:
    """A file of a form that has not been sent yet; whoever knows the token wrote the form. Raises NotFound."""
    found = _lines(db.session.execute(_PENDING.where(Attachment.token == token)).all())
    if not found:
        raise NotFound
    return found[0]


def _lines(rows: Sequence[Row[Any]]) -> tuple[FileLine, ...]:
    return tuple(
        FileLine(
            token=row.token,
            kind=Kind(row.kind),
            name=row.name,
            alt=row.alt,
            phase=Phase(row.phase),
            pages=row.pages,
            scan=Scan(row.scan),
            hidden=row.hidden,
            event_id=row.event_id,
            sizes=tuple(Size(one["name"], one["width"], one["height"], one["length"]) for one in row.parts),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class OldFileWords:
    """What was written about a file before a part of it was masked."""

    event_id: int | None
    alt: str
    name: str


def old_words_of_files(ticket_id: int) -> tuple[OldFileWords, ...]:
    """The caller has decided who may read it and written down that they do."""
    kept = select(Attachment.event_id, Attachment.original_alt, Attachment.original_name).where(
        Attachment.ticket_id == ticket_id, Attachment.original_name.is_not(None)
    )
    return tuple(OldFileWords(*row) for row in db.session.execute(kept.order_by(Attachment.id)))


def has_old_words(ticket_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether something about the files of a ticket was masked, as part of a greater statement."""
    return exists().where(Attachment.ticket_id == ticket_id, Attachment.original_name.is_not(None))


def words_of_files(ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """Everything the public may read about the files of these tickets."""
    found: dict[int, list[str]] = {}
    wanted = select(Attachment.ticket_id, Attachment.alt, Attachment.name).where(Attachment.ticket_id.in_(ticket_ids))
    for ticket_id, alt, name in db.session.execute(wanted.order_by(Attachment.id)):
        found.setdefault(ticket_id, []).extend((alt, name))
    return found


def content(line: FileLine, part: str) -> bytes:
    """The bytes of one stored size. Raises NotFound when there is no such size, and when the file is not to be had."""
    if not line.is_ready or part not in {size.name for size in line.sizes}:
        raise NotFound
    settings = current_app.config["SETTINGS"]
    name = storage_name(line.token, part)
    try:
        return unseal(store_for(settings).get(name), settings.files_key, name)
    except (Missing, Broken) as error:
        current_app.logger.error("an attached file is %s; run: flask files check", type(error).__name__.lower())
        raise NotFound from None


def storage_name(token: str, part: str) -> str:
    """Under which name a size is stored."""
    return f"{token}-{part}"


def pending_before(instant: datetime, *, limit: int) -> list[tuple[int, str, list[Any]]]:
    """Files of forms that were never sent: id, token and parts."""
    statement = select(Attachment.id, Attachment.token, Attachment.parts).where(
        Attachment.ticket_id.is_(None), Attachment.created_at < instant
    )
    return [(row.id, row.token, row.parts) for row in db.session.execute(statement.limit(limit))]
