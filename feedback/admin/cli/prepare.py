"""``flask prepare`` and ``flask seed``: everything an installation needs before it serves."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from config import Settings
from feedback.admin.actions.demo import forget_first_passwords, seed_demo, take_first_passwords
from feedback.admin.actions.keys import ensure_keys
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.kernel.clock import utc_now
from feedback.rights.actions.retention import seed_rules
from feedback.storage.session import transaction
from feedback.units.queries import any_unit_exists
from feedback.vault.keys import DEMONSTRATION, make_demonstration_key


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@click.command("prepare")
@with_appcontext
def prepare_command() -> None:
    """Make keys, bring the database up to date and, in a demonstration, fill it once. Safe to run again at any time."""
    settings = _settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    ensure_keys(settings.instance)
    if not settings.production and make_demonstration_key(settings.instance):
        click.echo(f"Identities are sealed to a demonstration's key: {settings.instance / DEMONSTRATION}", err=True)
    upgrade()
    with transaction():
        seed_calendars_and_policies(utc_now())
    seed_rules()
    if settings.demo and not any_unit_exists():
        click.echo("Filling the demonstration ...", err=True)
        seed_demo(settings.instance)
    _show_passwords(settings)


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Fill an empty database with the demonstration and print the generated passwords once."""
    settings = _settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    with transaction():
        seed_calendars_and_policies(utc_now())
    if not seed_demo(settings.instance):
        raise click.ClickException("There are units already; the demonstration only fills an empty database.")
    _show_passwords(settings)


def _show_passwords(settings: Settings) -> None:
    passwords = take_first_passwords(settings.instance)
    if not passwords:
        return
    width = max(len(one.email) for one in passwords)
    click.echo(f"Sign in at {settings.public_url}/masuk with one of these; the passwords are shown only now:")
    for one in passwords:
        click.echo(f"  {one.email:<{width}}  {one.password}  {one.name} ({one.roles})")
    click.echo("After the password the page asks for a code and, in a demonstration, shows it.")
    forget_first_passwords(settings.instance)
