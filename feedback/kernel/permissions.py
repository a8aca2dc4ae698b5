"""What a role may open. Which tickets it reaches is decided by the grants of the tickets shelf."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role is always held at a unit and reaches its subtree (DOMAIN.md section 1)."""

    OFFICER = "officer"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """A room of the site that not everybody may enter."""

    DESK = "desk:tickets:handle"
    COUNTER = "desk:tickets:register"
    BOARD = "board:tickets:read"
    STAFF = "desk:people:invite"
    ADMINISTER = "admin:site:change"
    AUDIT = "audit:log:read"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: frozenset({Permission.DESK}),
    Role.COORDINATOR: frozenset({Permission.DESK, Permission.COUNTER, Permission.STAFF}),
    Role.SUPERVISOR: frozenset({Permission.DESK, Permission.BOARD}),
    Role.INSPECTOR: frozenset({Permission.BOARD, Permission.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Permission.ADMINISTER, Permission.STAFF, Permission.AUDIT}),
}
