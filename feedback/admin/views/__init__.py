"""The administrators' pages under /kelola."""

from __future__ import annotations

from feedback.admin.views import (
    audit,
    authorities,
    calendars,
    changes,
    home,
    people,
    policies,
    regions,
    rules,
    services,
    topics,
    units,
)
from feedback.admin.views.blueprint import admin

__all__ = [
    "admin",
    "audit",
    "authorities",
    "calendars",
    "changes",
    "home",
    "people",
    "policies",
    "regions",
    "rules",
    "services",
    "topics",
    "units",
]
