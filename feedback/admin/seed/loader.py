"""Puts the demonstration data into an empty database."""

from __future__ import annotations

from feedback.admin.seed.files import seed_catalogue, seed_regions, seed_units
from feedback.catalogue.actions import import_catalogue
from feedback.storage.session import transaction
from feedback.units.actions import import_regions, import_units
from feedback.units.queries import any_unit_exists


def load_places_and_catalogue() -> bool:
    """Load regions, units, topics, services, outside bodies and rules; False, and nothing done, if any unit exists."""
    with transaction():
        if any_unit_exists():
            return False
        import_regions(seed_regions())
        import_units(seed_units())
        import_catalogue(seed_catalogue())
        return True
