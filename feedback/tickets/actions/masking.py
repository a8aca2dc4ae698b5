"""Mask words that were public: by a coordinator with a reason, or by whoever wrote them. What was written stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select

from feedback.adapters import sanitiser
from feedback.audit.actions import record
from feedback.files.actions.masking import mask_files
from feedback.files.queries import files_of_ticket
from feedback.kernel.errors import Invalid
from feedback.kernel.private import find
from feedback.kernel.text import mark
from feedback.storage.session import db
from feedback.tickets.actions.shielding import REPORTER_MOVES
from feedback.tickets.actions.work import Work
from feedback.tickets.models import TicketEvent
from feedback.tickets.rules.shield import MOST_PASSAGES, SHORTEST_PASSAGE, passages_of, redacted
from feedback.tickets.rules.words import MoveName

_PARTS = ("title", "text", "place")


def _passages(work: Work) -> tuple[str, ...]:
    passages = passages_of(work.command.passages)
    if not passages:
        raise Invalid(mark("Tulis bagian yang disamarkan, satu baris untuk setiap bagian."), field="passages")
    if len(passages) > MOST_PASSAGES:
        raise Invalid(mark("Paling banyak %(max)s bagian."), field="passages", values={"max": MOST_PASSAGES})
    short = next((one for one in passages if len(one) < SHORTEST_PASSAGE), None)
    if short is not None:
        raise Invalid(mark("Terlalu pendek: %(passage)s"), field="passages", values={"passage": short})
    return passages


def _events(work: Work) -> list[TicketEvent]:
    """Every event with words; newest last."""
    told = TicketEvent.ticket_id == work.ticket.id, TicketEvent.text != ""
    return list(db.session.scalars(select(TicketEvent).where(*told).order_by(TicketEvent.id)))


def _about_files(work: Work, event_ids: frozenset[int] | None = None) -> list[str]:
    lines = (one for one in files_of_ticket(work.ticket.id) if event_ids is None or one.event_id in event_ids)
    return [words for one in lines for words in (one.alt, one.name)]


def _own_events(work: Work) -> frozenset[int]:
    """What the reporter did, also without words: photos came with it."""
    mine = select(TicketEvent).where(TicketEvent.ticket_id == work.ticket.id, TicketEvent.role.is_(None))
    return frozenset(one.id for one in db.session.scalars(mine) if one.move == MoveName.SUBMIT or _by_reporter(one))


def _by_reporter(event: TicketEvent) -> bool:
    return event.role is None and event.move in REPORTER_MOVES and "by_system" not in event.detail


def _check_found(passages: Iterable[str], texts: Sequence[str]) -> None:
    for passage in passages:
        if not any(redacted(text, (passage,)) != text for text in texts):
            raise Invalid(
                mark("Tidak ditemukan dalam tulisan yang dapat Anda samarkan: %(passage)s"),
                field="passages",
                values={"passage": passage},
            )


def _readable(event: TicketEvent) -> str:
    """The words as people read them: a passage copied from the page has no tags in it."""
    return sanitiser.words_of(event.html) if event.html else event.text


def _mask_ticket(work: Work, passages: Sequence[str], parts: Sequence[str]) -> int:
    changed = 0
    for part in parts:
        words = getattr(work.ticket, part) or ""
        masked = redacted(words, passages)
        if masked != words:
            _keep(work.ticket, part, words)
            setattr(work.ticket, part, masked)
            changed += 1
    return changed


def _keep(row: object, part: str, words: str) -> None:
    """The first words are the original; later maskings of masked words never replace it."""
    if getattr(row, f"original_{part}") is None:
        setattr(row, f"original_{part}", words)


def _mask_event(event: TicketEvent, passages: Sequence[str]) -> bool:
    read, masked = _readable(event), redacted(event.text, passages)
    wanted = redacted(read, passages)
    if masked == event.text and wanted == read:
        return False
    _keep(event, "text", event.text)
    if event.html is not None:
        html = sanitiser.clean_staff_html(masked)
        if redacted(sanitiser.words_of(html), passages) != sanitiser.words_of(html):
            # The passage reaches over tags: the words matter more than how they were set.
            masked, html = wanted, sanitiser.clean_staff_html(wanted)
        event.html, event.sanitiser = html, sanitiser.VERSION
    event.text = masked
    return True


def _redact(work: Work) -> None:
    """Everywhere in the report: title, text, place, and whatever was said since."""
    if work.command.redact_reason is None:
        raise Invalid(mark("Pilih alasan."), field="redact_reason")
    passages, events = _passages(work), _events(work)
    texts = [getattr(work.ticket, part) or "" for part in _PARTS] + _about_files(work)
    _check_found(passages, [*texts, *(event.text for event in events), *map(_readable, events)])
    changed = _mask_ticket(work, passages, _PARTS) + sum(_mask_event(event, passages) for event in events)
    changed += mask_files(work.ticket.id, lambda words: redacted(words, passages))
    if work.actor is not None:  # the sweep decides about no request
        work.ticket.masking_asked_at = None
    work.event["redact_reason"] = work.command.redact_reason
    record(
        "ticket.redacted",
        actor_id=work.actor.person_id if work.actor else None,
        subject=f"ticket:{work.ticket.id}",
        at=work.now,
        # Who masked how many parts; never a word of them.
        detail={"parts": changed, "reason": work.command.redact_reason.value},
    )


def _mask_own(work: Work) -> None:
    """What is plainly private is masked at once, without asking anybody."""
    passages = _passages(work)
    events = [event for event in _events(work) if _by_reporter(event)]
    own = _own_events(work)
    texts = [work.ticket.text, work.ticket.place, *(event.text for event in events), *_about_files(work, own)]
    plain = {" ".join(one.words.split()) for text in texts for one in find(text)}
    if not set(passages) <= plain:
        raise Invalid(mark("Hanya nomor dan alamat yang dikenali dapat disamarkan sendiri."), field="passages")
    _mask_ticket(work, passages, ("text", "place"))
    mask_files(work.ticket.id, lambda words: redacted(words, passages), own)
    for event in events:
        _mask_event(event, passages)


def _ask(work: Work) -> None:
    """The passages are for the coordinator; the event keeps them where only the door of originals looks."""
    passages = _passages(work)
    if work.by_reporter:
        said = (one.text for one in _events(work) if _by_reporter(one))
        texts = [work.ticket.text, work.ticket.place, *said, *_about_files(work, _own_events(work))]
    else:
        mine = [one for one in _events(work) if work.actor and one.role and one.actor_id == work.actor.person_id]
        texts = [*(one.text for one in mine), *map(_readable, mine)]
    _check_found(passages, texts)
    work.ticket.masking_asked_at = work.ticket.masking_asked_at or work.now
    work.sealed = "\n".join(passages)


def _decline(work: Work) -> None:
    work.ticket.masking_asked_at = None


MASKING: dict[MoveName, Callable[[Work], None]] = {
    MoveName.REDACT: _redact,
    MoveName.MASK_OWN: _mask_own,
    MoveName.ASK_MASKING: _ask,
    MoveName.DECLINE_MASKING: _decline,
}
