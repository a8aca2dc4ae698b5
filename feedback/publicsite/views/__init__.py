"""The doors of the public reading side."""

from __future__ import annotations

from feedback.publicsite.views import catalogue, home, lists, machines, privacy, texts, tracking
from feedback.publicsite.views.blueprint import publicsite

__all__ = ["catalogue", "home", "lists", "machines", "privacy", "publicsite", "texts", "tracking"]
