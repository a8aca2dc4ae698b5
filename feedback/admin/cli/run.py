"""``flask serve`` and ``flask worker``: the two processes of an installation."""

from __future__ import annotations

import logging
import signal
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces

from config import ROOT, BadSettings
from feedback.admin.actions.fitness import refuse_unfit
from feedback.admin.actions.work import Worker


def _refuse_unfit() -> None:
    """End with status 78, which tells systemd not to try again, and one sentence for each fault (75 if it may pass)."""
    try:
        refuse_unfit()
    except BadSettings as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(problem.status) from None


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests at once per process."
)
@with_appcontext
def serve_command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the site until interrupted. Production with a fault that doctor names does not start (status 78)."""
    _refuse_unfit()
    click.echo(f"Serving on http://{host}:{port}")
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        working_dir=ROOT,
    ).serve()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do everything that is due now, then end.")
@with_appcontext
def worker_command(*, once: bool) -> None:
    """Send mail and do what happens because time passed, until interrupted."""
    _refuse_unfit()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    worker = Worker(
        handlers=current_app.extensions["handlers"],
        timers=current_app.extensions["timers"],
        instance=current_app.config["SETTINGS"].instance,
    )

    def end(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if once:
        click.echo(f"Did {worker.drain()} jobs.")
        return
    click.echo("Worker runs.")
    worker.run()
    click.echo("Worker ended.")
