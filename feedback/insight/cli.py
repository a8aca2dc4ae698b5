"""``flask insight``: the figures kept ready for the board."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import AppGroup

from feedback.insight.actions import rebuild, refresh, verify
from feedback.kernel.clock import utc_now

cli = AppGroup("insight", help="Figures: count anew, compare with the rows, compare with a file.")


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
