"""Commands about the data of persons."""

from __future__ import annotations

from feedback.rights.cli.incidents import cli as incident
from feedback.rights.cli.retention import cli as retention

__all__ = ["incident", "retention"]
