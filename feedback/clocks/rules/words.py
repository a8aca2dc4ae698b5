"""Words that rows of clocks are made of."""

from __future__ import annotations

from enum import StrEnum

from feedback.clocks.rules.policy import ClockKind


class ClockState(StrEnum):
    """Where a clock stands; the last three are final and never change again (rule 11)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


LIVE = (ClockState.RUNNING, ClockState.PAUSED)


class ClockEventKind(StrEnum):
    """What happened to a clock; appended, never edited."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"
    RETARGETED = "retargeted"
    RETARGET_OVERDUE = "retarget_overdue"
    STOPPED = "stopped"
    BREACHED = "breached"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


class VersionStatus(StrEnum):
    """How far a version of a calendar or policy is; only a published one counts, and it is never edited."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"


class ChangeSubject(StrEnum):
    """What a change speaks of."""

    CALENDAR = "calendar"
    POLICY = "policy"


# What the unit owes the citizen and so goes with the ticket; the coordinator's and the reporter's clocks stay (rule 7).
CARRIED = frozenset({ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.UU25_DECISION, ClockKind.KIP_ANSWER})
