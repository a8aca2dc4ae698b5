"""What somebody is told about their account by mail."""

from __future__ import annotations

from enum import StrEnum

from feedback.kernel.text import mark


class News(StrEnum):
    """Each is a letter of its own; none says more than this."""

    NEW_DEVICE = "new_device"
    PASSWORD = "password"  # noqa: S105  (a kind of letter)
    SECOND_FACTOR = "second_factor"
    SECOND_FACTOR_RESET = "second_factor_reset"
    WAYS_IN = "ways_in"
    ADDRESS = "address"
    RECOVERED = "recovered"
    ROLE = "role"
    GUESSED = "guessed"


NEWS = {
    News.NEW_DEVICE: mark("Akun Anda baru saja dibuka dari peramban yang belum kami kenal."),
    News.PASSWORD: mark("Kata sandi akun Anda baru saja diganti, dan semua perangkat lain dikeluarkan."),
    News.SECOND_FACTOR: mark("Kode masuk akun Anda baru saja dipasang, diganti, atau dilepas."),
    News.SECOND_FACTOR_RESET: mark(
        "Administrator melepas kode masuk dan kunci sandi akun Anda. Pasang yang baru saat masuk berikutnya."
    ),
    News.WAYS_IN: mark(
        "Cara membuka akun Anda baru saja ditambah atau dilepas: kunci sandi atau hubungan ke penyedia masuk."
    ),
    News.ADDRESS: mark("Alamat surel akun Anda baru saja diganti. Surat berikutnya dikirim ke alamat baru."),
    News.RECOVERED: mark("Kata sandi akun Anda baru saja diganti lewat tautan, dan semua perangkat dikeluarkan."),
    News.GUESSED: mark(
        "Seseorang menulis kata sandi akun Anda dengan benar, lalu berkali-kali kode yang salah. "
        "Akun Anda belum terbuka."
    ),
    News.ROLE: mark("Peran Anda baru saja berubah. Masuk lagi untuk memakai yang berlaku sekarang."),
}
