from __future__ import annotations

import pytest

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.permissions import ROLE_PERMISSIONS, Permission, Role

VISITOR = Actor()
OFFICER = Actor(1, "Petugas", (Membership(5, "1.5.", Role.OFFICER),))
TWO_ROLES = Actor(2, "Kepala", (Membership(5, "1.5.", Role.SUPERVISOR), Membership(9, "1.5.9.", Role.OFFICER)))


def test_a_visitor_may_nothing() -> None:
    assert not any(VISITOR.may(permission) for permission in Permission)
    assert not VISITOR.reaches("1.", *Role)
    assert VISITOR.paths(*Role) == ()


def test_every_role_opens_what_its_table_says_and_no_more() -> None:
    for role in Role:
        actor = Actor(1, "", (Membership(5, "1.5.", role),))
        assert {permission for permission in Permission if actor.may(permission)} == ROLE_PERMISSIONS[role]


@pytest.mark.parametrize(("path", "reached"), [("1.5.", True), ("1.5.9.", True), ("1.", False), ("1.55.", False), ("2.5.", False)])
def test_a_role_reaches_its_subtree(path: str, reached: bool) -> None:
    assert OFFICER.reaches(path, Role.OFFICER) is reached
    assert not OFFICER.reaches(path, Role.SUPERVISOR)


def test_a_role_is_held_at_exactly_one_unit() -> None:
    assert TWO_ROLES.holds_at(9, Role.OFFICER)
    assert not TWO_ROLES.holds_at(9, Role.SUPERVISOR)
    assert not TWO_ROLES.holds_at(5, Role.OFFICER)


def test_paths_are_the_outermost_subtrees() -> None:
    assert TWO_ROLES.paths(Role.SUPERVISOR, Role.OFFICER) == ("1.5.",)
    assert TWO_ROLES.paths(Role.OFFICER) == ("1.5.9.",)
    both = Actor(3, "", (Membership(50, "1.50.", Role.OFFICER), Membership(5, "1.5.", Role.OFFICER)))
    assert both.paths(Role.OFFICER) == ("1.5.", "1.50.")
