"""The supervisor's room: the board, the lists behind its numbers, and whose time one ticket took."""

from __future__ import annotations

from feedback.insight.views import board, helping, listing, pages, public, report, subscriptions, ticket
from feedback.insight.views.blueprint import insight, statistics

__all__ = [
    "board",
    "helping",
    "insight",
    "listing",
    "pages",
    "public",
    "report",
    "statistics",
    "subscriptions",
    "ticket",
]
