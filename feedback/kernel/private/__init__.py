"""Private numbers and addresses in plain text: found at linear cost, masked so that their writer knows them again."""

from __future__ import annotations

from feedback.kernel.private.find import find, has_any, masked
from feedback.kernel.private.words import KIND_LABELS, Finding, FindingKind, mask

__all__ = ["KIND_LABELS", "Finding", "FindingKind", "find", "has_any", "mask", "masked"]
