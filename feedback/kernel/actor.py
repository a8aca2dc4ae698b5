"""Who asks. A frozen value, so rules and queries never touch a request or a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback.kernel.permissions import ROLE_PERMISSIONS, Permission, Role


@dataclass(frozen=True, slots=True)
class Membership:
    """A role held now at a unit; ``path`` is the unit's place in the tree and the prefix of its subtree.

    ``acting_for`` is the absent person in whose place it is held: it opens nothing that is closed to them.
    """

    unit_id: int
    path: str
    role: Role
    unit_name: str = ""
    acting_for: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A visitor (``person_id`` None), a citizen or staff; ``tracked`` are tickets opened by their secret code."""

    person_id: int | None = None
    name: str = ""
    memberships: tuple[Membership, ...] = ()
    tracked: frozenset[int] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        """Whether some role of this actor opens that room."""
        return any(permission in ROLE_PERMISSIONS[membership.role] for membership in self.memberships)

    def reaches(self, path: str, *roles: Role) -> bool:
        """Whether the actor holds one of the roles at the unit of ``path`` or above it."""
        return any(one.role in roles and path.startswith(one.path) for one in self.memberships)

    def holds_at(self, unit_id: int, *roles: Role) -> bool:
        """Whether the actor holds one of the roles at exactly this unit."""
        return any(one.role in roles and one.unit_id == unit_id for one in self.memberships)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """Subtrees in which the actor holds one of the roles, outermost only, sorted."""
        paths = sorted({one.path for one in self.memberships if one.role in roles})
        return tuple(path for path in paths if not any(path != other and path.startswith(other) for other in paths))
