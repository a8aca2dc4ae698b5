"""A rule as a version of its policy, for whoever writes one: the seed and the desk."""

from __future__ import annotations

from datetime import datetime

from feedback.clocks import models
from feedback.clocks.rules.policy import Rule


def version_of(policy_id: int, number: int, rule: Rule, at: datetime) -> models.PolicyVersion:
    """The row of a rule as version ``number`` of its policy."""
    return models.PolicyVersion(
        policy_id=policy_id,
        number=number,
        starts_at=rule.starts_at,
        rank=rule.rank,
        source=rule.source,
        certainty=rule.certainty,
        valid_from=rule.valid_from,
        created_at=at,
        ticket_kind=rule.ticket_kind,
        grade=rule.grade,
        amount=rule.amount.number if rule.amount else None,
        unit=rule.amount.unit if rule.amount else None,
        extension=rule.extension,
        pausable=rule.pausable,
        valid_until=rule.valid_until,
    )
