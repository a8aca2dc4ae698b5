"""``flask vault``: the key that identities are sealed to, made where no site runs."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from feedback.kernel.errors import Invalid
from feedback.vault.keys import NoVaultKey, private_vault_key_present, vault_file, vault_public_key, write_vault_key
from feedback.vault.rules.halves import new_key
from feedback.vault.rules.sealing import key_id

cli = AppGroup("vault", help="The key that the identities of anonymous and confidential reporters are sealed to.")


@cli.command("keygen")
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="A new folder; not on the site.")
def keygen(folder: Path) -> None:
    """Make a key on a machine that never serves the site: a public file for the site, and a half for each custodian.

    Each custodian types a passphrase of their own. Either half alone, with its passphrase, is random bytes.
    """
    passphrases = _passphrase_of(1), _passphrase_of(2)
    try:
        written = write_vault_key(folder, new_key(passphrases))
    except Invalid as refusal:
        raise click.ClickException(str(refusal)) from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}.") from None
    for file in written:
        click.echo(str(file))
    click.echo("Copy the .public file into INSTANCE of the site. Give each custodian one .half file; keep none here.")


def _passphrase_of(custodian: int) -> str:
    return str(click.prompt(f"Passphrase of custodian {custodian}", hide_input=True, confirmation_prompt=True))


@cli.command("status")
@click.pass_context
@with_appcontext
def status(ctx: click.Context) -> None:
    """Which key identities are sealed to. Exit status 1 when there is none, or a private half lies on this host."""
    instance = current_app.config["SETTINGS"].instance
    try:
        click.echo(f"Identities are sealed to key {key_id(vault_public_key(instance))} ({vault_file(instance)}).")
    except NoVaultKey as problem:
        click.echo(str(problem), err=True)
        ctx.exit(1)
    if private_vault_key_present(instance):
        click.echo("A half of the private key lies on this host: nothing sealed to it is protected here.", err=True)
        ctx.exit(1)
