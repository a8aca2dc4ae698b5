"""Ask ClamAV about a file over its socket (INSTREAM). Whatever goes wrong is a failure, never "clean"."""

from __future__ import annotations

import socket
import struct

SECONDS = 60.0
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


class ScannerFailure(Exception):
    """The scanner did not say; ask again later."""


def is_infected(data: bytes, address: str) -> bool:
    """What clamd at ``host:port`` or a socket's path says. Raises ScannerFailure."""
    try:
        with _connect(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                clamd.sendall(struct.pack(">I", len(piece)) + piece)
            clamd.sendall(struct.pack(">I", 0))
            answer = _answer(clamd)
    except (OSError, ValueError) as error:
        raise ScannerFailure(type(error).__name__) from error
    if answer == b"stream: OK":
        return False
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return True
    raise ScannerFailure("unexpected answer")


def _connect(address: str) -> socket.socket:
    if "/" in address:
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(address)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _answer(clamd: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        piece = clamd.recv(1024)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n")
