"""Use cases that change the unit tree and the regions. Who may do so is decided by the door that calls them."""

from __future__ import annotations

from feedback.units.actions.changes import (
    ChangeUnit,
    CloseUnit,
    CreateRegion,
    CreateUnit,
    MoveUnit,
    change_unit,
    close_unit,
    create_region,
    create_unit,
    move_unit,
)
from feedback.units.actions.imports import Imported, UnitDraft, import_regions, import_units

__all__ = [
    "ChangeUnit",
    "CloseUnit",
    "CreateRegion",
    "CreateUnit",
    "Imported",
    "MoveUnit",
    "UnitDraft",
    "change_unit",
    "close_unit",
    "create_region",
    "create_unit",
    "import_regions",
    "import_units",
    "move_unit",
]
