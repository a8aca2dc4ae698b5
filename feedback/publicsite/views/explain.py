"""The states and the deadlines in plain words, made from the tables that also decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.policy import ClockKind, Rule, Starts
from feedback.kernel.text import mark
from feedback.tickets.rules.lifecycle import TABLE, Relation
from feedback.tickets.rules.words import KIND_LABELS, MOVE_LABELS, STATE_LABELS, Grade, Kind, State

MEANINGS = {
    State.RECEIVED: mark("Laporan sudah kami simpan. Koordinator memeriksa isinya dan mencari unit yang berwenang."),
    State.INCOMPLETE: mark("Kami perlu keterangan dari pelapor. Tanggal batasnya tertulis di laporan."),
    State.ASSIGNED: mark("Laporan ada di unit yang namanya tertulis, sejak tanggal yang tertulis."),
    State.IN_PROGRESS: mark("Unit itu sedang mengerjakannya."),
    State.ON_HOLD: mark("Unit itu belum dapat melanjutkan. Alasannya dan tanggal janji yang baru tertulis di laporan."),
    State.ANSWERED: mark("Unit sudah menjawab. Pelapor menyatakan selesai, atau menyanggah bila masalahnya masih ada."),
    State.DISPUTED: mark("Pelapor tidak setuju dengan jawabannya. Pejabat lain, bukan yang menjawab, memeriksanya."),
    State.CLOSED: mark("Pelapor sendiri menyatakan masalahnya selesai."),
    State.LAPSED: mark("Pelapor tidak memberi kabar sampai batas waktu. Ini tidak kami hitung sebagai selesai."),
    State.WITHDRAWN: mark("Pelapor mencabut laporannya, atau kelengkapannya tidak datang sampai batas waktu."),
    State.REJECTED: mark("Laporan tidak dapat ditangani. Alasannya dan jalan yang benar tertulis di laporan."),
    State.REFERRED: mark("Urusan ini milik lembaga lain. Nama dan cara menghubunginya tertulis di laporan."),
    State.JOINED: mark(
        "Masalah yang sama sudah dilaporkan. Laporan ini mengikuti laporan itu dan tanda terimanya tetap berlaku."
    ),
}
ACTORS = (
    (Relation.REPORTER, mark("pelapor")),
    (Relation.OFFICER, mark("petugas")),
    (Relation.COORDINATOR, mark("koordinator")),
    (Relation.SUPERVISOR, mark("atasan")),
    (Relation.SYSTEM, mark("otomatis")),
)
CLOCKS = {
    ClockKind.VERIFY: mark("Laporan diperiksa dan diteruskan"),
    ClockKind.FIRST_RESPONSE: mark("Tanggapan pertama dari unit"),
    ClockKind.RESOLVE: mark("Jawaban akhir"),
    ClockKind.UU25_COMPLETENESS: mark("Pernyataan lengkap atau belum"),
    ClockKind.UU25_DECISION: mark("Keputusan menurut undang-undang"),
    ClockKind.KIP_ANSWER: mark("Jawaban permintaan informasi publik"),
    ClockKind.COMPLETION: mark("Pelapor melengkapi"),
    ClockKind.CONFIRMATION: mark("Pelapor menyatakan selesai atau menyanggah"),
}
STARTS = {
    Starts.RECEIVED: mark("laporan diterima"),
    Starts.VERIFIED: mark("laporan diverifikasi"),
    Starts.ASSIGNED: mark("laporan diteruskan ke unit"),
    Starts.DECLARED_COMPLETE: mark("laporan dinyatakan lengkap"),
    Starts.ASKED: mark("kelengkapan diminta"),
    Starts.ANSWERED: mark("jawaban diberikan"),
}
GRADES = {
    Grade.NORMATIVE: mark("terjawab dari aturan"),
    Grade.NON_OVERSIGHT: mark("tanpa dugaan pelanggaran"),
    Grade.OVERSIGHT: mark("dengan dugaan pelanggaran"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """A state in plain words and what can come after it."""

    state: str
    label: str
    meaning: str
    steps: tuple[str, ...]


def state_stories() -> list[Story]:
    """Every state, with the moves of the transition table that lead out of it."""
    return [
        Story(state.value, gettext(STATE_LABELS[state]), gettext(MEANINGS[state]), tuple(_steps(state)))
        for state in State
    ]


def _steps(state: State) -> Iterable[str]:
    for move in TABLE:
        if state in move.sources and move.target not in (None, state):
            yield gettext(
                "%(move)s (%(who)s), lalu: %(target)s",
                move=gettext(MOVE_LABELS[move.name]),
                who=", ".join(gettext(label) for relation, label in ACTORS if relation in move.who),
                target=gettext(STATE_LABELS[move.target]),
            )


def deadline_rows(rules: Iterable[Rule], today: date) -> list[list[str]]:
    """The deadlines in force today: what, for which reports, how long, counted from what, by which rule."""
    current: dict[str, Rule] = {}
    for rule in rules:
        begun = rule.valid_from <= today and (rule.valid_until is None or today < rule.valid_until)
        if begun and rule.amount is not None:
            current.setdefault(rule.code, rule)
    order = list(CLOCKS)
    rows = sorted(current.values(), key=lambda rule: (order.index(rule.clock), rule.rank, rule.code))
    return [_row(rule, rule.amount) for rule in rows if rule.amount is not None]


def _row(rule: Rule, amount: Amount) -> list[str]:
    return [
        gettext(CLOCKS[rule.clock]),
        _about(rule),
        _length(amount, rule.extension),
        gettext(STARTS[rule.starts_at]),
        rule.source,
    ]


def _about(rule: Rule) -> str:
    kind = gettext(KIND_LABELS[Kind(rule.ticket_kind)]) if rule.ticket_kind else gettext("Semua laporan")
    return f"{kind}, {gettext(GRADES[Grade(rule.grade)])}" if rule.grade else kind


def _length(amount: Amount, extension: int) -> str:
    words = {
        Unit.WORKING_DAY: gettext("%(number)s hari kerja", number=amount.number),
        Unit.CALENDAR_DAY: gettext("%(number)s hari kalender", number=amount.number),
        Unit.WORKING_MINUTE: gettext("%(number)s menit kerja", number=amount.number),
    }
    text = str(words[amount.unit])
    return str(gettext("%(time)s, dapat ditambah %(more)s sekali", time=text, more=extension)) if extension else text
