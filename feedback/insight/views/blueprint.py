"""The blueprints of the supervisor's room, mounted at /pantau, and of the public figures, at /statistik."""

from __future__ import annotations

from flask import Blueprint

insight = Blueprint("insight", __name__)
statistics = Blueprint("statistics", __name__)
