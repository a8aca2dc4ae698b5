"""``flask units``: the unit tree on the terminal."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TextIO

import click
from flask.cli import AppGroup

from feedback.kernel.errors import Refusal
from feedback.units.actions import (
    ChangeUnit,
    CloseUnit,
    CreateUnit,
    UnitDraft,
    change_unit,
    close_unit,
    create_unit,
    import_units,
)
from feedback.units.queries import all_units, today, tree, unit_by_slug
from feedback.units.rules import UnitKind, UnitRow, Zone

cli = AppGroup("units", help="Units: governments, agencies and everything under them.")

_DATE = click.DateTime(["%Y-%m-%d"])
_COLUMNS = ("slug", "name", "short_name", "kind", "parent", "valid_from")
_OPTIONAL_COLUMNS = ("zone", "region_code", "calendar_key", "address", "phone", "email", "website")


@contextmanager
def _told() -> Iterator[None]:
    """A refusal becomes a sentence on standard error and exit status 1."""
    try:
        yield
    except Refusal as refusal:
        place = f" ({refusal.field})" if refusal.field else ""
        raise click.ClickException(f"{refusal}{place}") from refusal


def _unit(slug: str) -> UnitRow:
    unit = unit_by_slug(slug)
    if unit is None:
        raise click.ClickException(f"No unit has the slug {slug}.")
    return unit


@cli.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed units too.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, for programs.")
def list_command(*, everything: bool, as_json: bool) -> None:
    """Show the tree of units in force today."""
    units = all_units() if everything else tree()
    if as_json:
        click.echo(json.dumps([_as_json(unit) for unit in units], ensure_ascii=False))
        return
    for unit in units:
        closed = f"  until {unit.valid_to.isoformat()}" if unit.valid_to else ""
        click.echo(f"{'  ' * unit.depth}{unit.slug}  {unit.name}{closed}")


@cli.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--short-name", help="Default: the name.")
@click.option("--kind", type=click.Choice([str(kind) for kind in UnitKind]), required=True)
@click.option("--parent", help="Slug of the unit above; none for a government.")
@click.option("--zone", type=click.Choice([str(zone) for zone in Zone]), help="Default: the parent's.")
@click.option("--region", help="Kemendagri code of the area it serves.")
@click.option("--valid-from", type=_DATE, help="First local date. Default: today (UTC).")
@click.option("--json", "as_json", is_flag=True, help='Print {"id": ..., "slug": ...}.')
def add_command(slug: str, **given: Any) -> None:
    """Add one unit."""
    parent = _unit(given["parent"]) if given["parent"] else None
    command = CreateUnit(
        slug=slug,
        name=given["name"],
        short_name=given["short_name"] or given["name"],
        kind=UnitKind(given["kind"]),
        parent_id=parent.id if parent else None,
        zone=given["zone"],
        region_code=given["region"],
        valid_from=given["valid_from"].date() if given["valid_from"] else today(),
    )
    with _told():
        unit_id = create_unit(command)
    click.echo(json.dumps({"id": unit_id, "slug": slug}) if given["as_json"] else f"Added {slug} as unit {unit_id}.")


@cli.command("change")
@click.argument("slug")
@click.option("--name")
@click.option("--short-name")
@click.option("--zone", type=click.Choice([str(zone) for zone in Zone]))
@click.option("--region", "region_code", help="Kemendagri code of the area it serves.")
@click.option("--calendar", "calendar_key", help="Key of the working calendar; empty inherits the parent's.")
@click.option("--show-officer-names/--hide-officer-names", default=None)
@click.option("--address")
@click.option("--phone")
@click.option("--email")
@click.option("--website")
@click.option("--about")
def change_command(slug: str, **given: Any) -> None:
    """Change the details that are named; the rest stays as it is."""
    unit = _unit(slug)
    details: dict[str, Any] = {
        one.name: getattr(unit, one.name, None) for one in dataclasses.fields(ChangeUnit) if one.name != "unit_id"
    }
    details |= {name: value for name, value in given.items() if value is not None}
    with _told():
        change_unit(ChangeUnit(unit_id=unit.id, **details))
    click.echo(f"Changed {slug}.")


@cli.command("close")
@click.argument("slug")
@click.option("--on", "valid_to", type=_DATE, required=True, help="First local date without the unit.")
@click.option("--successor", help="Slug of the unit that takes over.")
def close_command(slug: str, valid_to: datetime, successor: str | None) -> None:
    """End a unit, with or without a successor."""
    unit = _unit(slug)
    successor_id = _unit(successor).id if successor else None
    with _told():
        close_unit(CloseUnit(unit_id=unit.id, valid_to=valid_to.date(), successor_id=successor_id))
    click.echo(f"Closed {slug} on {valid_to.date().isoformat()}.")


@cli.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--json", "as_json", is_flag=True, help='Print {"created": ..., "kept": ...}.')
def import_command(file: TextIO, *, as_json: bool) -> None:
    """Add the units of a CSV file, all or none; units whose slug is known stay as they are.

    Columns: slug, name, short_name, kind, parent (slug), valid_from (YYYY-MM-DD); optional: zone, region_code,
    calendar_key, address, phone, email, website, about. A parent comes before its children.
    """
    reader = csv.DictReader(file)
    missing = set(_COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise click.UsageError(f"The file lacks the columns: {', '.join(sorted(missing))}.")
    with _told():
        done = import_units([_draft(row, reader.line_num) for row in reader])
    click.echo(json.dumps(dataclasses.asdict(done)) if as_json else f"Added {done.created}, kept {done.kept}.")


def _draft(row: dict[str, str | None], line: int) -> UnitDraft:
    optional: dict[str, Any] = {name: row.get(name) or None for name in _OPTIONAL_COLUMNS}
    try:
        return UnitDraft(
            slug=row["slug"] or "",
            name=row["name"] or "",
            short_name=row["short_name"] or "",
            kind=UnitKind(row["kind"] or ""),
            parent=row["parent"] or None,
            valid_from=date.fromisoformat(row["valid_from"] or ""),
            about=row.get("about") or "",
            **optional,
        )
    except ValueError as error:
        raise click.ClickException(f"Line {line}: {error}") from error


def _as_json(unit: UnitRow) -> dict[str, Any]:
    values = dataclasses.asdict(unit)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
