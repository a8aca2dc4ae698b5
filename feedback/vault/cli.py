"""``flask vault``: the key that identities are sealed to, made and used where no site runs; its rotation.

What concerns a report (request, approve, list, release) is added by the shelf that knows reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.vault.actions.rotation import old_seals, part_old_seals, take_anew
from feedback.vault.contact_key import is_being_replaced, openable
from feedback.vault.keys import NoVaultKey, private_vault_key_present, vault_file, vault_public_key, write_vault_key
from feedback.vault.queries import sealed_by_key
from feedback.vault.rules.halves import half_name, new_key, private_from
from feedback.vault.rules.released import Released, read_released
from feedback.vault.rules.rotation import read_carried
from feedback.vault.rules.sealing import key_id

cli = AppGroup("vault", help="The key that the identities of anonymous and confidential reporters are sealed to.")
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_OPENS_HERE = ", which opens here"
_HALF = click.option("--half", "halves", required=True, multiple=True, type=_FILE, help="Given twice: both halves.")


@contextmanager
def _told() -> Iterator[None]:
    """A refusal becomes a sentence on standard error and exit status 1."""
    try:
        yield
    except (Invalid, NoVaultKey) as refusal:
        raise click.ClickException(str(refusal)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"A file cannot be read or written: {error}") from None


@cli.command("keygen", with_appcontext=False)
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="A new folder; not on the site.")
def keygen(folder: Path) -> None:
    """Make a key on a machine that never serves the site: a public file for the site, and a half for each custodian.

    Each custodian types a passphrase of their own. Either half alone, with its passphrase, is random bytes.
    """
    passphrases = _new_passphrase(1), _new_passphrase(2)
    with _told():
        written = write_vault_key(folder, new_key(passphrases))
    for file in written:
        click.echo(str(file))
    click.echo("Copy the .public file into INSTANCE of the site. Give each custodian one .half file; keep none here.")


def _new_passphrase(custodian: int) -> str:
    return str(click.prompt(f"Passphrase of custodian {custodian}", hide_input=True, confirmation_prompt=True))


@cli.command("status")
@click.pass_context
def status(ctx: click.Context) -> None:
    """Which key identities are sealed to. Exit status 1 when there is none, or a private half lies on this host."""
    instance = current_app.config["SETTINGS"].instance
    try:
        current = key_id(vault_public_key(instance))
    except NoVaultKey as problem:
        click.echo(str(problem), err=True)
        ctx.exit(1)
    click.echo(f"Identities are sealed to key {current} ({vault_file(instance)}).")
    for part, key, count in sealed_by_key():
        click.echo(f"  {part}: {count} to key {key}{_OPENS_HERE if key in openable(instance) else ''}")
    if is_being_replaced(instance):
        click.echo("The key of addresses is being replaced: flask vault rotate contact --finish destroys the old one.")
    if private_vault_key_present(instance):
        click.echo("A half of the private key lies on this host: nothing sealed to it is protected here.", err=True)
        ctx.exit(1)


@cli.command("open", with_appcontext=False)
@click.argument("record", type=_FILE)
@_HALF
def open_command(record: Path, halves: tuple[Path, ...]) -> None:
    """Show the one identity in RECORD (from `flask vault release`) on the custodians' machine, while its time lasts.

    Both custodians read why it is opened and who agreed before they type their passphrases.
    """
    with _told():
        released = read_released(record.read_text())
        _show_reason(released)
        identity = released.opened(_private(halves), utc_now())
    for label, value in (("Name", identity.name), ("Email", identity.email), ("Telephone", identity.phone)):
        click.echo(f"{label}: {value or '-'}")
    click.echo(f"Account: {identity.person_id or '-'}")


def _show_reason(released: Released) -> None:
    click.echo(f"Report {released.number}, case {released.case}, asked for by {released.requested_by}.")
    click.echo(f"Legal basis: {released.basis}")
    click.echo(f"Agreed by {released.agreed_by[0]} and {released.agreed_by[1]}. Until {released.until.isoformat()}.")


def _private(halves: tuple[Path, ...]) -> bytes:
    """The private key from both halves, each custodian typing their own passphrase."""
    if len(halves) != 2:
        raise click.UsageError("Give --half twice: both custodians have to be here.")
    one, other = (half.read_text() for half in halves)
    asked = [str(click.prompt(f"Passphrase of half {half_name(text)[1]}", hide_input=True)) for text in (one, other)]
    return private_from((one, other), (asked[0], asked[1]))


@cli.command("reseal")
def reseal() -> None:
    """On the worker's host: part what was sealed to the worker's key before the vault had one. Safe to repeat."""
    with _told():
        outcome = part_old_seals()
    click.echo(f"Parted {outcome.done} seals; {outcome.left} stay as they are.")


@cli.group("rotate")
def rotate() -> None:
    """After a new vault.public lies in INSTANCE: `export`, then `reseal` at the custodians, then `import`."""


@rotate.command("export")
def rotate_export() -> None:
    """Write every seal to an earlier key to standard output, sealed as it is."""
    with _told():
        for one in old_seals():
            click.echo(one.as_json())


@rotate.command("reseal", with_appcontext=False)
@click.argument("exported", type=_FILE)
@_HALF
@click.option("--to", "public", required=True, type=_FILE, help="vault.public of the new key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file, to be imported on the site.")
def rotate_reseal(exported: Path, halves: tuple[Path, ...], public: Path, out: Path) -> None:
    """On the custodians' machine: seal everything in EXPORTED to the new key. Shows no identity."""
    with _told():
        new, private = bytes.fromhex(public.read_text()), _private(halves)
        with exported.open() as lines, out.open("x") as written:
            for number, line in enumerate(lines, 1):
                written.write(read_carried(line, number).anew(private, new).as_json() + "\n")
    click.echo(f"{out}: import it on the site with `flask vault rotate import`.")


@rotate.command("import")
@click.argument("resealed", type=_FILE)
def rotate_import(resealed: Path) -> None:
    """Replace the old seals by those in RESEALED. Safe to repeat; what changed meanwhile stays as it is."""
    with _told(), resealed.open() as lines:
        outcome = take_anew(read_carried(line, number) for number, line in enumerate(lines, 1))
    click.echo(f"Replaced {outcome.done} seals; {outcome.left} stay as they are.")
