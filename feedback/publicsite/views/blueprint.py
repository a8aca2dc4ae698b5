"""The blueprint of the public pages."""

from __future__ import annotations

from flask import Blueprint

publicsite = Blueprint("publicsite", __name__)
