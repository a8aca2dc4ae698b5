"""A small server that speaks ClamAV's INSTREAM over TCP or a Unix socket."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIGN = b"TANDA-VIRUS"


class _Speaker(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            assert length <= 65_536
            data += self.rfile.read(length)
        server.seen.append(data)
        if server.says is not None:
            self.wfile.write(server.says)
        else:
            self.wfile.write(b"stream: Eicar-Test FOUND\0" if server.finds(data) else b"stream: OK\0")


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def scanner(*, path: Path | None = None, says: bytes | None = None) -> Iterator[Any]:
    """A running scanner; ``address`` is where, ``seen`` what it was sent, ``finds`` decides."""
    server: Any = _Unix(str(path), _Speaker) if path else _Tcp(("127.0.0.1", 0), _Speaker)
    server.seen, server.says, server.finds = [], says, lambda data: SIGN in data
    server.address = str(path) if path else f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
