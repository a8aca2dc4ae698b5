"""How long each class of data is kept: which classes there are, and which rule counts on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Class(StrEnum):
    """A class of data with a rule of its own; reports by kind, and complaints of oversight grade apart."""

    COMPLAINT = "ticket.complaint"
    OVERSIGHT = "ticket.oversight"
    SUGGESTION = "ticket.suggestion"
    INFORMATION = "ticket.information_request"
    PRAISE = "ticket.praise"
    SEALED = "sealed_identity"
    ATTACHMENT = "attachment"
    PENDING = "pending_upload"
    SESSION = "session"
    ATTEMPT = "attempt"
    OUTBOX = "outbox_payload"
    NOTICE = "notice"
    COPY = "data_copy"
    REQUEST = "rights_request"
    IMPORT = "import_source"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days a class is kept from a date on; None: for good."""

    code: Class
    days: int | None
    basis: str
    certainty: str
    valid_from: date


def in_force(rules: Iterable[Rule], today: date) -> dict[Class, Rule]:
    """The newest rule of each class that has begun."""
    begun = sorted((rule for rule in rules if rule.valid_from <= today), key=lambda rule: rule.valid_from)
    return {rule.code: rule for rule in begun}
