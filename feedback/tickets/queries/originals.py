"""What was written before a part of it was masked: the only place that selects it (docs/adr/0013)."""

from __future__ import annotations

from sqlalchemy import func

from feedback.tickets.models import Ticket

# The words of a report as its writer sent them, whatever the public reads now.
AS_WRITTEN = func.coalesce(Ticket.original_text, Ticket.text)
