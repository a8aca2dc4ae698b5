"""``flask incident``: whom a failure to protect data is about, and telling them in time (docs/incident.md)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.kernel.clock import utc_now
from feedback.rights.actions.incidents import look_up, notify
from feedback.rights.queries.incidents import Subject, progress_of, ways
from feedback.rights.rules.incidents import Incident, Way, missing_words, read_incident

cli = AppGroup("incident", help="A failure to protect personal data: who is affected, and telling them.")
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_HOW = {
    ("person", Way.MAIL): "by mail",
    ("report", Way.MAIL): "by mail if an address was given, and on the page of the report",
    ("report", Way.PAGE): "on the page of the report",
    ("report", Way.NONE): "cannot be told: announce it publicly",
}


class _Unusable(click.ClickException):
    """A file nothing can be done with: exit status 2, as for wrong usage."""

    exit_code = 2


def _read(file: Path) -> Incident:
    try:
        return read_incident(tomllib.loads(file.read_text(encoding="utf-8")))
    except (ValueError, UnicodeDecodeError) as error:
        raise _Unusable(f"{file}: {error}") from None


@cli.command("report")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
def report_command(*, file: Path, as_json: bool) -> None:
    """Count and list whom FILE is about, by number and how they can be told. Opens no seal and tells nobody."""
    incident = _read(file)
    try:
        subjects = look_up(incident, utc_now())
    except ValueError as error:
        raise _Unusable(f"{file}: {error}") from None
    if as_json:
        click.echo(json.dumps(_as_json(incident, subjects)))
        return
    _summary(incident, subjects)
    for one in subjects:
        click.echo(f"{_name(one)}  {_HOW['person' if one.number is None else 'report', one.way]}")


@cli.command("notify")
@click.argument("file", type=_FILE)
@click.option("--yes", is_flag=True, help="Do not ask.")
def notify_command(*, file: Path, yes: bool) -> None:
    """Tell everybody FILE is about, and the agency: once each, however often it is run. It cannot be taken back."""
    incident = _read(file)
    try:
        if missing := missing_words(incident):
            raise ValueError(f"not written yet: {', '.join(missing)}")
        _summary(incident, look_up(incident, utc_now()))
        if not yes:
            click.confirm("Tell them now?", abort=True)
        subjects = notify(incident, utc_now(), _told)
    except ValueError as error:
        raise _Unusable(f"{file}: {error}") from None
    click.echo(f"{len(subjects):,} will be told: letters wait in the outbox, pages show it now.")
    if not incident.agency:
        click.echo("FILE names no agency: hand the notice over yourself (docs/incident.md).")


def _summary(incident: Incident, subjects: Sequence[Subject]) -> None:
    late = " LATE" if incident.due_at < utc_now() else ""
    click.echo(f"{incident.code}: everybody and the agency are told by {incident.due_at.isoformat()}.{late}")
    for (kind, way), count in sorted(ways(subjects).items()):
        click.echo(f"{count:,} {kind}{'' if count == 1 else 's'} {_HOW[kind, way]}")
    progress = progress_of(incident.code)
    if progress is not None:
        click.echo(f"Letters: {progress[0]:,} dealt with, {progress[1]:,} waiting.")


def _name(one: Subject) -> str:
    return f"person {one.person_id}" if one.number is None else f"report {one.number}"


def _told(done: int, total: int) -> None:
    if done < total:
        click.echo(f"{done:,} of {total:,}")


def _as_json(incident: Incident, subjects: Sequence[Subject]) -> dict[str, object]:
    progress = progress_of(incident.code)
    return {
        "code": incident.code,
        "due_at": incident.due_at.isoformat(),
        "late": incident.due_at < utc_now(),
        "people": [one.person_id for one in subjects if one.number is None],
        "reports": [{"number": one.number, "way": one.way} for one in subjects if one.number is not None],
        "letters": None if progress is None else {"dealt_with": progress[0], "waiting": progress[1]},
    }
