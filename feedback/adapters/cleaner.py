"""Foreign files become ours: pixels and pages only, taken apart by a child process that may do nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("cleaner_child.py")
SECONDS = 30
LARGEST_ANSWER = 24 * 1024 * 1024
# A picture of 40 megapixels takes a second and some hundred megabytes: two at once for each process of the site.
_AT_ONCE = threading.BoundedSemaphore(2)
CODES = frozenset({"unreadable", "too_many_pixels", "too_many_pages", "encrypted", "too_heavy", "busy"})


class Unfit(Exception):
    """The file cannot be taken; ``code`` is one of CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """One file to keep: a size of a picture, or the document."""

    name: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of a foreign file."""

    parts: tuple[Part, ...]
    pages: int | None


def clean_file(data: bytes, kind: str) -> Cleaned:
    """Clean a ``jpeg``, ``png``, ``webp``, ``heic`` or ``pdf``. Raises Unfit."""
    if not _AT_ONCE.acquire(timeout=SECONDS):
        raise Unfit("busy")
    try:
        answer = _ask_child(data, kind)
    finally:
        _AT_ONCE.release()
    return _read(answer)


def _ask_child(data: bytes, kind: str) -> bytes:
    # -I: neither the environment nor the current folder decides what is imported.
    child = subprocess.Popen(  # noqa: S603  (our own script; the kind is one of ours)
        [sys.executable, "-I", str(CHILD), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    clock = threading.Timer(SECONDS, child.kill)
    clock.start()
    try:
        return _talk(child, data)
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            _close(pipe)


def _talk(child: subprocess.Popen[bytes], data: bytes) -> bytes:
    """The child reads all before it writes, so neither waits for the other."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError:
        raise Unfit("unreadable") from None
    return child.stdout.read(LARGEST_ANSWER + 1)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was still to be written went with the child
        return


def _read(answer: bytes) -> Cleaned:
    """Nothing of the answer is believed: a hole in a decoder would write it."""
    try:
        head, body = answer.split(b"\n", 1)
        told = json.loads(head)
        code, pages = told["refused"], told["pages"]
        if code is not None:
            raise Unfit(code if code in CODES else "unreadable")
        parts, at = [], 0
        for one in told["parts"]:
            name, width, height, length = str(one["name"]), int(one["width"]), int(one["height"]), int(one["length"])
            if name not in ("1600", "800", "320", "pdf") or not 0 < length <= len(body) - at:
                raise Unfit("unreadable")
            parts.append(Part(name, width, height, body[at : at + length]))
            at += length
        if not parts or len(answer) > LARGEST_ANSWER:
            raise Unfit("unreadable")
        return Cleaned(tuple(parts), int(pages) if pages is not None else None)
    except (ValueError, KeyError, TypeError, RecursionError):  # the child died, or says what it never says
        raise Unfit("unreadable") from None
