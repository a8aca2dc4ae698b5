"""What the room writes: who took figures away, and the figures that are kept ready."""

from __future__ import annotations

from feedback.insight.actions.exports import note_export
from feedback.insight.actions.keep import keep_report
from feedback.insight.actions.rollup import rebuild, refresh
from feedback.insight.actions.subscriptions import end, keep_sent, order_reports, subscribe
from feedback.insight.actions.verify import keep_verdict, verify

__all__ = [
    "end",
    "keep_report",
    "keep_sent",
    "keep_verdict",
    "note_export",
    "order_reports",
    "rebuild",
    "refresh",
    "subscribe",
    "verify",
]
