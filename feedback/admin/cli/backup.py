"""``flask backup`` and ``flask restore``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from feedback.admin.actions.backup import BackupFailed, back_up, restore


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
@with_appcontext
def backup_command(folder: Path, *, as_json: bool) -> None:
    """Copy database, keys and attachments into a new folder under FOLDER while the site goes on.

    The copy holds the keys that open contacts: keep it encrypted, and never beside the site.
    """
    try:
        made = back_up(current_app.config["SETTINGS"], folder)
    except BackupFailed as problem:
        raise click.ClickException(str(problem)) from None
    if as_json:
        click.echo(json.dumps({"folder": str(made.folder), "files": made.files, "bytes": made.size}))
    else:
        click.echo(f"{made.folder}: {made.files} files, {made.size / 1e6:.1f} MB")


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore_command(folder: Path) -> None:
    """Bring the copy in FOLDER back into an empty installation; run it before anything else, then flask prepare.

    Every file is compared with the list made at the time; a damaged copy changes nothing.
    """
    try:
        count = restore(current_app.config["SETTINGS"], folder)
    except BackupFailed as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{count} files are back. Next: flask prepare, then flask doctor.")
