"""What the board counts. A value of ``Measure`` is the word in the address of the list behind a number."""

from __future__ import annotations

from enum import StrEnum

from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.text import mark


class Measure(StrEnum):
    """A number of the board, and of exactly the rows its list shows."""

    RECEIVED = "masuk"
    ANSWERED = "dijawab"
    OPEN = "belum-dijawab"
    OVERDUE = "lewat-tenggat"
    UNANSWERED = "tanpa-jawaban"
    FIRST_RESPONSE = "tanggapan"
    FIRST_RESPONSE_SLOW = "tanggapan-terlama"
    RESOLUTION = "penyelesaian"
    RESOLUTION_SLOW = "penyelesaian-terlama"
    JUDGED = "dinilai"
    ON_TIME = "tepat-waktu"
    LATE = "terlambat"
    CONTESTED = "disanggah"
    CLOSED = "selesai"
    LAPSED = "tanpa-konfirmasi"
    NOW_OVERDUE = "kini-lewat-tenggat"
    NOW_DUE_TODAY = "kini-hari-ini"
    NOW_DUE_SOON = "kini-tiga-hari"
    NOW_PROMISE_BROKEN = "kini-janji-lewat"
    NOW_DISPUTED = "kini-disanggah"
    NOW_RETURNED = "kini-dikembalikan"


# Counted per unit for a cohort, in the order of the columns.
COUNTED = (
    Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.OVERDUE, Measure.UNANSWERED, Measure.CONTESTED,
    Measure.CLOSED, Measure.LAPSED, Measure.JUDGED, Measure.ON_TIME, Measure.LATE,
)  # fmt: skip
# Everything slower than the 90th percentile of its scope.
SLOW = (Measure.FIRST_RESPONSE_SLOW, Measure.RESOLUTION_SLOW)
# Counted over what is open at this moment, whenever it was received.
BURNING = (
    Measure.NOW_OVERDUE, Measure.NOW_DUE_TODAY, Measure.NOW_DUE_SOON, Measure.NOW_PROMISE_BROKEN, Measure.NOW_DISPUTED,
    Measure.NOW_RETURNED,
)  # fmt: skip
SOON_DAYS = 3

LABELS = {
    Measure.RECEIVED: mark("Masuk"),
    Measure.ANSWERED: mark("Dijawab"),
    Measure.OPEN: mark("Belum dijawab"),
    Measure.OVERDUE: mark("Lewat tenggat sekarang"),
    Measure.UNANSWERED: mark("Berakhir tanpa jawaban"),
    Measure.FIRST_RESPONSE: mark("Sudah ditanggapi"),
    Measure.FIRST_RESPONSE_SLOW: mark("Tanggapan pertama lebih lama dari p90"),
    Measure.RESOLUTION: mark("Sudah dijawab, dengan lama penyelesaian"),
    Measure.RESOLUTION_SLOW: mark("Penyelesaian lebih lama dari p90"),
    Measure.JUDGED: mark("Dinilai ketepatan waktunya"),
    Measure.ON_TIME: mark("Tepat waktu"),
    Measure.LATE: mark("Terlambat"),
    Measure.CONTESTED: mark("Disanggah atau dibuka lagi"),
    Measure.CLOSED: mark("Selesai, dikonfirmasi pelapor"),
    Measure.LAPSED: mark("Selesai tanpa konfirmasi"),
    Measure.NOW_OVERDUE: mark("Lewat tenggat"),
    Measure.NOW_DUE_TODAY: mark("Jatuh tempo hari ini"),
    Measure.NOW_DUE_SOON: mark("Jatuh tempo 1 sampai 3 hari lagi"),
    Measure.NOW_PROMISE_BROKEN: mark("Tertunda melewati tanggal janji"),
    Measure.NOW_DISPUTED: mark("Disanggah"),
    Measure.NOW_RETURNED: mark("Dikembalikan ke koordinator"),
}
MEANINGS = {
    Measure.RECEIVED: mark("Putaran yang dimulai dalam periode ini; sanggahan dan pembukaan lagi memulai yang baru."),
    Measure.ANSWERED: mark("Putaran yang sudah mendapat jawaban akhir."),
    Measure.OPEN: mark("Putaran yang laporannya masih terbuka dan belum mendapat jawaban akhir."),
    Measure.OVERDUE: mark("Belum dijawab, dan tenggat terdekat yang menjadi kewajiban petugas sudah lewat saat ini."),
    Measure.UNANSWERED: mark("Ditolak, dirujuk, dicabut, digabung, atau ditutup sebelum ada jawaban akhir."),
    Measure.FIRST_RESPONSE: mark("Putaran yang sudah mendapat tanggapan pertama yang terbuka bagi pelapor."),
    Measure.FIRST_RESPONSE_SLOW: mark("Tanggapan pertamanya lebih lama dari p90 unit dan periode ini."),
    Measure.RESOLUTION: mark("Putaran yang sudah dijawab dan lama penyelesaiannya tercatat."),
    Measure.RESOLUTION_SLOW: mark("Penyelesaiannya lebih lama dari p90 unit dan periode ini."),
    Measure.JUDGED: mark("Jumlah yang tepat waktu dan yang terlambat; inilah n dari bagian tepat waktu."),
    Measure.ON_TIME: mark("Dijawab sebelum tenggat jawaban lewat."),
    Measure.LATE: mark("Dijawab setelah tenggat jawaban, atau belum dijawab padahal tenggat jawabannya sudah lewat."),
    Measure.CONTESTED: mark("Jawabannya disanggah, atau laporannya dibuka atau dipisahkan lagi: mulai putaran baru."),
    Measure.CLOSED: mark("Pelapor menyatakan masalahnya selesai."),
    Measure.LAPSED: mark("Ditutup karena pelapor tidak menjawab; tidak dihitung sebagai selesai."),
    Measure.NOW_OVERDUE: mark("Laporan terbuka yang tenggat petugasnya sudah lewat saat ini."),
    Measure.NOW_DUE_TODAY: mark("Laporan terbuka yang tenggat petugasnya habis pada akhir hari ini."),
    Measure.NOW_DUE_SOON: mark("Laporan terbuka yang tenggat petugasnya habis dalam tiga hari kalender lagi."),
    Measure.NOW_PROMISE_BROKEN: mark("Laporan tertunda yang tanggal janjinya sudah lewat."),
    Measure.NOW_DISPUTED: mark("Jawabannya disanggah pelapor dan menunggu pejabat lain."),
    Measure.NOW_RETURNED: mark("Dikembalikan oleh unit dan menunggu koordinator menentukan unit lain."),
}
# The deadline of the answer: these two decide between on time and late. The others owe something on the way.
ANSWER_CLOCKS = (ClockKind.RESOLVE, ClockKind.KIP_ANSWER)
# What the reporter has to do is nobody's lateness in the administration.
REPORTER_CLOCKS = (ClockKind.COMPLETION, ClockKind.CONFIRMATION)

CLOCK_LABELS = {
    ClockKind.VERIFY: mark("Verifikasi"),
    ClockKind.FIRST_RESPONSE: mark("Tanggapan pertama"),
    ClockKind.RESOLVE: mark("Jawaban akhir"),
    ClockKind.UU25_COMPLETENESS: mark("Pemeriksaan kelengkapan (UU 25/2009)"),
    ClockKind.UU25_DECISION: mark("Keputusan (UU 25/2009)"),
    ClockKind.KIP_ANSWER: mark("Jawaban permintaan informasi"),
    ClockKind.COMPLETION: mark("Pelapor melengkapi"),
    ClockKind.CONFIRMATION: mark("Pelapor mengonfirmasi"),
    ClockKind.HOLDING: mark("Dipegang unit"),
}


class Standing(StrEnum):
    """How a clock stands for a reader, in the words of the component that shows dates."""

    RUNNING = "running"
    KEPT = "kept"
    LATE = "late"
    OVERDUE = "overdue"
    PAUSED = "paused"
    CANCELLED = "cancelled"


STANDING_LABELS = {
    Standing.RUNNING: mark("Berjalan"),
    Standing.KEPT: mark("Ditepati"),
    Standing.LATE: mark("Terlambat"),
    Standing.OVERDUE: mark("Lewat tenggat"),
    Standing.PAUSED: mark("Dihentikan sementara"),
    Standing.CANCELLED: mark("Batal"),
}
_STANDINGS = {
    ClockState.RUNNING: Standing.RUNNING,
    ClockState.PAUSED: Standing.PAUSED,
    ClockState.MET: Standing.KEPT,
    ClockState.MISSED: Standing.LATE,
    ClockState.CANCELLED: Standing.CANCELLED,
}


def standing(state: ClockState, *, overdue: bool) -> Standing:
    """What a clock's state means to a reader; ``overdue`` tells of a running clock whose instant has passed."""
    return Standing.OVERDUE if state is ClockState.RUNNING and overdue else _STANDINGS[state]
