"""``flask vault rotate contact``: a new key for addresses for news, under which what their owners said is kept on."""

from __future__ import annotations

import click

from feedback.kernel.errors import Refusal
from feedback.notices.actions.consent import retire_key
from feedback.vault.actions.contacts import renew_contact_key
from feedback.vault.cli import cli as vault
from feedback.vault.cli import rotate

__all__ = ["vault"]


@rotate.command("contact")
@click.option(
    "--finish", is_flag=True, help="Destroy the old key, when every host that serves pages has the new contact.public."
)
def contact(*, finish: bool) -> None:
    """On the worker's host: a new key for addresses, to which everything sealed to the old one is sealed anew.

    Ten minutes later, and when every other host has the new contact.public, --finish destroys the old key. Both are
    safe to repeat and go on where they were stopped; until the end both keys open.
    """
    try:
        outcome = retire_key() if finish else renew_contact_key()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"A file cannot be read or written: {error}") from None
    click.echo(f"Sealed {outcome.done} addresses to the new key; {outcome.left} open with no key of this host.")
    if finish:
        click.echo("The old key is destroyed. Backups still hold it: make a new one, and destroy those when you can.")
    else:
        click.echo("Copy contact.public to each other host of pages, then run: flask vault rotate contact --finish")
