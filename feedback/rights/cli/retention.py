"""``flask retention``: what is kept how long, what would go, and what a court holds."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.references import read_number
from feedback.rights.actions.retention import hold, release, run

cli = AppGroup("retention", help="How long data are kept, and destroying what is older.")


@cli.command("run")
@click.option("--dry-run", "dry", is_flag=True, help="Count what would go; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, for programs.")
def run_command(*, dry: bool, as_json: bool) -> None:
    """Destroy what is older than its rule. It cannot be undone: look at --dry-run first."""
    outcomes = run(utc_now(), dry=dry)
    if as_json:
        click.echo(json.dumps([asdict(outcome) for outcome in outcomes]))
        return
    word = "would go" if dry else "gone"
    for one in outcomes:
        kept = "kept for good" if one.days is None else f"after {one.days} days: {one.due:,} {word}, {one.held:,} held"
        click.echo(f"{one.code.value}: {kept} ({one.basis})")


def _number(text: str) -> str:
    number = read_number(text)
    if number is None:
        raise click.UsageError(f"{text} is no report number.")
    return number


@cli.command("hold")
@click.argument("number")
@click.option("--reason", required=True, help="The court's or the request's reference.")
def hold_command(*, number: str, reason: str) -> None:
    """Keep everything of a report, whatever its rule says."""
    try:
        hold(_number(number), reason, utc_now())
    except NotFound as error:
        raise click.ClickException("No such report.") from error
    click.echo("Held.")


@cli.command("release")
@click.argument("number")
def release_command(*, number: str) -> None:
    """End the holds of a report."""
    try:
        release(_number(number), utc_now())
    except NotFound as error:
        raise click.ClickException("No such report, or nothing holds it.") from error
    click.echo("Released.")
