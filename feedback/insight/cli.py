"""``flask insight``: the figures kept ready for the board."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.insight.actions import end, rebuild, refresh, subscribe, verify
from feedback.insight.queries.recount import recount
from feedback.insight.queries.subscriptions import every_subscription
from feedback.insight.rules.subscriptions import Ended
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Refusal
from feedback.people.queries import actor_of, person_by_email
from feedback.tickets.rules.imports import parse_map
from feedback.units.queries import unit_by_slug

cli = AppGroup("insight", help="Figures: count anew, compare with the rows or a file; monthly reports.")

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@cli.command("rebuild")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Only reports received since this date (UTC)."
)
def rebuild_command(*, since: datetime | None) -> None:
    """Count the figures anew. Safe to stop and to run again."""

    def told(done: int, total: int) -> None:
        click.echo(f"Counting: {done:,} of {total:,}", err=True)

    count = rebuild(utc_now(), since=None if since is None else since.date(), progress=told)
    click.echo(f"Counted {count:,} reports.")


@cli.command("refresh")
def refresh_command() -> None:
    """Add what happened since the last time; the worker does it twice a minute."""
    click.echo(f"Looked at {refresh(utc_now()):,} reports.")


@cli.command("check")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
@click.pass_context
def check_command(context: click.Context, *, as_json: bool) -> None:
    """Compare the figures with the rows they were made from. Exit status 1 when something differs."""
    verdict = verify(utc_now())
    if as_json:
        click.echo(json.dumps({"rounds": verdict.rounds, "wrong": len(verdict.wrong), "first": verdict.text}))
    else:
        click.echo(f"Compared {verdict.rounds:,} rounds: {len(verdict.wrong):,} differences.")
        for text in verdict.wrong[:20]:
            click.echo(f"  {text}")
    context.exit(1 if verdict.wrong else 0)


@cli.command("recount")
@click.argument("file", type=_FILE)
@click.option("--map", "map_path", type=_FILE, required=True, help="The TOML file the import was made with.")
@click.pass_context
def recount_command(context: click.Context, /, file: Path, map_path: Path) -> None:
    """Compare first responses in an imported CSV FILE with the rows and with the board, agency by agency.

    n and medians are counted from the file by itself. Exit status 1 when they differ, or when nothing was imported.
    """
    try:
        given = parse_map(tomllib.loads(map_path.read_text(encoding="utf-8-sig")))
        found = recount(file, given, utc_now())
    except (Refusal, tomllib.TOMLDecodeError) as error:
        raise click.UsageError(str(error)) from error
    for each in found:
        sign = "ok" if each.same else "!!"
        n, seconds, minutes = each.in_file
        _, board_seconds, board_minutes = each.on_board
        click.echo(
            f"{sign}  {each.agency}: n {n}/{each.in_rows[0]}/{each.on_board[0]}, elapsed {seconds / 3600:.2f} h "
            f"(board {board_seconds / 3600:.2f}), working {minutes / 60:.2f} h (board {board_minutes / 60:.2f})"
        )
    wrong = sum(not each.same for each in found)
    click.echo(f"Compared {len(found)} agencies: {wrong} differ.")
    context.exit(1 if wrong or not found else 0)


@cli.command("subscribe")
@click.argument("email")
@click.argument("unit")
def subscribe_command(email: str, unit: str) -> None:
    """Send the monthly report of UNIT (slug) to the supervisor or inspector with EMAIL."""
    person, chosen = person_by_email(email), unit_by_slug(unit)
    reader = None if person is None else actor_of(person.id)
    if reader is None or chosen is None:
        raise click.UsageError("No such person, or no such unit.")
    try:
        subscribe(chosen, reader, utc_now(), by=None)
    except Refusal as error:
        raise click.UsageError(f"{email} does not watch over {unit}.") from error
    click.echo(f"{email} gets the report of {unit} each month.")


@cli.command("unsubscribe")
@click.argument("email")
@click.argument("unit")
def unsubscribe_command(email: str, unit: str) -> None:
    """Stop sending the monthly report of UNIT (slug) to EMAIL."""
    rows = [row for row in every_subscription() if (row.email, row.unit_slug) == (email, unit) and not row.ended_at]
    if not rows:
        raise click.UsageError("There is no such subscription.")
    end(rows[0], Ended.BY_ADMINISTRATOR, utc_now(), by=None)
    click.echo(f"{email} gets no more reports of {unit}.")


@cli.command("subscriptions")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, for programs.")
def subscriptions_command(*, as_json: bool) -> None:
    """List who gets which monthly report, and what ended and why."""
    for row in every_subscription():
        state = f"ended {row.ended_at:%Y-%m-%d}: {row.ended_why}" if row.ended_at else "running"
        if as_json:
            told = {"email": row.email, "unit": row.unit_slug, "last_month": row.last_month.isoformat()}
            click.echo(json.dumps({**told, "ended_why": row.ended_why}))
        else:
            click.echo(f"{row.email}  {row.unit_slug}  newest {row.last_month:%Y-%m}  {state}")
