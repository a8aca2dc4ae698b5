"""``flask clocks``: deadlines on the terminal, for checks and for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import click
from flask.cli import AppGroup

from feedback.clocks.queries import Explanation, contradictions, explanations, ticket_id_of
from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.question import answered, parse_calendars, refused, write_instant
from feedback.kernel.errors import Invalid
from feedback.kernel.references import read_number
from feedback.kernel.text import mark

cli = AppGroup("clocks", help="Working calendars and deadlines.")

_NOT_JSON = mark("Baris ini bukan JSON yang dapat dibaca.")
_NOT_AN_OBJECT = mark("Baris ini harus berupa satu objek JSON.")


@cli.command("due", with_appcontext=False)
@click.option(
    "--calendars",
    "path",
    required=True,
    metavar="FILE",
    help='JSON object of calendars: {"KEY": {"zone": "Asia/Jakarta", "week": {"mon": [["08:00", "16:00"]]}, '
    '"closed": ["2026-01-01"]}}.',
)
@click.option("--provisional", is_flag=True, help="Add whether a date rests on a year without known holidays.")
@click.pass_context
def due_command(ctx: click.Context, path: str, provisional: bool) -> None:
    """Read questions as JSON lines and write each with its deadline.

    A question has start (an instant with zone), unit (working_day, calendar_day or working_minute), amount and
    calendar; optionally pauses, a list of [from, to], and moves, a list of [instant, calendar].

    Each line comes back with due_at (UTC, exclusive) and due_date (the local date to show), or with error. Blank lines
    are skipped. Exit status: 0 when every line was answered, 1 when one was not, 2 when the calendars cannot be read.

    Example: flask clocks due --calendars calendars.json < questions.jsonl
    """
    calendars = _read_calendars(path)
    failed = False
    for line in _lines(sys.stdin.buffer):
        text, good = _answer(line, calendars, provisional=provisional)
        click.echo(text)
        failed = failed or not good
    ctx.exit(1 if failed else 0)


@cli.command("explain")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per clock, for programs.")
def explain_command(*, number: str, as_json: bool) -> None:
    """Tell of every date of a report why it is that date, line by line.

    Times are UTC, dates are local to the clock's zone. Exit status 1 when there is no such report.
    """
    canonical = read_number(number)
    ticket_id = ticket_id_of(canonical) if canonical else None
    if ticket_id is None:
        raise click.ClickException(f"No report has the number {number}.")
    for each in explanations(ticket_id):
        click.echo(json.dumps(_as_json(each), ensure_ascii=False) if as_json else "\n".join(_as_text(each)))


@cli.command("check")
@click.pass_context
def check_command(ctx: click.Context) -> None:
    """Compare every clock with its history; exit status 1 when one says otherwise."""
    wrong: list[int] = []
    place: int | None = 0
    while place is not None:
        found, place = contradictions(after_id=place)
        wrong.extend(found)
    for clock_id in wrong:
        click.echo(f"Clock {clock_id} is not what its history tells.")
    ctx.exit(1 if wrong else 0)


def _as_json(found: Explanation) -> dict[str, Any]:
    clock = found.clock
    return {
        "clock": clock.kind,
        "cycle": clock.cycle,
        "state": clock.state,
        "rule": found.rule,
        "source": clock.source,
        "amount": clock.amount,
        "unit": clock.unit,
        "started_at": write_instant(clock.started_at),
        "due_at": write_instant(clock.due_at) if clock.due_at else None,
        "due_date": clock.due_date.isoformat() if clock.due_date else None,
        "zone": clock.zone,
        "provisional": clock.provisional,
        "breached_at": write_instant(clock.breached_at) if clock.breached_at else None,
        "stopped_at": write_instant(clock.stopped_at) if clock.stopped_at else None,
        "calendars": [
            {"since": write_instant(each.since), "key": each.key, "version": each.number} for each in found.used
        ],
        "lines": [
            {"first": each.first.isoformat(), "last": each.last.isoformat(), "what": each.what, "count": each.count,
             "name": each.name}
            for each in found.lines
        ],
        "events": [
            {"kind": each.kind, "at": write_instant(each.at), **each.detail} for each in found.events
        ],
    }  # fmt: skip


def _as_text(found: Explanation) -> Iterator[str]:
    clock = found.clock
    limit = f"{clock.amount} {clock.unit}" if clock.amount else "no limit"
    until = f", due {clock.due_date} ({clock.zone})" if clock.due_date else ""
    yield f"{clock.kind} (cycle {clock.cycle}, {found.rule}, {limit}): {clock.state}{until}"
    for each in found.lines:
        dates = f"{each.first:%a %Y-%m-%d}" + (f" to {each.last:%a %Y-%m-%d}" if each.last != each.first else "")
        told = each.what.replace("_", " ") + (f" {each.count}" if each.count else "")
        yield f"  {dates}: {told}" + (f", {each.name}" if each.name else "")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    for line in stream:
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if line:
            yield line


def _answer(line: bytes, calendars: dict[str, Calendar], *, provisional: bool) -> tuple[str, bool]:
    """The line to write, and whether it is an answer. Nothing a line holds may stop the lines after it."""
    try:
        written = json.loads(line.decode(), parse_constant=_refuse_constant)
        if not isinstance(written, dict):
            return json.dumps({"error": _NOT_AN_OBJECT}), False
        try:
            return json.dumps(answered(written, calendars, provisional=provisional)), True
        except Invalid as refusal:
            return json.dumps(refused(written, str(refusal))), False
    except (ValueError, RecursionError):
        return json.dumps({"error": _NOT_JSON}), False


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are not JSON, though the standard parser takes them."""
    raise ValueError(name)


def _read_calendars(path: str) -> dict[str, Calendar]:
    try:
        with open(path, "rb") as file:
            written: Any = json.loads(file.read().decode("utf-8-sig"), parse_constant=_refuse_constant)
        return parse_calendars(written)
    except OSError as error:
        raise click.UsageError(f"Berkas kalender {path} tidak dapat dibuka: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise click.UsageError(f"Berkas kalender {path} bukan JSON yang dapat dibaca.") from None
    except Invalid as refusal:
        raise click.UsageError(f"Berkas kalender {path} ditolak. {refusal}") from None
