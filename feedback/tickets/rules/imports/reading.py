"""One row of a file from elsewhere: a report as it was, or the reason why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from feedback.kernel.text import clean, has_words, mark
from feedback.tickets.rules.imports.mapping import ImportMap
from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.tickets.rules.words import Kind

LONGEST_REF = 120
# What the tables hold of the name of a unit, a topic or a region.
LONGEST_NAMES = {"agency": 200, "topic": 120, "district": 120, "village": 120}
EARLIEST_YEAR = 1970


class Reason(StrEnum):
    """Why a row was left out."""

    COLUMNS = "columns"
    REF_MISSING = "ref_missing"
    REF_LONG = "ref_long"
    REF_TWICE = "ref_twice"
    TEXT_EMPTY = "text_empty"
    TEXT_WORDLESS = "text_wordless"
    TEXT_LONG = "text_long"
    RECEIVED_MISSING = "received_missing"
    RECEIVED_UNREADABLE = "received_unreadable"
    RECEIVED_FUTURE = "received_future"
    ANSWERED_UNREADABLE = "answered_unreadable"
    ANSWERED_FUTURE = "answered_future"
    ANSWERED_BEFORE = "answered_before_received"
    UNANSWERED = "unanswered"
    KIND_UNKNOWN = "kind_unknown"
    NAME_LONG = "name_long"
    AGENCY_MISSING = "agency_missing"
    AGENCY_UNKNOWN = "agency_unknown"
    AGENCY_CLOSED = "agency_closed"
    TOPIC_UNKNOWN = "topic_unknown"
    REGION_UNKNOWN = "region_unknown"
    VILLAGE_UNCLEAR = "village_unclear"


REASON_LABELS = {
    Reason.COLUMNS: mark("Jumlah kolom tidak sama dengan judul kolom."),
    Reason.REF_MISSING: mark("Nomor asal kosong."),
    Reason.REF_LONG: mark("Nomor asal terlalu panjang."),
    Reason.REF_TWICE: mark("Nomor asal sudah ada di baris sebelumnya."),
    Reason.TEXT_EMPTY: mark("Isi laporan kosong."),
    Reason.TEXT_WORDLESS: mark("Isi laporan tidak mengandung kata."),
    Reason.TEXT_LONG: mark("Isi laporan lebih dari 10.000 karakter."),
    Reason.RECEIVED_MISSING: mark("Waktu diterima kosong."),
    Reason.RECEIVED_UNREADABLE: mark("Waktu diterima tidak dapat dibaca."),
    Reason.RECEIVED_FUTURE: mark("Waktu diterima belum tiba."),
    Reason.ANSWERED_UNREADABLE: mark("Waktu dijawab tidak dapat dibaca."),
    Reason.ANSWERED_FUTURE: mark("Waktu dijawab belum tiba."),
    Reason.ANSWERED_BEFORE: mark("Dijawab sebelum diterima."),
    Reason.UNANSWERED: mark("Belum dijawab."),
    Reason.KIND_UNKNOWN: mark("Jenis laporan tidak dikenal."),
    Reason.NAME_LONG: mark("Nama instansi, topik, atau wilayah terlalu panjang."),
    Reason.AGENCY_MISSING: mark("Instansi kosong."),
    Reason.AGENCY_UNKNOWN: mark("Instansi tidak dikenal."),
    Reason.AGENCY_CLOSED: mark("Unit ini sudah ditutup; petakan ke penggantinya."),
    Reason.TOPIC_UNKNOWN: mark("Topik tidak dikenal."),
    Reason.REGION_UNKNOWN: mark("Kecamatan atau kelurahan tidak dikenal."),
    Reason.VILLAGE_UNCLEAR: mark("Kelurahan tanpa kecamatan, dan namanya tidak menunjuk satu tempat."),
}


class Unfit(Exception):  # a verdict on one row, caught by the reader of rows and never shown as an error
    """The row cannot be taken, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that can be read. Instants are UTC; names are as the file has them, empty when it has none."""

    ref: str
    kind: Kind
    text: str
    received_at: datetime
    answered_at: datetime | None
    agency: str
    topic: str
    district: str
    village: str


class RowReader:
    """Reads the rows of one file by its map; ``heading`` is its first line."""

    def __init__(self, given: ImportMap, heading: Sequence[str], now: datetime) -> None:
        self._map = given
        self._now = now
        self._width = len(heading)
        self._places = {part: heading.index(name) for part, name in given.columns.items()}

    def ref(self, cells: Sequence[str]) -> str:
        """The row's own key. Raises Unfit when it has none, or when the row is not made like the heading."""
        if len(cells) != self._width:
            raise Unfit(Reason.COLUMNS)
        ref = self._cell(cells, "ref")
        if not ref:
            raise Unfit(Reason.REF_MISSING)
        if len(ref) > LONGEST_REF:
            raise Unfit(Reason.REF_LONG)
        return ref

    def draft(self, cells: Sequence[str]) -> Draft:
        """The row as a report. Raises Unfit with the first thing that is wrong with it."""
        ref = self.ref(cells)
        text = self._text(cells)
        received_at = self._instant(cells, "received", (Reason.RECEIVED_UNREADABLE, Reason.RECEIVED_FUTURE))
        if received_at is None:
            raise Unfit(Reason.RECEIVED_MISSING)
        answered_at = self._instant(cells, "answered", (Reason.ANSWERED_UNREADABLE, Reason.ANSWERED_FUTURE))
        if answered_at is None and self._map.refuse_unanswered:
            raise Unfit(Reason.UNANSWERED)
        if answered_at is not None and answered_at < received_at:
            raise Unfit(Reason.ANSWERED_BEFORE)
        names = self._names(cells)
        return Draft(ref, self._kind(cells), text, received_at, answered_at, **names)

    def _cell(self, cells: Sequence[str], part: str) -> str:
        place = self._places.get(part)
        if place is None:
            return ""
        cell = cells[place]
        # Nothing in plain ASCII needs cleaning but its spaces; most cells are that, and there are many.
        cell = " ".join(cell.split()) if cell.isascii() and cell.isprintable() else clean(cell, lines=False)
        return "" if cell in self._map.empty else cell

    def _text(self, cells: Sequence[str]) -> str:
        raw = cells[self._places["text"]]
        if self._map.unescape:
            raw = raw.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\r", "\n")
        text = clean(raw)
        if not text or text in self._map.empty:
            raise Unfit(Reason.TEXT_EMPTY)
        if not has_words(text):
            raise Unfit(Reason.TEXT_WORDLESS)
        if len(text) > LONGEST_TEXT:
            raise Unfit(Reason.TEXT_LONG)
        return text

    def _instant(self, cells: Sequence[str], part: str, reasons: tuple[Reason, Reason]) -> datetime | None:
        written = self._cell(cells, part)
        if not written:
            return None
        unreadable, future = reasons
        try:
            instant = datetime.strptime(written, self._map.time_format)  # noqa: DTZ007  (the map says the zone)
            if instant.tzinfo is None:
                instant = instant.replace(tzinfo=self._map.zone)
            instant = instant.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unfit(unreadable) from None
        if instant.year < EARLIEST_YEAR:
            raise Unfit(unreadable)
        if instant > self._now:
            raise Unfit(future)
        return instant

    def _kind(self, cells: Sequence[str]) -> Kind:
        written = self._cell(cells, "kind")
        if not written:
            return self._map.kind
        value = self._map.value("kind", written) or written
        if value not in tuple(Kind):
            raise Unfit(Reason.KIND_UNKNOWN)
        return Kind(value)

    def _names(self, cells: Sequence[str]) -> dict[str, str]:
        names = {part: self._cell(cells, part) for part in LONGEST_NAMES}
        if any(len(name) > LONGEST_NAMES[part] for part, name in names.items()):
            raise Unfit(Reason.NAME_LONG)
        if not names["agency"] and "agency" in self._places:
            raise Unfit(Reason.AGENCY_MISSING)
        return names


def missing_columns(given: ImportMap, heading: Sequence[str]) -> Mapping[str, str]:
    """The parts of a report whose column the file does not have, with the heading the map gives them."""
    return {part: name for part, name in given.columns.items() if name not in heading}
