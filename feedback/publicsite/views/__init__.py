"""The doors of the public reading side."""

from __future__ import annotations

from feedback.publicsite.views import catalogue, compress, home, lists, machines, texts, tracking
from feedback.publicsite.views.blueprint import publicsite

__all__ = ["catalogue", "compress", "home", "lists", "machines", "publicsite", "texts", "tracking"]
