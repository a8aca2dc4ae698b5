"""The words of the heart: kinds, states, moves, reasons (DOMAIN.md sections 2 and 3), with what people read."""

from __future__ import annotations

from enum import StrEnum

from feedback.kernel.text import mark


class Kind(StrEnum):
    """What a report is."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    INFORMATION_REQUEST = "information_request"
    PRAISE = "praise"


class Grade(StrEnum):
    """How deep a complaint goes; it decides the limit of the answer."""

    NORMATIVE = "normative"
    NON_OVERSIGHT = "non_oversight"
    OVERSIGHT = "oversight"


class State(StrEnum):
    """Where a ticket is in its life."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    CLOSED = "closed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REFERRED = "referred"
    JOINED = "joined"


OPEN_STATES = frozenset(
    {State.RECEIVED, State.INCOMPLETE, State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD, State.ANSWERED, State.DISPUTED}
)
AT_UNIT = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD, State.DISPUTED})


class Channel(StrEnum):
    """How a report came in."""

    WEB = "web"
    COUNTER = "counter"
    LETTER = "letter"
    PHONE = "phone"
    IMPORT = "import"


class MoveName(StrEnum):
    """Everything that can happen to a ticket."""

    SUBMIT = "submit"
    VERIFY_AND_ASSIGN = "verify_and_assign"
    ASK_COMPLETION = "ask_completion"
    COMPLETE = "complete"
    ASSIGN = "assign"
    RETURN_TO_COORDINATOR = "return_to_coordinator"
    CLAIM = "claim"
    START = "start"
    INTERIM_REPLY = "interim_reply"
    HOLD = "hold"
    RESUME = "resume"
    ANSWER = "answer"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    REVIEW_ANSWER = "review_answer"
    LAPSE = "lapse"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    REFER = "refer"
    JOIN = "join"
    UNJOIN = "unjoin"
    HIDE = "hide"
    RESTORE = "restore"
    ADD_INFORMATION = "add_information"
    CHANGE_GRADE = "regrade"
    ESCALATE = "escalate"
    INSTRUCT = "instruct"
    MAKE_CONFIDENTIAL = "make_confidential"
    MAKE_ANONYMOUS = "make_anonymous"
    SET_REPORTED = "set_reported"
    REDACT = "redact"
    MASK_OWN = "mask_own"
    ASK_MASKING = "ask_masking"
    DECLINE_MASKING = "decline_masking"
    RETITLE = "retitle"


class HoldReason(StrEnum):
    """Why a unit cannot go on now."""

    WAITING_REPORTER = "waiting_reporter"
    WAITING_MATERIAL = "waiting_material"
    WAITING_OTHER_BODY = "waiting_other_body"
    WAITING_BUDGET = "waiting_budget"
    UNSAFE_OR_WEATHER = "unsafe_or_weather"


class RejectReason(StrEnum):
    """Why a report cannot be handled; each has text and the right channel beside it."""

    SPAM = "spam"
    ABUSIVE = "abusive"
    UNCLEAR = "unclear"
    IN_COURT = "in_court"
    PERSONAL_DISPUTE = "personal_dispute"
    ALREADY_ANSWERED = "already_answered"
    EMERGENCY = "emergency"


class RedactReason(StrEnum):
    """Why a coordinator masks words."""

    PRIVATE_DATA = "private_data"
    ABOUT_OTHERS = "about_others"
    ASKED = "asked"
    UNPROVEN = "unproven"
    ABUSE = "abuse"


KIND_LABELS = {
    Kind.COMPLAINT: mark("Pengaduan"),
    Kind.SUGGESTION: mark("Aspirasi atau saran"),
    Kind.INFORMATION_REQUEST: mark("Permintaan informasi"),
    Kind.PRAISE: mark("Apresiasi"),
}
KIND_HINTS = {
    Kind.COMPLAINT: mark("Ada layanan yang salah, rusak, lambat, atau tidak diberikan."),
    Kind.SUGGESTION: mark("Ada yang bisa dibuat lebih baik."),
    Kind.INFORMATION_REQUEST: mark("Anda perlu dokumen atau keterangan dari badan publik."),
    Kind.PRAISE: mark("Ada layanan atau petugas yang bekerja baik."),
}
GRADE_LABELS = {
    Grade.NORMATIVE: mark("Normatif: terjawab dari aturan"),
    Grade.NON_OVERSIGHT: mark("Tidak berkadar pengawasan"),
    Grade.OVERSIGHT: mark("Berkadar pengawasan: dugaan pelanggaran"),
}
STATE_LABELS = {
    State.RECEIVED: mark("Belum terverifikasi"),
    State.INCOMPLETE: mark("Menunggu kelengkapan"),
    State.ASSIGNED: mark("Terdisposisi"),
    State.IN_PROGRESS: mark("Sedang diproses"),
    State.ON_HOLD: mark("Tertunda"),
    State.ANSWERED: mark("Menunggu konfirmasi pelapor"),
    State.DISPUTED: mark("Disanggah"),
    State.CLOSED: mark("Selesai"),
    State.LAPSED: mark("Selesai tanpa konfirmasi"),
    State.WITHDRAWN: mark("Dicabut"),
    State.REJECTED: mark("Tidak dapat diproses"),
    State.REFERRED: mark("Di luar kewenangan"),
    State.JOINED: mark("Digabung"),
}
CHANNEL_LABELS = {
    Channel.WEB: mark("Situs ini"),
    Channel.COUNTER: mark("Loket"),
    Channel.LETTER: mark("Surat"),
    Channel.PHONE: mark("Telepon"),
    Channel.IMPORT: mark("Data lama"),
}
HOLD_LABELS = {
    HoldReason.WAITING_REPORTER: mark("Menunggu keterangan pelapor"),
    HoldReason.WAITING_MATERIAL: mark("Menunggu bahan atau suku cadang"),
    HoldReason.WAITING_OTHER_BODY: mark("Menunggu instansi lain"),
    HoldReason.WAITING_BUDGET: mark("Menunggu anggaran"),
    HoldReason.UNSAFE_OR_WEATHER: mark("Cuaca atau keadaan tidak aman"),
}
# The longest a hold may promise, in calendar days (a decision of ours, DOMAIN.md section 3: "maximum").
HOLD_LONGEST_DAYS = {
    HoldReason.WAITING_REPORTER: 30,
    HoldReason.WAITING_MATERIAL: 60,
    HoldReason.WAITING_OTHER_BODY: 30,
    HoldReason.WAITING_BUDGET: 180,
    HoldReason.UNSAFE_OR_WEATHER: 30,
}
REJECT_LABELS = {
    RejectReason.SPAM: mark("Iklan atau kiriman massal"),
    RejectReason.ABUSIVE: mark("Berisi hinaan atau ancaman, bukan laporan layanan"),
    RejectReason.UNCLEAR: mark("Tidak jelas apa yang dilaporkan"),
    RejectReason.IN_COURT: mark("Sedang diperiksa pengadilan atau penegak hukum"),
    RejectReason.PERSONAL_DISPUTE: mark("Urusan pribadi antarwarga"),
    RejectReason.ALREADY_ANSWERED: mark("Sudah dijawab pada laporan lain"),
    RejectReason.EMERGENCY: mark("Keadaan darurat yang harus segera ditangani"),
}
REJECT_CHANNELS = {
    RejectReason.SPAM: mark("Tulis laporan baru bila ada masalah layanan publik."),
    RejectReason.ABUSIVE: mark("Tulis laporan baru tanpa hinaan; isi keluhannya tetap akan kami tangani."),
    RejectReason.UNCLEAR: mark("Tulis laporan baru: apa yang terjadi, di mana, dan kapan."),
    RejectReason.IN_COURT: mark("Hubungi pengadilan atau kepolisian yang memeriksa perkara ini."),
    RejectReason.PERSONAL_DISPUTE: mark("Hubungi ketua RT/RW, kelurahan, atau lembaga bantuan hukum."),
    RejectReason.ALREADY_ANSWERED: mark("Buka laporan yang disebut dalam penjelasan; di sana jawabannya."),
    RejectReason.EMERGENCY: mark("Telepon 112 (darurat), 113 (pemadam), 110 (polisi), atau 119 (ambulans) sekarang."),
}
REDACT_LABELS = {
    RedactReason.PRIVATE_DATA: mark("Data pribadi"),
    RedactReason.ABOUT_OTHERS: mark("Nama atau keterangan tentang orang lain"),
    RedactReason.ASKED: mark("Atas permintaan penulisnya"),
    RedactReason.UNPROVEN: mark("Tuduhan terhadap seseorang yang belum terbukti"),
    RedactReason.ABUSE: mark("Hinaan atau ancaman"),
}
MOVE_LABELS = {
    MoveName.SUBMIT: mark("Laporan diterima"),
    MoveName.VERIFY_AND_ASSIGN: mark("Diverifikasi dan diteruskan"),
    MoveName.ASK_COMPLETION: mark("Diminta melengkapi"),
    MoveName.COMPLETE: mark("Pelapor melengkapi"),
    MoveName.ASSIGN: mark("Dipindahkan ke unit lain"),
    MoveName.RETURN_TO_COORDINATOR: mark("Dikembalikan ke koordinator"),
    MoveName.CLAIM: mark("Diambil petugas"),
    MoveName.START: mark("Mulai dikerjakan"),
    MoveName.INTERIM_REPLY: mark("Tanggapan sementara"),
    MoveName.HOLD: mark("Ditunda"),
    MoveName.RESUME: mark("Dilanjutkan"),
    MoveName.ANSWER: mark("Jawaban akhir"),
    MoveName.CONFIRM: mark("Pelapor menyatakan selesai"),
    MoveName.DISPUTE: mark("Pelapor menyanggah jawaban"),
    MoveName.REVIEW_ANSWER: mark("Jawaban setelah sanggahan"),
    MoveName.LAPSE: mark("Ditutup tanpa konfirmasi pelapor"),
    MoveName.REOPEN: mark("Dibuka kembali oleh pelapor"),
    MoveName.WITHDRAW: mark("Dicabut"),
    MoveName.REJECT: mark("Tidak dapat diproses"),
    MoveName.REFER: mark("Di luar kewenangan, ditunjukkan ke lembaga yang berwenang"),
    MoveName.JOIN: mark("Digabung dengan laporan lain"),
    MoveName.UNJOIN: mark("Dipisahkan dari gabungan"),
    MoveName.HIDE: mark("Disembunyikan dari umum"),
    MoveName.RESTORE: mark("Ditampilkan kembali"),
    MoveName.ADD_INFORMATION: mark("Pelapor menambah keterangan"),
    MoveName.CHANGE_GRADE: mark("Kadar pengaduan diubah"),
    MoveName.ESCALATE: mark("Eskalasi"),
    MoveName.INSTRUCT: mark("Arahan atasan"),
    MoveName.MAKE_CONFIDENTIAL: mark("Dijadikan rahasia"),
    MoveName.MAKE_ANONYMOUS: mark("Nama pelapor disembunyikan"),
    MoveName.SET_REPORTED: mark("Yang dilaporkan dicatat"),
    MoveName.REDACT: mark("Bagian disamarkan"),
    MoveName.MASK_OWN: mark("Bagian disamarkan atas permintaan pelapor"),
    MoveName.ASK_MASKING: mark("Diminta menyamarkan bagian"),
    MoveName.DECLINE_MASKING: mark("Permintaan menyamarkan tidak dipenuhi"),
    MoveName.RETITLE: mark("Judul untuk umum diubah"),
}
