"""A control: this site tells people their number and stores the report a moment later. A kill in between loses it."""

from __future__ import annotations

import os
import queue
import threading
import time
from typing import Any

from feedback.kernel.clock import utc_now
from feedback.kernel.references import new_number
from feedback.tickets.actions import submit as real
from feedback.tickets.views import report
from wsgi import app

LATER = 0.5
_waiting: queue.Queue[tuple[float, str, Any, Any]] = queue.Queue()
_next: list[str] = []


def _hasty(command: Any, actor: Any) -> real.Receipt:
    number = new_number()
    _waiting.put((time.monotonic() + LATER, number, command, actor))
    return real.Receipt(0, number, real.tracking_code(command.form_key), utc_now(), "Asia/Jakarta", False)


def _store() -> None:
    while True:
        due, number, command, actor = _waiting.get()
        time.sleep(max(0.0, due - time.monotonic()))
        _next[:] = [number]
        with app.app_context():
            real.submit(command, actor)


real.new_number = lambda: _next[0]
report.submit = _hasty
os.register_at_fork(after_in_child=lambda: threading.Thread(target=_store, daemon=True).start())
