"""``flask doctor``: whether the installation is well."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from feedback.admin.actions.check import Finding, findings
from feedback.kernel.clock import utc_now


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, for programs.")
@click.pass_context
@with_appcontext
def doctor_command(ctx: click.Context, *, as_json: bool) -> None:
    """Look at settings, keys, database, worker and data. Exit status 1 when something needs attention."""
    found = list(findings(current_app.config["SETTINGS"], utc_now()))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{_sign(one)}  {one.text}")
    ctx.exit(0 if all(one.is_fine for one in found) else 1)


def _sign(finding: Finding) -> str:
    if not finding.is_fine:
        return "!!"
    return "--" if finding.is_note else "ok"
