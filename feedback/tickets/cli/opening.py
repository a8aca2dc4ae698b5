"""``flask vault request|approve|list|release``: two people from outside agree before a seal is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Refusal
from feedback.people.actions import prove
from feedback.people.queries import actor_of
from feedback.tickets.actions.opening import (
    RequestOpening,
    agree_to_opening,
    refuse_opening,
    release,
    request_opening,
)
from feedback.tickets.queries.opening import OpeningLine, openings_for
from feedback.vault.cli import cli as vault

TERMINAL = "terminal"
_BY = click.option("--by", "email", required=True, help="Address of the account whose holder sits here.")
_PASSWORD = click.password_option("--password", confirmation_prompt=False, help="Asked for when left out.")


@contextmanager
def _told() -> Iterator[None]:
    """A refusal becomes a sentence on standard error and exit status 1."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _actor(email: str, password: str) -> Actor:
    """Somebody who typed their own password: no name alone may ask or agree."""
    person_id = prove(email, password, source=TERMINAL)
    actor = actor_of(person_id)
    assert actor is not None
    return actor


@vault.command("request")
@click.argument("number")
@_BY
@click.option("--basis", required=True, help="The legal basis in words; the reporter reads it too.")
@click.option("--case", "case_number", required=True, help="Number of the case or letter; the reporter reads it too.")
@_PASSWORD
def request_command(number: str, email: str, basis: str, case_number: str, password: str) -> None:
    """Ask for the identity behind report NUMBER to be opened. Two people from outside the handling agency decide."""
    with _told():
        command = RequestOpening(number=number, basis=basis, case_number=case_number)
        opening_id = request_opening(command, _actor(email, password))
    click.echo(f"Request {opening_id} waits for two approvals from outside the handling agency, at most seven days.")


@vault.command("approve")
@click.argument("request_id", type=int)
@_BY
@click.option("--refuse", is_flag=True, help="Refuse instead; one refusal ends the request.")
@_PASSWORD
def approve_command(request_id: int, email: str, *, refuse: bool, password: str) -> None:
    """Agree to request REQUEST_ID, as one of two people from outside the agency that handles the report."""
    with _told():
        actor = _actor(email, password)
        if refuse:
            refuse_opening(request_id, actor)
            click.echo(f"Request {request_id} is refused.")
            return
        count = agree_to_opening(request_id, actor)
    waits = "one more person has to agree" if count == 1 else "it can be released within 24 hours"
    click.echo(f"Agreed to request {request_id}; {waits}.")


@vault.command("list")
@_BY
@_PASSWORD
def list_command(email: str, password: str) -> None:
    """Show the requests that somebody made or may decide, newest first."""
    with _told():
        lines = openings_for(_actor(email, password), utc_now())
    for line in lines:
        click.echo(_line(line))


def _line(line: OpeningLine) -> str:
    parts = [f"{line.id}  {line.number}  {line.stage}", f"case {line.case_number}", f"by {line.requested.name}"]
    parts += [f"agreed {part.name}" for part in line.agreed]
    return ", ".join(parts)


@vault.command("release")
@click.argument("request_id", type=int)
def release_command(request_id: int) -> None:
    """Write the one sealed record of an agreed request to standard output, once, and tell its reporter.

    Take it to the custodians; `flask vault open` on their machine opens it within 24 hours.
    """
    with _told():
        record = release(request_id)
    click.echo(record.as_json())
