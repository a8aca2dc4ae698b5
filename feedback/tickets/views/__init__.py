"""Pages of the heart: write a report, one ticket, the desk."""

from __future__ import annotations

from feedback.tickets.views import access, deadlines, desk, masking, opening, report, ticket
from feedback.tickets.views.blueprint import tickets

__all__ = ["access", "deadlines", "desk", "masking", "opening", "report", "ticket", "tickets"]
