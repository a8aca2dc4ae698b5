"""The blueprint the rooms of this shelf hang their pages on."""

from __future__ import annotations

from flask import Blueprint

tickets = Blueprint("tickets", __name__)
