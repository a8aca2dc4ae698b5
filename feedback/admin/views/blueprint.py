"""The blueprint of the administrators' pages and the menu above each of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.guard import actor

admin = Blueprint("admin", __name__)

# Rooms of other shelves that administrators work in stand in the same menu.
ELSEWHERE = {"rights": "rights.queue"}
MENU = (
    ("home", mark("Ringkasan")),
    ("units", mark("Daftar unit")),
    ("services", mark("Layanan")),
    ("topics", mark("Topik")),
    ("authorities", mark("Lembaga luar")),
    ("rules", mark("Aturan penerusan")),
    ("people", mark("Orang")),
    ("regions", mark("Daftar wilayah")),
    ("calendars", mark("Kalender")),
    ("policies", mark("Tenggat")),
    ("rights", mark("Hak atas data")),
    ("audit", mark("Audit")),
)


@admin.app_context_processor
def menu() -> dict[str, Any]:
    """The tabs; the one whose room holds this page is current. Who only reads the log sees no door that is shut."""
    if request.blueprint not in ("admin", *ELSEWHERE):
        return {}
    room = (request.endpoint or "").removeprefix("admin.").split("_")[0].split(".")[0]
    return {
        "admin_tabs": [
            {
                "href": url_for(ELSEWHERE.get(name, f"admin.{name}")),
                "label": gettext(label),
                "current": name == room,
                "count": None,
            }
            for name, label in MENU
            if name == "audit" or actor().may(Permission.ADMINISTER)
        ]
    }
