"""The demonstration data: regions, units, catalogue and invented people of the pilot governments.

Everything here is an example until a government confirms it. The files beside this module are read as they are.
"""

from __future__ import annotations

from feedback.admin.seed.files import (
    SeedMembership,
    SeedPerson,
    seed_catalogue,
    seed_people,
    seed_regions,
    seed_units,
)
from feedback.admin.seed.loader import load_places_and_catalogue

__all__ = [
    "SeedMembership",
    "SeedPerson",
    "load_places_and_catalogue",
    "seed_catalogue",
    "seed_people",
    "seed_regions",
    "seed_units",
]
