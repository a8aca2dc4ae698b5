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
    EXCLUDED = "tidak-dihitung"
    SPAM = "iklan"
    JOINED = "digabung"
    REFERRED = "dirujuk"
    VERIFIED = "verifikasi"
    VERIFY_SLOW = "verifikasi-terlama"
    VERIFY_KEPT = "verifikasi-tepat-waktu"
    VERIFY_MISSED = "verifikasi-terlambat"
    RESPONSE_KEPT = "tanggapan-tepat-waktu"
    RESPONSE_MISSED = "tanggapan-terlambat"
    NOW_OPEN = "kini-terbuka"
    NOW_OVERDUE = "kini-lewat-tenggat"
    NOW_DUE_TODAY = "kini-hari-ini"
    NOW_DUE_IN_1 = "kini-satu-hari-kerja"
    NOW_DUE_IN_2 = "kini-dua-hari-kerja"
    NOW_DUE_IN_3 = "kini-tiga-hari-kerja"
    NOW_PROMISE_BROKEN = "kini-janji-lewat"
    NOW_DISPUTED = "kini-disanggah"
    NOW_RETURNED = "kini-dikembalikan"
    NOW_RETURNED_TWICE = "kini-dua-kali-dikembalikan"
    NOW_ESCALATED = "kini-dieskalasi"
    AGE_5 = "umur-sampai-5"
    AGE_14 = "umur-6-14"
    AGE_30 = "umur-15-30"
    AGE_60 = "umur-31-60"
    AGE_OVER = "umur-lebih-60"


# Counted per unit for a cohort, in the order of the columns.
COUNTED = (
    Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.OVERDUE, Measure.UNANSWERED, Measure.CONTESTED,
    Measure.CLOSED, Measure.LAPSED, Measure.JUDGED, Measure.ON_TIME, Measure.LATE, Measure.EXCLUDED, Measure.SPAM,
    Measure.JOINED, Measure.REFERRED, Measure.VERIFY_KEPT, Measure.VERIFY_MISSED, Measure.RESPONSE_KEPT,
    Measure.RESPONSE_MISSED,
)  # fmt: skip
# Everything slower than the 90th percentile of its scope.
SLOW = (Measure.VERIFY_SLOW, Measure.FIRST_RESPONSE_SLOW, Measure.RESOLUTION_SLOW)
# Counted over what is open at this moment, whenever it was received.
BURNING = (
    Measure.NOW_OVERDUE, Measure.NOW_DUE_TODAY, Measure.NOW_DUE_IN_1, Measure.NOW_DUE_IN_2, Measure.NOW_DUE_IN_3,
    Measure.NOW_PROMISE_BROKEN, Measure.NOW_DISPUTED, Measure.NOW_RETURNED, Measure.NOW_RETURNED_TWICE,
    Measure.NOW_ESCALATED,
    Measure.NOW_OPEN,
)  # fmt: skip
# Open reports by their age in working days (`rules.ageing`).
AGED = (Measure.AGE_5, Measure.AGE_14, Measure.AGE_30, Measure.AGE_60, Measure.AGE_OVER)
# Everything that is counted over what is open at this moment.
OPEN_NOW = (*BURNING, *AGED)
RETURNED_OFTEN = 2
# In the order of the working days they speak of.
DUE_SOON = (Measure.NOW_DUE_IN_1, Measure.NOW_DUE_IN_2, Measure.NOW_DUE_IN_3)

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
    Measure.EXCLUDED: mark("Tidak ikut dihitung lamanya"),
    Measure.SPAM: mark("Iklan atau kiriman massal"),
    Measure.JOINED: mark("Digabung dengan laporan lain"),
    Measure.REFERRED: mark("Dirujuk ke lembaga lain"),
    Measure.VERIFIED: mark("Sudah diverifikasi"),
    Measure.VERIFY_SLOW: mark("Verifikasi lebih lama dari p90"),
    Measure.VERIFY_KEPT: mark("Verifikasi tepat waktu"),
    Measure.VERIFY_MISSED: mark("Verifikasi terlambat"),
    Measure.RESPONSE_KEPT: mark("Tanggapan pertama tepat waktu"),
    Measure.RESPONSE_MISSED: mark("Tanggapan pertama terlambat"),
    Measure.NOW_OPEN: mark("Semua yang terbuka, yang terlama di atas"),
    Measure.NOW_OVERDUE: mark("Lewat tenggat"),
    Measure.NOW_DUE_TODAY: mark("Jatuh tempo hari ini"),
    Measure.NOW_DUE_IN_1: mark("Jatuh tempo 1 hari kerja lagi"),
    Measure.NOW_DUE_IN_2: mark("Jatuh tempo 2 hari kerja lagi"),
    Measure.NOW_DUE_IN_3: mark("Jatuh tempo 3 hari kerja lagi"),
    Measure.NOW_PROMISE_BROKEN: mark("Tertunda melewati tanggal janji"),
    Measure.NOW_DISPUTED: mark("Disanggah"),
    Measure.NOW_RETURNED: mark("Dikembalikan ke koordinator"),
    Measure.NOW_RETURNED_TWICE: mark("Dikembalikan dua kali atau lebih"),
    Measure.NOW_ESCALATED: mark("Dieskalasi, belum ditanggapi"),
    Measure.AGE_5: mark("0 sampai 5 hari kerja"),
    Measure.AGE_14: mark("6 sampai 14 hari kerja"),
    Measure.AGE_30: mark("15 sampai 30 hari kerja"),
    Measure.AGE_60: mark("31 sampai 60 hari kerja"),
    Measure.AGE_OVER: mark("Lebih dari 60 hari kerja"),
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
    Measure.EXCLUDED: mark("Iklan, laporan yang digabung, dan yang dirujuk: dihitung masuk, tetapi lamanya tidak."),
    Measure.SPAM: mark("Ditolak sebagai iklan atau kiriman massal."),
    Measure.JOINED: mark("Mengikuti laporan lain tentang hal yang sama."),
    Measure.REFERRED: mark("Di luar kewenangan; pelapor ditunjukkan lembaga yang berwenang."),
    Measure.VERIFIED: mark("Putaran yang verifikasinya selesai dan lamanya tercatat."),
    Measure.VERIFY_SLOW: mark("Verifikasinya lebih lama dari p90 unit dan periode ini."),
    Measure.VERIFY_KEPT: mark("Diverifikasi sebelum tenggat verifikasi lewat."),
    Measure.VERIFY_MISSED: mark("Tenggat verifikasinya lewat, kapan pun verifikasinya selesai."),
    Measure.RESPONSE_KEPT: mark("Ditanggapi sebelum tenggat tanggapan pertama lewat."),
    Measure.RESPONSE_MISSED: mark("Tenggat tanggapan pertamanya lewat, kapan pun tanggapannya datang."),
    Measure.NOW_OPEN: mark("Laporan yang masih terbuka, kapan pun diterima."),
    Measure.NOW_OVERDUE: mark("Laporan terbuka yang tenggat petugasnya sudah lewat saat ini."),
    Measure.NOW_DUE_TODAY: mark("Laporan terbuka yang tenggat petugasnya habis pada akhir hari ini."),
    Measure.NOW_DUE_IN_1: mark("Laporan terbuka yang tenggat petugasnya habis pada akhir hari kerja berikutnya."),
    Measure.NOW_DUE_IN_2: mark("Laporan terbuka yang tenggat petugasnya habis dua hari kerja lagi."),
    Measure.NOW_DUE_IN_3: mark("Laporan terbuka yang tenggat petugasnya habis tiga hari kerja lagi."),
    Measure.NOW_PROMISE_BROKEN: mark("Laporan tertunda yang tanggal janjinya sudah lewat."),
    Measure.NOW_DISPUTED: mark("Jawabannya disanggah pelapor dan menunggu pejabat lain."),
    Measure.NOW_RETURNED: mark("Dikembalikan oleh unit dan menunggu koordinator menentukan unit lain."),
    Measure.NOW_RETURNED_TWICE: mark("Laporan terbuka yang sudah dikembalikan oleh unit dua kali atau lebih."),
    Measure.NOW_ESCALATED: mark("Laporan terbuka yang dieskalasi, tanpa arahan, tanggapan, atau jawaban sesudahnya."),
    Measure.AGE_5: mark("Laporan terbuka yang diterima paling lama 5 hari kerja lalu, menurut kalender unitnya."),
    Measure.AGE_14: mark("Laporan terbuka yang diterima 6 sampai 14 hari kerja lalu, menurut kalender unitnya."),
    Measure.AGE_30: mark("Laporan terbuka yang diterima 15 sampai 30 hari kerja lalu, menurut kalender unitnya."),
    Measure.AGE_60: mark("Laporan terbuka yang diterima 31 sampai 60 hari kerja lalu, menurut kalender unitnya."),
    Measure.AGE_OVER: mark("Laporan terbuka yang diterima lebih dari 60 hari kerja lalu, menurut kalender unitnya."),
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
