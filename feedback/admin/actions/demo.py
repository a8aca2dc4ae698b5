"""The demonstration, all or nothing: places, catalogue, invented staff with generated passwords, their stories."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from feedback.admin.seed import SeedPerson, load_places_and_catalogue, seed_people
from feedback.admin.seed.tell import tell_stories
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.kernel.clock import utc_now
from feedback.people.actions import (
    CreatePerson,
    GrantRole,
    create_person,
    give_example_app,
    grant_role,
    new_password,
)
from feedback.storage.session import transaction
from feedback.units.queries import all_units

_FILE = "first-passwords.json"


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """How one invented member of staff signs in for the first time."""

    email: str
    password: str
    name: str
    roles: str


def seed_demo(instance: Path) -> bool:
    """Fill an empty database; False, and nothing done, when any unit exists.

    The passwords wait in a file only its owner may read until ``take_first_passwords`` hands them out, so a kill
    between the commit and the printing loses none of them.
    """
    with transaction():
        if not load_places_and_catalogue():
            return False
        seed_calendars_and_policies(utc_now())
        made = _add_people(seed_people())
        tell_stories(tuple(made), utc_now())
        _keep(instance, list(made.values()))
        return True


def take_first_passwords(instance: Path) -> tuple[FirstPassword, ...]:
    """The passwords nobody has seen yet; ``forget_first_passwords`` once they are shown."""
    try:
        written = json.loads((instance / _FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ()
    return tuple(FirstPassword(**one) for one in written)


def forget_first_passwords(instance: Path) -> None:
    """They have been shown; from now on only their hashes exist."""
    (instance / _FILE).unlink(missing_ok=True)


def _add_people(people: tuple[SeedPerson, ...]) -> dict[int, FirstPassword]:
    units = {unit.slug: unit for unit in all_units()}
    made = {}
    for person in people:
        password = new_password()
        person_id = create_person(CreatePerson(email=person.email, name=person.name, password=password, staff=True))
        give_example_app(person_id)
        for held in person.memberships:
            grant_role(GrantRole(person_id, units[held.unit].id, held.role, units[held.unit].valid_from), by=None)
        roles = ", ".join(f"{held.role.value} {held.unit}" for held in person.memberships)
        made[person_id] = FirstPassword(person.email, password, person.name, roles)
    return made


def _keep(instance: Path, passwords: list[FirstPassword]) -> None:
    file = instance / _FILE
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump([asdict(one) for one in passwords], stream)
        stream.flush()
        os.fsync(stream.fileno())
