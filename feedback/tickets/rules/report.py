"""What a report must be before it is taken (DOMAIN.md sections 2 and 4.14)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from feedback.kernel.errors import Invalid
from feedback.kernel.text import clean, has_words, mark

LONGEST_TEXT = 10_000
SHORTEST_TEXT = 10
LONGEST_PLACE = 200
LONGEST_NAME = 120
OLDEST_EVENT = timedelta(days=365 * 10)


def check_text(text: str) -> str:
    """The cleaned words of a report. Raises Invalid(field="text") when empty, unreadable, too short or too long."""
    words = clean(text)
    if not words:
        raise Invalid(mark("Tulis apa yang terjadi."), field="text")
    if not has_words(words):
        raise Invalid(mark("Tulis dengan kata-kata; tanda atau emoji saja tidak cukup."), field="text")
    if len(words) < SHORTEST_TEXT:
        raise Invalid(
            mark("Tulis sedikit lebih banyak, paling sedikit %(min)s karakter, supaya petugas paham."),
            field="text",
            values={"min": SHORTEST_TEXT},
        )
    if len(words) > LONGEST_TEXT:
        raise Invalid(
            mark("Tulisan ini %(length)s karakter; paling banyak %(max)s. Pendekkan sedikit."),
            field="text",
            values={"length": len(words), "max": LONGEST_TEXT},
        )
    return words


def check_event_date(event_date: date | None, today: date) -> None:
    """Raises Invalid(field="event_date") for a day that has not come or is more than ten years past."""
    if event_date is None:
        return
    if event_date > today:
        raise Invalid(mark("Tanggal kejadian berada di masa depan."), field="event_date")
    if event_date < today - OLDEST_EVENT:
        raise Invalid(mark("Tanggal kejadian lebih dari sepuluh tahun lalu; periksa tahunnya."), field="event_date")


def check_received_at(received_at: datetime, now: datetime) -> None:
    """Raises Invalid(field="received_date") for a letter from the future or from more than ten years ago."""
    if received_at > now:
        raise Invalid(mark("Waktu diterima berada di masa depan."), field="received_date")
    if received_at < now - OLDEST_EVENT:
        raise Invalid(mark("Waktu diterima lebih dari sepuluh tahun lalu; periksa tahunnya."), field="received_date")
