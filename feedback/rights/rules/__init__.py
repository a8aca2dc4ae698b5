"""The rights of a person over their data (UU 27/2022), and what each request does: at once, later, and never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback.kernel.text import mark

# "3 x 24 jam": hours of the calendar, whatever day it is (UU 27/2022).
ANSWER_WITHIN = timedelta(hours=72)
REMIND_BEFORE = timedelta(hours=24)
COPY_LASTS = timedelta(days=7)
LONGEST_WORDS = 2000


class RightsKind(StrEnum):
    """What is asked for."""

    COPY = "copy"
    CORRECTION = "correction"
    RESTRICTION = "restriction"
    DELETION = "deletion"


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a request does, in the words its maker reads before sending it."""

    label: str
    law: str
    at_once: str
    stays: str
    # The same for one report, where it is not the same.
    of_report: str = ""


EFFECTS = {
    RightsKind.COPY: Effect(
        mark("Salinan data saya"),
        mark("UU 27/2022 pasal 7"),
        mark("Berkas zip dibuat otomatis, biasanya dalam beberapa menit, dan dapat diunduh selama 7 hari."),
        mark("Nama dan kontak yang tersegel tidak ikut: membukanya demi salinan akan melemahkan segelnya."),
    ),
    RightsKind.CORRECTION: Effect(
        mark("Perbaikan data"),
        mark("UU 27/2022 pasal 6"),
        mark("Nama dan bahasa dapat Anda ubah sendiri di halaman akun. Selain itu, tulis apa yang salah."),
        mark("Isi laporan yang sudah dikirim tidak ditulis ulang; tambahan Anda tampil di bawahnya."),
        mark("Tulis apa yang salah pada data laporan ini. Tambahan untuk isinya ditulis di halaman laporan."),
    ),
    RightsKind.RESTRICTION: Effect(
        mark("Pembatasan pengolahan"),
        mark("UU 27/2022 pasal 11"),
        mark("Nama Anda segera tidak tampil lagi pada laporan. Hal lain yang Anda tulis diputuskan pejabat."),
        mark("Laporan yang sedang ditangani tetap dijawab, karena menjawabnya kewajiban unit (UU 25/2009 pasal 50)."),
    ),
    RightsKind.DELETION: Effect(
        mark("Penghapusan"),
        mark("UU 27/2022 pasal 8 dan 43"),
        mark("Nama, surel, kata sandi, dan semua perangkat yang masuk dihapus seketika. Ini tidak dapat dibatalkan."),
        mark(
            "Jawaban petugas dan angka statistik tetap ada tanpa nama Anda, karena termasuk arsip (UU 43/2009)."
            " Catatan audit hanya memuat nomor."
            " Yang sedang dibutuhkan pengadilan menunggu putusan (UU 27/2022 pasal 15)."
        ),
        mark(
            "Isi laporan, nama, kontak, dan lampirannya dihapus seketika; laporan yang belum selesai dicabut."
            " Ini tidak dapat dibatalkan."
        ),
    ),
}


def due(requested_at: datetime) -> datetime:
    """By when a request must be answered."""
    return requested_at + ANSWER_WITHIN
