"""A form offers only the units somebody may send this ticket to."""

from __future__ import annotations

import re
from collections.abc import Callable

from feedback.storage.session import db, transaction
from feedback.tickets.rules.words import MoveName
from feedback.units.models import Unit
from tests.factories import World, make_report, make_unit, move
from tests.site import Page, Reader


def offered(page: Page, field: str) -> set[int]:
    select = re.search(rf'<select[^>]*name="{field}".*?</select>', page.html, re.S)
    assert select is not None
    return {int(value) for value in re.findall(r'value="(\d+)"', select[0])}


def test_units_of_another_city_are_not_offered(world: World, readers: Callable[[], Reader]) -> None:
    with transaction():
        foreign = make_unit(parent=db.session.get_one(Unit, world.other_government)).id
    number = make_report(world).number
    found = offered(readers().sign_in(world.coordinator).open(f"/laporan/{number}"), "verify_and_assign-unit_id")
    assert foreign not in found
    # The one that has it verifies for itself, and another government is told that the report is theirs.
    assert found == {world.government, world.agency, world.division, world.other_agency, world.other_government}


def test_an_officer_sends_within_the_agency_and_proposes_any(world: World, readers: Callable[[], Reader]) -> None:
    number = make_report(world).number
    move(number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    page = readers().sign_in(world.officer).open(f"/laporan/{number}")
    assert offered(page, "assign-unit_id") == {world.division}
    assert world.other_agency in offered(page, "return_to_coordinator-proposed_unit_id")
