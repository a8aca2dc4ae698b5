"""The blueprint of the supervisor's room, mounted at /pantau."""

from __future__ import annotations

from flask import Blueprint

insight = Blueprint("insight", __name__)
