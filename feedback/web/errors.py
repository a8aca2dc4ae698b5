"""Refusals and faults become one page each, in the reader's language; nothing typed is lost (DESIGN.md 3.15)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from feedback.kernel.errors import Refusal, TooMany, Unavailable
from feedback.kernel.text import mark
from feedback.storage.session import db
from feedback.web.headers import HEADERS
from feedback.web.language import told

# What an attack would meet: a role it has not, a rate, a version, a form of somebody else.
LOGGED = frozenset({403, 429})
Answer = tuple[str, int, dict[str, str]]

TITLES = {
    400: mark("Permintaan ini tidak dapat dibaca"),
    403: mark("Anda tidak dapat melakukan ini"),
    404: mark("Halaman tidak ditemukan"),
    405: mark("Cara ini tidak tersedia di alamat ini"),
    409: mark("Keadaannya sudah berubah"),
    413: mark("Kiriman ini terlalu besar"),
    414: mark("Alamat ini terlalu panjang"),
    415: mark("Jenis isi ini tidak diterima"),
    422: mark("Ada yang perlu diperbaiki"),
    429: mark("Terlalu banyak percobaan"),
    500: mark("Ada yang rusak di pihak kami"),
    503: mark("Sedang penuh, coba sebentar lagi"),
}
TEXTS = {
    400: mark("Peramban mengirim sesuatu yang tidak kami mengerti. Kembali ke halaman sebelumnya dan coba lagi."),
    403: mark("Halaman ini untuk peran lain. Bila menurut Anda ini keliru, hubungi koordinator instansi Anda."),
    404: mark("Alamatnya salah tulis, halamannya sudah pindah, atau tidak terbuka untuk Anda."),
    405: mark("Buka halaman dari menu, lalu coba lagi."),
    409: mark("Muat ulang halaman untuk melihat keadaan terbaru."),
    413: mark(
        "Tulisan paling banyak 10.000 karakter; foto dan dokumen bersama-sama paling besar 40 MB. "
        "Kembali dan kurangi; tulisan Anda masih di sana."
    ),
    414: mark("Persingkat pencarian Anda, lalu coba lagi."),
    415: mark("Kirim lewat formulir di situs ini."),
    422: mark("Kembali ke halaman sebelumnya dan periksa isian Anda."),
    429: mark("Tunggu sebentar, lalu coba lagi."),
    500: mark("Kesalahan ini sudah kami catat. Laporan yang mendapat tanda terima tetap aman. Coba lagi sebentar."),
    503: mark("Server sedang sibuk. Tunggu beberapa detik, lalu muat ulang. Tulisan Anda belum hilang."),
}


def _page(status: int, text: str, **context: Any) -> str:
    return render_template("errors/refusal.html", status=status, title=gettext(TITLES[status]), text=text, **context)


def refused(refusal: Refusal) -> Answer:
    """An expected refusal as a page; when it is only for now, with what was typed."""
    if refusal.status in LOGGED:
        _note_refusal(str(refusal.status))
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany | Unavailable) else {}
    if headers and request.method == "POST":
        return typed_again(refusal.status, told(refusal), headers)
    # One text for "not there" and "not yours", so that the answers cannot be told apart.
    text = gettext(TEXTS[404]) if refusal.status == 404 else told(refusal)
    return _page(refusal.status, text), refusal.status, headers


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    known = status if status in TITLES else (400 if status < 500 else 500)
    headers = {"Allow": ", ".join(error.valid_methods)} if getattr(error, "valid_methods", None) else {}  # type: ignore[attr-defined]
    return _page(known, gettext(TEXTS[known])), status, headers


class _Sender(StrEnum):
    """Where a form came from, as far as the browser says."""

    OURS = "ours"
    OTHER = "other"
    UNKNOWN = "unknown"


def _sender() -> _Sender:
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return _Sender.OURS if told == "same-origin" else _Sender.OTHER
    referrer = request.headers.get("Referer")
    if referrer is None:
        return _Sender.UNKNOWN
    ours = referrer.startswith(current_app.config["SETTINGS"].public_url + "/")
    return _Sender.OURS if ours else _Sender.OTHER


def typed_again(status: int, reason: str = "", headers: dict[str, str] | None = None) -> Answer:
    """A page with what was typed, unless another site sent it; a button to send again only when our own page did.

    Without a `reason` the form was too old.
    """
    sender = _sender()
    typed = [(name, value) for name, value in request.form.items(multi=True) if not name.endswith("csrf_token")]
    if sender is _Sender.OTHER:
        typed = []
    action = request.full_path if sender is _Sender.OURS else None
    title = gettext(TITLES[status]) if reason else ""
    page = render_template("errors/expired.html", status=status, typed=typed, action=action, reason=reason, title=title)
    return page, status, headers or {}


def _note_refusal(what: str) -> None:
    """One line for whoever watches the log: what was refused and where; of officials also who, of citizens never."""
    known = current_user.actor if what == "403" else None
    who = known.person_id if known and known.memberships else "-"
    current_app.logger.warning("refused %s at %s by %s", what, request.endpoint, who)


def _expired(error: CSRFError) -> Answer:
    _note_refusal("form token")
    return typed_again(403)


def _database(error: DBAPIError) -> Answer:
    db.session.rollback()
    if isinstance(error, DataError):  # a value no column can hold, such as a number past 64 bits
        return _page(400, gettext(TEXTS[400])), 400, {}
    if isinstance(error, OperationalError):
        current_app.logger.warning("database unavailable: %s", type(error.orig).__name__)
        return _page(503, gettext(TEXTS[503])), 503, {"Retry-After": "5"}
    return _fault(error)


def _fault(error: Exception) -> Answer:
    current_app.logger.error("fault at endpoint %s", request.endpoint, exc_info=error)
    db.session.rollback()
    return _page(500, gettext(TEXTS[500])), 500, {}


def _busy(error: PoolTimeout) -> Answer:
    return _page(503, gettext(TEXTS[503])), 503, {"Retry-After": "5"}


def _unknown_host(error: SecurityError) -> Response:
    """A host we are not: no page can be made for it, since every link needs our own address."""
    current_app.logger.warning("refused unknown host")
    return Response("400: this host is not served here.\n", 400, HEADERS, mimetype="text/plain")


def init_errors(app: Flask) -> None:
    """Register the handlers; the most specific one wins."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _fault)
