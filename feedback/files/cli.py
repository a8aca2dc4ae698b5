"""``flask files``: whether what is stored is what was acknowledged."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from feedback.files.actions.sweep import check_files, sweep_orphans, sweep_pending
from feedback.kernel.clock import utc_now

cli = AppGroup("files", help="Photos and documents: compare with the rows, sweep.")
_TOLD_EVERY = 1000


@cli.command("check")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
@click.pass_context
def check_command(context: click.Context, *, as_json: bool) -> None:
    """Read every stored file and compare it with its row. Exit status 1 when one is missing or changed."""
    flaws, count = [], 0
    for count, flaw in enumerate(check_files(), 1):
        if flaw is not None:
            flaws.append(flaw)
            if not as_json:
                click.echo(f"!!  {flaw.name} is {flaw.what}")
        if count % _TOLD_EVERY == 0:
            click.echo(f"Checked {count:,} files", err=True)
    if as_json:
        click.echo(json.dumps({"checked": count, "flaws": [asdict(one) for one in flaws]}))
    else:
        click.echo(f"Checked {count:,} files; {len(flaws):,} are missing or changed.")
    context.exit(1 if flaws else 0)


@cli.command("sweep")
def sweep_command() -> None:
    """Forget what nobody sent within a day and what no row names; the worker does it by itself."""
    forgotten, orphans = sweep_pending(utc_now()), sweep_orphans(utc_now())
    click.echo(f"Forgot {forgotten:,} files of forms that were not sent and {orphans:,} that no row names.")
