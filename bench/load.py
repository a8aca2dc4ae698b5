"""A small load of HTTP: some connections that ask again as soon as they were answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Result:
    """What a load saw: how long each answer took, in seconds, and the bytes of the last body."""

    spent: float = 0.0
    times: list[float] = field(default_factory=list)
    faults: int = 0
    size: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.spent if self.spent else 0.0

    def at(self, share: float) -> float:
        """The time below which that share of answers came, in milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


class _Line:
    """One connection that is always waiting for one answer."""

    def __init__(self, port: int, ask: Callable[[], bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask = ask
        self.send()

    def send(self) -> None:
        self.began, self.got, self.whole = time.perf_counter(), b"", 0
        self.socket.sendall(self.ask())

    def read(self) -> bool:
        """Whether the answer is complete."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError
        self.got += part
        if not self.whole and (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = self.got[:end].lower()
            self.whole = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        return bool(self.whole) and len(self.got) >= self.whole


def load(port: int, ask: Callable[[], bytes], *, seconds: float, connections: int, good: int = 200) -> Result:
    """Ask for so long on so many connections; answers with another status than ``good`` are faults."""
    found, chosen = Result(), selectors.DefaultSelector()
    for line in [_Line(port, ask) for _ in range(connections)]:
        chosen.register(line.socket, selectors.EVENT_READ, line)
    start = now = time.perf_counter()
    while now - start < seconds:
        for key, _ in chosen.select(1):
            line: _Line = key.data
            if not line.read():
                continue
            found.times.append(time.perf_counter() - line.began)
            found.faults += int(line.got[9:12]) != good
            found.size = len(line.got)
            line.send()
        now = time.perf_counter()
    found.spent = now - start
    for key in list(chosen.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return found


def request_of(method: str, path: str, *, port: int, cookie: str = "", body: bytes = b"", gzip: bool = False) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Referer: http://127.0.0.1:{port}{path}"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if gzip:
        lines.append("Accept-Encoding: gzip")
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
