"""The site or its worker in processes forked from one that has loaded it: `python -m tests.faults.forking MODULE PORT`.

A killed one is replaced at once. Granian gives up when a process dies again within seconds, and a new one takes seconds.
Port 0 stands for the worker.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module

from flask import Flask
from werkzeug.serving import make_server

from feedback.admin.actions.work import Worker

SITE = 4


def answer(app: Flask, port: int) -> Callable[[], None]:
    """Answer on a socket that others answer on too."""
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    return lambda: make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno()).serve_forever()


def work(app: Flask) -> Callable[[], None]:
    """Do what the worker does, as `flask worker`."""

    def run() -> None:
        with app.app_context():
            settings, done = app.config["SETTINGS"], app.extensions
            Worker(handlers=done["handlers"], timers=done["timers"], instance=settings.instance).run()

    return run


def main(module: str, port: int) -> None:
    """Keep so many processes at it."""
    app: Flask = import_module(module).app
    run, wanted = (answer(app, port), SITE) if port else (work(app), 1)
    alive: set[int] = set()
    while True:
        while len(alive) < wanted:
            child = os.fork()
            if child == 0:
                run()
            alive.add(child)
        alive.discard(os.wait()[0])


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main(sys.argv[1], int(sys.argv[2]))
