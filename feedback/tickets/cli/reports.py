"""``flask tickets``: bring in the reports of earlier systems; make stored html anew."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from feedback.kernel.errors import Refusal
from feedback.tickets.actions.imports import READING, WRITING, ImportTickets, Outcome, check_import, import_tickets
from feedback.tickets.actions.rerender import rerender_events
from feedback.tickets.actions.sweep import Sweep, sweep
from feedback.tickets.rules.imports import REASON_LABELS, ImportMap, parse_map
from feedback.tickets.rules.imports.places import Sort

cli = AppGroup("tickets", help="Reports: import from earlier systems, upkeep.")

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_STAGES = {READING: "Reading the file", WRITING: "Writing reports"}
_TENTH = 10


class _Unusable(click.ClickException):
    """A file or map nothing can be done with: exit status 2, as for wrong usage."""

    exit_code = 2


class _Progress:
    """A bar for each stage on a terminal, a line at each tenth in a pipe; on standard error when the output is JSON."""

    def __init__(self, *, err: bool) -> None:
        self._stream = sys.stderr if err else sys.stdout
        self._err = err
        self._bar: Any = None
        self._stage = ""
        self._tenth = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell how far a stage is."""
        if stage != self._stage:
            self.close()
            self._stage, self._tenth = stage, 0
            if self._stream.isatty():
                self._bar = click.progressbar(length=total, label=stage, file=self._stream)
                self._bar.render_progress()
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)
            return
        tenth = _TENTH * done // total if total else _TENTH
        if tenth > self._tenth:
            self._tenth = tenth
            click.echo(f"{stage}: {tenth * _TENTH} %", err=self._err)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


@contextmanager
def _progress(*, err: bool = False) -> Iterator[_Progress]:
    shown = _Progress(err=err)
    try:
        yield shown
    finally:
        shown.close()


def _read_map(path: Path) -> ImportMap:
    try:
        return parse_map(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise _Unusable(f"The map {path} cannot be opened: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _Unusable(f"The map {path} is not TOML: {error}.") from error
    except Refusal as refusal:
        raise _Unusable(str(refusal)) from refusal


def _sorts(_context: click.Context, _parameter: click.Parameter, value: str) -> frozenset[Sort]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    unknown = [name for name in names if name not in tuple(Sort)]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(Sort)}.")
    return frozenset(Sort(name) for name in names)


@cli.command("import")
@click.argument("file", type=_FILE)
@click.option("--map", "map_path", type=_FILE, required=True, help="TOML file that says what the columns mean.")
@click.option("--apply", is_flag=True, help="Write. Without it nothing is written, only what would happen is shown.")
@click.option(
    "--create", callback=_sorts, default="", metavar="LIST", help="Make what is missing: units,topics,regions."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs; progress goes to standard error.")
@click.pass_context
def import_command(context: click.Context, /, file: Path, map_path: Path, **given: Any) -> None:
    """Bring in the reports of a CSV FILE, with the times they were received and answered (docs/import.md).

    Rows that cannot be taken go to FILE.rejected.csv, each with its reason. Run it again at any time: every report is
    taken once. Exit status: 0 when every row is good, 1 when some are not, 2 when the file or the map cannot be used.
    """
    command = ImportTickets(file, _read_map(map_path), given["create"])
    try:
        with _progress(err=given["as_json"]) as progress:
            outcome = _work(command, progress, apply=given["apply"])
    except Refusal as refusal:
        raise _Unusable(str(refusal)) from refusal
    if given["as_json"]:
        click.echo(json.dumps(_as_json(outcome), ensure_ascii=False))
    else:
        _show(outcome, file)
    context.exit(1 if outcome.bad else 0)


def _work(command: ImportTickets, progress: _Progress, *, apply: bool) -> Outcome:
    def told(stage: str, done: int, total: int) -> None:
        progress(_STAGES[stage], done, total)

    return import_tickets(command, told) if apply else check_import(command, told)


def _show(outcome: Outcome, file: Path) -> None:
    click.echo(f"{file.name}: {outcome.rows:,} rows")
    click.echo(f"  {outcome.already:,} already imported")
    click.echo(f"  {outcome.good:,} good")
    click.echo(f"  {outcome.bad.total():,} bad")
    for reason, count in outcome.bad.most_common():
        click.echo(f"    {count:,}  {REASON_LABELS[reason]}")
    for sort, names in outcome.missing.items():
        click.echo(f"  Unknown {sort} ({len(names)}): {'; '.join(names)}")
    made = "Created" if outcome.applied else "Would create"
    for sort, names in outcome.created.items():
        click.echo(f"  {made} {len(names)} {sort}: {'; '.join(names)}")
    if outcome.rejected is not None:
        click.echo(f"Bad rows with their reasons: {outcome.rejected}")
    if outcome.applied:
        click.echo(f"Wrote {outcome.written:,} reports.")
    else:
        click.echo("This was a trial: nothing was written to the database. Add --apply to write.")


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "applied": outcome.applied,
        "rows": outcome.rows,
        "good": outcome.good,
        "already": outcome.already,
        "bad": outcome.bad.total(),
        "reasons": dict(outcome.bad),
        "missing": outcome.missing,
        "created": outcome.created,
        "written": outcome.written,
        "rejected": str(outcome.rejected) if outcome.rejected else None,
    }


@cli.command("rerender")
def rerender_command() -> None:
    """Make the html of officials' words anew where an earlier version of the sanitiser made it."""
    with _progress() as progress:
        count = rerender_events(lambda done, total: progress("Rendering", done, total))
    click.echo(f"Rendered {count:,} events.")


@cli.command("shield")
@click.option("--scan", is_flag=True, help="Look only: counts by kind, and the numbers of the reports.")
@click.option("--apply-masks", "apply", is_flag=True, help="Mask what was found; the originals stay behind their door.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs; progress goes to standard error.")
@click.pass_context
def shield_command(context: click.Context, /, *, scan: bool, apply: bool, as_json: bool) -> None:
    """Find private data in words that are public already, and mask it when told (docs/privacy-shield.md).

    Never prints the words themselves. What a writer chose to leave in public is counted and left alone. Exit status: 0
    when nothing is left, 1 when something was found and not masked.
    """
    if scan == apply:
        raise click.UsageError("Say either --scan or --apply-masks.")
    with _progress(err=as_json) as progress:
        found = sweep(lambda done, total: progress("Looking at reports", done, total), apply=apply)
    if as_json:
        click.echo(json.dumps({name: getattr(found, name) for name in Sweep.__dataclass_fields__}))
    else:
        _show_sweep(found, apply=apply)
    context.exit(1 if len(found.numbers) > found.masked else 0)


def _show_sweep(found: Sweep, *, apply: bool) -> None:
    click.echo(f"{found.reports:,} reports")
    for kind, count in found.found.most_common():
        click.echo(f"  {count:,}  {kind}")
    for number, count in found.numbers.items():
        click.echo(f"  {number}: {count}")
    if found.kept:
        click.echo(f"  {found.kept.total():,} left in public by their writers' choice")
    click.echo(f"Masked in {found.masked:,} reports." if apply else "Nothing was changed. --apply-masks masks it.")
