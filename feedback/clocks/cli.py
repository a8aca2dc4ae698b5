"""``flask clocks``: deadlines on the terminal, for checks and for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import click
from flask.cli import AppGroup

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.question import answered, parse_calendars, refused
from feedback.kernel.errors import Invalid
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
