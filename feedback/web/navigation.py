"""The menu of each kind of reader."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user

from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.guard import actor

PUBLIC_MENU = (
    ("tickets.report", mark("Lapor")),
    ("publicsite.ticket_list", mark("Laporan")),
    ("publicsite.services", mark("Layanan")),
    ("publicsite.units", mark("Daftar unit")),
    ("publicsite.track", mark("Lacak")),
)
STAFF_MENU = (
    (Permission.DESK, "tickets.desk", mark("Meja")),
    (Permission.BOARD, "insight.board", mark("Pantau")),
    (Permission.ADMINISTER, "admin.home", mark("Kelola")),
    (Permission.AUDIT, "admin.audit", mark("Audit")),
)


FOOTER = (
    ("publicsite.about", mark("Tentang")),
    ("publicsite.help", mark("Bantuan")),
    ("publicsite.privacy", mark("Privasi")),
    ("publicsite.ticket_list", mark("Semua laporan")),
    ("statistics.home", mark("Statistik")),
    ("publicsite.track", mark("Lacak laporan")),
)


def navigation() -> dict[str, Any]:
    """The menu, the footer and who is signed in, for the layout."""
    here = actor()
    rooms = ((name, label) for permission, name, label in STAFF_MENU if _opens(here, permission, name))
    entries = [*PUBLIC_MENU, *rooms]
    return {
        "site": {
            "home": url_for("publicsite.home"),
            "sign_in": url_for("people.sign_in"),
            "sign_out": url_for("people.sign_out"),
            "account": url_for("people.account"),
        },
        "navigation": [
            {"href": url_for(endpoint), "label": gettext(label), "current": _is_here(endpoint)}
            for endpoint, label in entries
        ],
        "account": current_user if current_user.is_authenticated else None,
        "footer_links": [{"href": url_for(endpoint), "label": gettext(label)} for endpoint, label in FOOTER],
    }


def _opens(here: Actor, permission: Permission, endpoint: str) -> bool:
    """Whether an entry is for this reader; administrators reach the log through their own room."""
    return here.may(permission) and not (endpoint == "admin.audit" and here.may(Permission.ADMINISTER))


def _is_here(endpoint: str) -> bool:
    """Whether the page belongs to that menu entry; rooms of staff count as a whole."""
    whole = endpoint in ("admin.home", "insight.board")
    return request.endpoint == endpoint or (whole and f"{request.path}/".startswith(f"{url_for(endpoint)}/"))
