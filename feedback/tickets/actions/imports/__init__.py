"""Bring in the reports a government had before: `flask tickets import` (docs/import.md)."""

from __future__ import annotations

from feedback.tickets.actions.imports.run import (
    READING,
    WRITING,
    ImportTickets,
    Outcome,
    Progress,
    check_import,
    import_tickets,
)

__all__ = ["READING", "WRITING", "ImportTickets", "Outcome", "Progress", "check_import", "import_tickets"]
