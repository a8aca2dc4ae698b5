"""``flask people``: accounts and roles on the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime

import click
from flask.cli import AppGroup

from feedback.kernel.errors import Refusal
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    BeAbsent,
    CreatePerson,
    GrantRole,
    be_absent,
    create_person,
    end_role,
    grant_role,
    new_password,
    reset_second_factor,
    set_active,
    set_password,
)
from feedback.people.queries import MembershipView, PersonRow, list_people, memberships_of, person_by_email
from feedback.units.queries import unit_by_slug
from feedback.units.rules import UnitRow

cli = AppGroup("people", help="Accounts and the roles they hold.")

_DATE = click.DateTime(["%Y-%m-%d"])
_ROLE = click.Choice([role.value for role in Role])
_FROM_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input's first line; otherwise one is made."
)
_BATCH = 500


@contextmanager
def _told() -> Iterator[None]:
    """A refusal becomes a sentence on standard error and exit status 1."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _person(email: str) -> PersonRow:
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"No account has the address {email}.")
    return person


def _unit(slug: str) -> UnitRow:
    unit = unit_by_slug(slug)
    if unit is None:
        raise click.ClickException(f"No unit has the slug {slug}.")
    return unit


def _chosen_password(from_stdin: bool) -> tuple[str, bool]:
    """The password to set, and whether it was made here and has to be shown."""
    if not from_stdin:
        return new_password(), True
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("Standard input holds no password.")
    return password, False


def _show_password(password: str, made: bool) -> None:
    if made:
        click.echo(f"Password (shown only now): {password}")


@cli.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--citizen", is_flag=True, help="A citizen's account: a shorter password will do.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Of mail.")
@_FROM_STDIN
def add_command(email: str, name: str, *, citizen: bool, language: str, password_stdin: bool) -> None:
    """Make an account for EMAIL called NAME and print its password once."""
    password, made = _chosen_password(password_stdin)
    with _told():
        create_person(CreatePerson(email=email, name=name, password=password, staff=not citizen, locale=language))
    click.echo(f"Added {email.strip().lower()}.")
    _show_password(password, made)


@cli.command("list")
@click.argument("text", default="")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, for programs.")
def list_command(text: str, *, as_json: bool) -> None:
    """Show accounts whose address or name contains TEXT, with the roles they hold or held."""
    found = []
    after = ""
    while batch := list_people(text, after=after, size=_BATCH):
        roles = memberships_of(person.id for person in batch)
        found += [(person, [role for role in roles if role.person_id == person.id]) for person in batch]
        after = batch[-1].email
    if as_json:
        click.echo(json.dumps([_as_json(*one) for one in found], ensure_ascii=False))
        return
    for person, roles in found:
        click.echo(f"{person.email}  {person.name}{'' if person.is_active else '  closed'}")
        for role in roles:
            until = f" until {role.valid_to.isoformat()}" if role.valid_to else ""
            click.echo(f"  {role.role}  {role.unit_name}  from {role.valid_from.isoformat()}{until}")


def _as_json(person: PersonRow, roles: list[MembershipView]) -> dict[str, object]:
    return asdict(person) | {
        "roles": [
            {
                "unit_id": role.unit_id,
                "unit": role.unit_name,
                "role": role.role,
                "valid_from": role.valid_from.isoformat(),
                "valid_to": role.valid_to.isoformat() if role.valid_to else None,
            }
            for role in roles
        ]
    }


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@cli.command("grant")
@click.argument("email")
@click.argument("unit")
@click.argument("role", type=_ROLE)
@click.option("--from", "valid_from", type=_DATE, help="First local date. Default: today at the unit.")
@click.option("--to", "valid_to", type=_DATE, help="Last local date. Default: no end.")
def grant_command(email: str, unit: str, role: str, *, valid_from: datetime | None, valid_to: datetime | None) -> None:
    """Give EMAIL the ROLE at the unit with the slug UNIT; it reaches everything under that unit."""
    command = GrantRole(_person(email).id, _unit(unit).id, Role(role), _day(valid_from), _day(valid_to))
    with _told():
        grant_role(command, by=None)
    click.echo(f"{email} is {role} at {unit}.")


@cli.command("revoke")
@click.argument("email")
@click.argument("unit")
@click.argument("role", type=_ROLE)
def revoke_command(email: str, unit: str, role: str) -> None:
    """End the ROLE that EMAIL holds at the unit with the slug UNIT."""
    person, place = _person(email), _unit(unit)
    held = [one for one in memberships_of([person.id]) if one.unit_id == place.id and one.role == role]
    current = [one for one in held if one.valid_to is None] or held[-1:]
    if not current:
        raise click.ClickException(f"{email} does not hold {role} at {unit}.")
    with _told():
        end_role(current[0].id, by=None)
    click.echo(f"{email} is no longer {role} at {unit}.")


@cli.command("deputy")
@click.argument("absent")
@click.argument("deputy", required=False)
@click.option("--from", "valid_from", type=_DATE, required=True, help="First local date of the absence.")
@click.option("--to", "valid_to", type=_DATE, required=True, help="Last local date of the absence.")
@click.option("--unit", help="Only for the roles at the unit with this slug. Default: every role.")
def deputy_command(
    absent: str, deputy: str | None, *, valid_from: datetime, valid_to: datetime, unit: str | None
) -> None:
    """Note that ABSENT is away and DEPUTY acts in their place; without DEPUTY nobody does."""
    command = BeAbsent(
        _person(absent).id,
        valid_from.date(),
        valid_to.date(),
        _person(deputy).id if deputy else None,
        _unit(unit).id if unit else None,
    )
    with _told():
        be_absent(command, by=None)
    period = f"from {command.valid_from.isoformat()} to {command.valid_to.isoformat()}"
    click.echo(f"{absent} is absent {period}; {deputy or 'nobody'} stands in.")


@cli.command("password")
@click.argument("email")
@_FROM_STDIN
def password_command(email: str, *, password_stdin: bool) -> None:
    """Set a new password for EMAIL, print it once and end every sign-in of the account."""
    person = _person(email)
    password, made = _chosen_password(password_stdin)
    staff = bool(memberships_of([person.id]))
    with _told():
        set_password(person.id, password, by=None, staff=staff)
    click.echo(f"Changed the password of {person.email}.")
    _show_password(password, made)


@cli.command("reset-code")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
def reset_code_command(emails: tuple[str, ...]) -> None:
    """Take away the second factor of each EMAIL: sign-in codes, recovery codes and passkeys.

    For an administrator whose phone is lost, when nobody else can do it, and for everybody after a new SECRET_KEY.
    """
    for person in [_person(email) for email in emails]:
        with _told():
            reset_second_factor(person.id, by=None)
        click.echo(f"{person.email} sets up a new second factor at the next sign-in.")


@cli.command("close")
@click.argument("email")
def close_command(email: str) -> None:
    """Close the account of EMAIL: it is out at its next request and cannot sign in."""
    set_active(_person(email).id, False, by=None)
    click.echo(f"Closed {email}.")


@cli.command("open")
@click.argument("email")
def open_command(email: str) -> None:
    """Open a closed account again."""
    set_active(_person(email).id, True, by=None)
    click.echo(f"Opened {email}.")
