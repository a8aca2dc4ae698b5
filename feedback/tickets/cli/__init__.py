"""``flask tickets``, and the steps of ``flask vault`` that concern a report."""

from __future__ import annotations

from feedback.tickets.cli import opening
from feedback.tickets.cli.reports import cli

__all__ = ["cli", "opening"]
