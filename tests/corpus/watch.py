"""What every request with a bad input is held to: never a 500, quick, and nothing half-written when it is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from feedback.storage.session import db

ANSWERS = frozenset({200, 303, 308, 400, 401, 403, 404, 405, 409, 413, 414, 415, 422})
LONGEST = 1.0
# What a refusal may leave behind: that somebody tried, and looked where looking is noted.
TRACES = frozenset({"use_count", "attempt", "upload_count", "audit_entry", "browser_session"})
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Watch:
    """Tables with committed writes since the last look."""

    written: set[str] = field(default_factory=set)
    _open: dict[int, set[str]] = field(default_factory=dict)
    count: int = 0

    def ask(self, what: str, request: Callable[[], TestResponse]) -> TestResponse:
        """Send it and hold the answer to the rules."""
        self.written.clear()
        start = time.thread_time()
        answer = request()
        took = time.thread_time() - start  # of this thread alone: the machine may be busy with others
        if took >= LONGEST:  # the first answer of a page also compiles its templates: the second has to be quick
            start = time.thread_time()
            answer = request()
            took = time.thread_time() - start
        self.count += 1
        assert answer.status_code in ANSWERS, f"{answer.status_code} for {what}"
        assert took < LONGEST, f"{took:.1f} s for {what}"
        assert "Content-Security-Policy" in answer.headers, what
        if answer.status_code >= 400:
            assert self.written <= TRACES, f"{answer.status_code} wrote {self.written - TRACES} for {what}"
        return answer


@contextmanager
def watching() -> Iterator[Watch]:
    """Listen to the database."""
    watch = Watch()

    def sent(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := _WRITES.match(statement):
            watch._open.setdefault(id(connection), set()).add(found[1].lower())

    def committed(connection: Any) -> None:
        watch.written |= watch._open.pop(id(connection), set())

    def undone(connection: Any) -> None:
        watch._open.pop(id(connection), None)

    listeners = (("before_cursor_execute", sent), ("commit", committed), ("rollback", undone))
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listeners:
            event.remove(db.engine, name, listener)
