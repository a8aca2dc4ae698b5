"""``flask audit``: prove that the log is whole, and write down where it stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from feedback.audit.actions.anchors import FOLDER
from feedback.audit.queries import head, verify
from feedback.audit.rules import Anchor, read_anchor

cli = AppGroup("audit", help="The append-only log of who did and read what.")
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@cli.command("verify")
@click.option("--anchor", "files", type=_FILE, multiple=True, help="An anchor kept elsewhere; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
@click.pass_context
def verify_command(context: click.Context, *, files: tuple[Path, ...], as_json: bool) -> None:
    """Check every row against the one before and the anchors kept here. Exit status 1 with the first that is broken."""
    here = sorted((current_app.config["SETTINGS"].instance / FOLDER).glob("*.json"))
    verdict = verify([_anchor(file) for file in (*here, *files)])
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
    elif verdict.broken is None:
        click.echo(f"{verdict.rows:,} rows, all whole.")
    else:
        click.echo(f"Row {verdict.broken} is broken: {verdict.why}. {verdict.rows:,} rows before it are whole.")
    context.exit(0 if verdict.broken is None else 1)


def _anchor(file: Path) -> Anchor:
    try:
        return read_anchor(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{file} is not an anchor.") from error


@cli.command("anchor")
def anchor_command() -> None:
    """Print where the chain stands, to be kept elsewhere: flask audit anchor > FILE."""
    click.echo(head().as_json())
