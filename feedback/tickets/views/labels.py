"""What people read for the words of the tickets and clocks shelves, as template filters."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext

from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.permissions import Role
from feedback.kernel.risk import DOUBT_LABELS, Doubt
from feedback.kernel.text import mark
from feedback.tickets.rules.words import (
    CHANNEL_LABELS,
    GRADE_LABELS,
    KIND_LABELS,
    MOVE_LABELS,
    STATE_LABELS,
    Channel,
    Grade,
    Kind,
    MoveName,
    State,
)
from feedback.tickets.views.blueprint import tickets

CLOCK_LABELS = {
    ClockKind.VERIFY: mark("Diverifikasi koordinator"),
    ClockKind.FIRST_RESPONSE: mark("Tanggapan pertama unit"),
    ClockKind.RESOLVE: mark("Jawaban akhir"),
    ClockKind.UU25_COMPLETENESS: mark("Pernyataan lengkap (UU 25/2009)"),
    ClockKind.UU25_DECISION: mark("Keputusan (UU 25/2009)"),
    ClockKind.KIP_ANSWER: mark("Jawaban permintaan informasi (UU 14/2008)"),
    ClockKind.COMPLETION: mark("Pelapor melengkapi"),
    ClockKind.CONFIRMATION: mark("Pelapor menyatakan selesai atau menyanggah"),
    ClockKind.HOLDING: mark("Dipegang unit"),
}
ROLE_LABELS = {
    Role.OFFICER: mark("Petugas"),
    Role.COORDINATOR: mark("Koordinator"),
    Role.SUPERVISOR: mark("Atasan"),
    Role.INSPECTOR: mark("Inspektorat"),
    Role.ADMINISTRATOR: mark("Administrator"),
}


@tickets.app_template_filter()
def clock_label(kind: str) -> str:
    """What a clock is called."""
    return gettext(CLOCK_LABELS[ClockKind(kind)])


@tickets.app_template_filter()
def state_label(state: str) -> str:
    """What a state is called."""
    return gettext(STATE_LABELS[State(state)])


@tickets.app_template_filter()
def kind_label(kind: str) -> str:
    """What a kind is called."""
    return gettext(KIND_LABELS[Kind(kind)])


@tickets.app_template_filter()
def move_label(move: str) -> str:
    """What a move is called once it happened."""
    return gettext(MOVE_LABELS[MoveName(move)])


@tickets.app_template_filter()
def doubt_label(doubt: str) -> str:
    """What a sign of a machine is called."""
    return gettext(DOUBT_LABELS[Doubt(doubt)])


@tickets.app_template_filter()
def role_label(role: str) -> str:
    """What a role is called."""
    return gettext(ROLE_LABELS[Role(role)])


@tickets.app_template_filter()
def amount_label(promise: Any) -> str:
    """A limit in words: 5 hari kerja."""
    if promise.unit is Unit.WORKING_DAY:
        return ngettext("%(num)d hari kerja", "%(num)d hari kerja", promise.amount)
    if promise.unit is Unit.CALENDAR_DAY:
        return ngettext("%(num)d hari kalender", "%(num)d hari kalender", promise.amount)
    return ngettext("%(num)d menit kerja", "%(num)d menit kerja", promise.amount)


# What the button of a move says.
MOVE_ACTIONS = {
    MoveName.VERIFY_AND_ASSIGN: mark("Verifikasi dan teruskan"),
    MoveName.ASK_COMPLETION: mark("Minta dilengkapi"),
    MoveName.COMPLETE: mark("Kirim kelengkapan"),
    MoveName.ASSIGN: mark("Pindahkan ke unit lain"),
    MoveName.RETURN_TO_COORDINATOR: mark("Kembalikan ke koordinator"),
    MoveName.CLAIM: mark("Ambil laporan ini"),
    MoveName.START: mark("Mulai kerjakan"),
    MoveName.INTERIM_REPLY: mark("Kirim tanggapan sementara"),
    MoveName.HOLD: mark("Tunda dengan janji tanggal"),
    MoveName.RESUME: mark("Lanjutkan"),
    MoveName.ANSWER: mark("Kirim jawaban akhir"),
    MoveName.CONFIRM: mark("Ya, sudah selesai"),
    MoveName.DISPUTE: mark("Belum, saya menyanggah"),
    MoveName.REVIEW_ANSWER: mark("Kirim jawaban setelah sanggahan"),
    MoveName.REOPEN: mark("Buka kembali"),
    MoveName.WITHDRAW: mark("Cabut laporan"),
    MoveName.REJECT: mark("Tolak dengan alasan"),
    MoveName.REFER: mark("Tunjukkan lembaga yang berwenang"),
    MoveName.JOIN: mark("Gabungkan dengan laporan lain"),
    MoveName.UNJOIN: mark("Pisahkan dari gabungan"),
    MoveName.HIDE: mark("Sembunyikan dari umum"),
    MoveName.RESTORE: mark("Tampilkan kembali"),
    MoveName.ADD_INFORMATION: mark("Tambah keterangan"),
    MoveName.CHANGE_GRADE: mark("Ubah kadar pengaduan"),
    MoveName.INSTRUCT: mark("Beri arahan kepada petugas"),
    MoveName.MAKE_CONFIDENTIAL: mark("Jadikan rahasia"),
    MoveName.MAKE_ANONYMOUS: mark("Sembunyikan nama pelapor"),
    MoveName.SET_REPORTED: mark("Catat siapa yang dilaporkan"),
    MoveName.REDACT: mark("Samarkan bagian"),
    MoveName.MASK_OWN: mark("Samarkan bagian tulisan saya"),
    MoveName.ASK_MASKING: mark("Minta bagian disamarkan"),
    MoveName.DECLINE_MASKING: mark("Tolak permintaan menyamarkan"),
    MoveName.RETITLE: mark("Beri judul untuk umum"),
}
_PUBLIC_WORDS = mark("Tampil untuk umum dengan peran dan unit Anda. Tulis dengan bahasa sehari-hari.")
MOVE_HINTS = {
    MoveName.VERIFY_AND_ASSIGN: mark("Boleh kosong. Bila diisi, tampil untuk umum."),
    MoveName.ASK_COMPLETION: mark("Sebutkan apa yang kurang. Tampil untuk pelapor dan umum."),
    MoveName.COMPLETE: mark("Tulis yang diminta. Tampil pada perjalanan laporan."),
    MoveName.ASSIGN: mark("Alasan pemindahan. Tampil untuk umum."),
    MoveName.RETURN_TO_COORDINATOR: mark("Mengapa bukan unit Anda. Tampil untuk umum."),
    MoveName.INTERIM_REPLY: _PUBLIC_WORDS,
    MoveName.HOLD: mark("Jelaskan kepada pelapor apa yang ditunggu. Tampil untuk umum."),
    MoveName.ANSWER: _PUBLIC_WORDS,
    MoveName.REVIEW_ANSWER: _PUBLIC_WORDS,
    MoveName.CONFIRM: mark("Boleh kosong. Ucapan atau catatan untuk petugas; tampil untuk umum."),
    MoveName.DISPUTE: mark("Apa yang belum selesai? Tampil untuk umum."),
    MoveName.REOPEN: mark("Apa yang terjadi lagi? Tampil untuk umum."),
    MoveName.WITHDRAW: mark("Boleh kosong."),
    MoveName.REJECT: mark("Penjelasan untuk pelapor, dengan jalan yang benar. Tampil untuk umum."),
    MoveName.REFER: mark("Penjelasan untuk pelapor. Alamat lembaga ditambahkan sendiri."),
    MoveName.HIDE: mark("Alasan menyembunyikan."),
    MoveName.RESTORE: mark("Alasan menampilkan kembali."),
    MoveName.UNJOIN: mark("Alasan memisahkan."),
    MoveName.ADD_INFORMATION: mark("Tulis apa yang perlu diketahui petugas."),
    MoveName.CHANGE_GRADE: mark("Mengapa kadarnya berubah; tenggat jawaban ikut berubah. Tampil untuk umum."),
    MoveName.MAKE_CONFIDENTIAL: mark(
        "Pelapor boleh mengosongkan alasan. Isi laporan hilang dari umum seketika dan tidak dapat dibuka lagi."
    ),
    MoveName.MAKE_ANONYMOUS: mark(
        "Pelapor boleh mengosongkan alasan. Nama disegel dan tidak dapat ditampilkan lagi."
    ),
    MoveName.SET_REPORTED: mark(
        "Hanya petugas yang menangani membacanya. Kosongkan unit dan surel bila ternyata bukan tentang petugas."
    ),
    MoveName.REDACT: mark("Tampil untuk umum. Jangan mengulang yang disamarkan."),
    MoveName.DECLINE_MASKING: mark("Hanya penulisnya dan petugas yang membaca."),
    MoveName.RETITLE: mark("Satu baris. Isi laporan warga tidak berubah; perubahan judul tampil untuk umum."),
    MoveName.INSTRUCT: mark("Apa yang harus dilakukan dan oleh siapa. Hanya petugas yang melihatnya."),
}
STATE_MEANINGS = {
    State.RECEIVED: mark("Sudah kami terima; koordinator sedang memeriksa."),
    State.INCOMPLETE: mark("Kami perlu sesuatu dari Anda sebelum dapat meneruskan."),
    State.ASSIGNED: mark("Sudah diteruskan ke unit yang memegangnya."),
    State.IN_PROGRESS: mark("Unit sedang mengerjakan."),
    State.ON_HOLD: mark("Ditunda dengan alasan dan tanggal yang dijanjikan."),
    State.ANSWERED: mark("Unit sudah menjawab; menunggu Anda menyatakan selesai atau menyanggah."),
    State.DISPUTED: mark("Jawaban Anda sanggah; pejabat lain memeriksanya."),
    State.CLOSED: mark("Anda menyatakan selesai. Dalam 30 hari masih dapat dibuka kembali."),
    State.LAPSED: mark("Ditutup tanpa konfirmasi Anda. Dalam 30 hari masih dapat dibuka kembali."),
    State.WITHDRAWN: mark("Laporan dicabut."),
    State.REJECTED: mark("Tidak dapat diproses; alasannya ada di bawah."),
    State.REFERRED: mark("Bukan wewenang pemerintah daerah; lembaga yang berwenang ada di bawah."),
    State.JOINED: mark("Digabung dengan laporan lain tentang hal yang sama."),
}


@tickets.app_template_filter()
def move_action(move: str) -> str:
    """What the button of a move says."""
    return gettext(MOVE_ACTIONS[MoveName(move)])


@tickets.app_template_filter()
def move_hint(move: str) -> str | None:
    """Who reads the words of a move."""
    hint = MOVE_HINTS.get(MoveName(move))
    return gettext(hint) if hint else None


@tickets.app_template_filter()
def state_meaning(state: str) -> str:
    """What a state means for the reporter, in plain words."""
    return gettext(STATE_MEANINGS[State(state)])


@tickets.app_template_filter()
def channel_label(channel: str) -> str:
    """How a report came in."""
    return gettext(CHANNEL_LABELS[Channel(channel)])


@tickets.app_template_filter()
def grade_label(grade: str) -> str:
    """How deep a complaint goes."""
    return gettext(GRADE_LABELS[Grade(grade)])
