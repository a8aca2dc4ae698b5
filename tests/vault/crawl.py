"""A reader who follows every link of the site that is shown to them, downloads included, and keeps what came back."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.site import Reader

# They end the walk, or the session it stands on.
LEFT_OUT = ("/keluar", "/static/", "/masuk", "/daftar")
IN_ENGLISH = "bahasa=en"
# How many answers of one page with other filters are looked at.
ALIKE = 6


def start_pages(app: Flask) -> list[str]:
    """Every address without a part to fill in."""
    rules = app.url_map.iter_rules()
    return sorted(str(rule) for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments and str(rule) != "/")


def walk(app: Flask, reader: Reader, *more: str, most: int) -> Iterator[tuple[str, str]]:
    """Address and everything readable of each answer, of so many addresses at most."""
    waiting, seen, shapes = deque(["/", *more, *start_pages(app)]), set[str](), Counter[object]()
    while waiting and len(seen) < most:
        address = waiting.popleft()
        shape = _shape(address)
        if address in seen or shapes[shape] >= ALIKE or address.startswith(LEFT_OUT) or IN_ENGLISH in address:
            continue
        seen.add(address)
        shapes[shape] += 1
        answer = reader.client.get(address)
        body = readable(answer)
        yield address, body
        if answer.status_code in (301, 302, 303) or answer.mimetype in ("text/html", "application/xml", "text/plain"):
            waiting.extend(_links(address, answer, body))


def _shape(address: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(address)
    return parts.path, tuple(sorted(name for name, _ in parse_qsl(parts.query)))


def _links(address: str, answer: TestResponse, body: str) -> Iterator[str]:
    found = re.findall(r'(?:href|src|action)="([^"#]+)', body) + re.findall(r"<loc>([^<]+)", body)
    for link in [*found, answer.headers.get("Location", "")]:
        parts = urlsplit(urljoin(f"http://localhost{address}", unescape(link)))
        if link and parts.hostname == "localhost":
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def readable(answer: TestResponse) -> str:
    """Status, headers and content as text, with what is packed in it: sheets, streams of documents, cursors."""
    parts = [f"status {answer.status_code}", "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Date"), *_unpacked(answer.get_data())]
    text = "\n".join(parts)
    return "\n".join([text, *_decoded(text)])


def _unpacked(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield from _unpacked(packed.read(name))
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL) if data.startswith(b"%PDF") else ():
        try:
            yield zlib.decompress(stream).decode("latin-1")
        except zlib.error:
            continue


def _decoded(text: str) -> Iterator[str]:
    for one in set(re.findall(r"[?&;](?:setelah|sebelum)=([\w-]{12,})", text)):
        try:
            yield base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).decode("utf-8", "replace")
        except ValueError:
            continue
