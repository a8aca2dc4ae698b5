"""``flask vault request|approve|list|release``: two people from outside agree before a seal is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Refusal
from feedback.people.actions import prove_both
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
_BY = click.option(
    "--by", "email", required=True, help="Address of the account whose holder sits here and types password and code."
)


@contextmanager
def _told() -> Iterator[None]:
    """A refusal becomes a sentence on standard error and exit status 1."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _actor(email: str) -> Actor:
    """Somebody who showed both factors, as on the pages: no name and no stolen password alone may ask or agree.

    Both are typed, never options: a command line stands in the history and in the list of processes.
    """
    password = click.prompt(f"Password of {email}", hide_input=True, err=True)
    person_id = prove_both(email, password, _code, source=TERMINAL)
    actor = actor_of(person_id)
    assert actor is not None
    return actor


def _code() -> str:
    return str(click.prompt("Code of the app, or a recovery code", hide_input=True, err=True))


@vault.command("request")
@click.argument("number")
@_BY
@click.option("--basis", required=True, help="The legal basis in words; the reporter reads it too.")
@click.option("--case", "case_number", required=True, help="Number of the case or letter; the reporter reads it too.")
def request_command(number: str, email: str, basis: str, case_number: str) -> None:
    """Ask for the identity behind report NUMBER to be opened. Two people from outside the handling agency decide."""
    with _told():
        command = RequestOpening(number=number, basis=basis, case_number=case_number)
        opening_id = request_opening(command, _actor(email))
    click.echo(f"Request {opening_id} waits for two approvals from outside the handling agency, at most seven days.")


@vault.command("approve")
@click.argument("request_id", type=int)
@_BY
@click.option("--refuse", is_flag=True, help="Refuse instead; one refusal ends the request.")
def approve_command(request_id: int, email: str, *, refuse: bool) -> None:
    """Agree to request REQUEST_ID, as one of two people from outside the agency that handles the report."""
    with _told():
        actor = _actor(email)
        if refuse:
            refuse_opening(request_id, actor)
            click.echo(f"Request {request_id} is refused.")
            return
        count = agree_to_opening(request_id, actor)
    waits = "one more person has to agree" if count == 1 else "it can be released within 24 hours"
    click.echo(f"Agreed to request {request_id}; {waits}.")


@vault.command("list")
@_BY
def list_command(email: str) -> None:
    """Show the requests that somebody made or may decide, newest first."""
    with _told():
        lines = openings_for(_actor(email), utc_now())
    for line in lines:
        click.echo(_line(line))


def _line(line: OpeningLine) -> str:
    parts = [f"{line.id}  {line.number}  {line.stage}", f"case {line.case_number}", f"by {line.requested.name}"]
    parts += [f"agreed {part.name}" for part in line.agreed]
    return ", ".join(parts)


@vault.command("release")
@click.argument("request_id", type=int)
@_BY
def release_command(request_id: int, email: str) -> None:
    """Write the one sealed record of an agreed request to standard output, once, and tell its reporter.

    To whoever asked or agreed. Take it to the custodians; `flask vault open` on their machine opens it within 24 hours.
    """
    with _told():
        record = release(request_id, _actor(email))
    click.echo(record.as_json())
