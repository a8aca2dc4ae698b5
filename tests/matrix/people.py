"""Everybody of the small province with a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask

from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Role
from feedback.storage.session import db, transaction
from feedback.units.models import Unit
from tests.factories import World, make_person
from tests.site import Reader

ROLES = (
    "visitor", "citizen", "stranger", "officer", "second_officer", "division_officer", "other_officer", "coordinator",
    "agency_coordinator", "head", "governor", "inspector", "far_inspector", "administrator",
)  # fmt: skip


@dataclass
class Crowd:
    """Readers by the name of who they are; each signs in when first asked for."""

    app: Flask
    world: World
    actors: dict[str, Actor] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with transaction():
            agency = db.session.get_one(Unit, self.world.agency)
            elsewhere = db.session.get_one(Unit, self.world.other_government)
            self.actors["agency_coordinator"] = make_person("Koordinator Dinas", ((agency, Role.COORDINATOR),))
            self.actors["far_inspector"] = make_person("Inspektur Kota Lain", ((elsewhere, Role.INSPECTOR),))
        for name in ROLES:
            if name not in ("visitor", *self.actors):
                self.actors[name] = getattr(self.world, name)

    def __getitem__(self, name: str) -> Reader:
        if name not in self.readers:
            reader = Reader(self.app.test_client())
            self.readers[name] = reader if name == "visitor" else reader.sign_in(self.actors[name])
        return self.readers[name]

    def everybody(self) -> Iterator[tuple[str, Reader]]:
        """All of them, one after the other."""
        for name in ROLES:
            yield name, self[name]
