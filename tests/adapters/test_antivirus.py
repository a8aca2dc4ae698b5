"""The scanner over its socket: only "OK" is clean."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from feedback.adapters import antivirus
from feedback.adapters.antivirus import ScannerFailure, is_infected
from tests.adapters.clamd import SIGN, scanner


def test_clean_and_infected_over_tcp_and_a_socket_file(tmp_path: Path) -> None:
    for path in (None, tmp_path / "clamd.sock"):
        with scanner(path=path) as server:
            assert is_infected(b"a" * 200_000, server.address) is False
            assert is_infected(b"a" * 70_000 + SIGN, server.address) is True
            assert is_infected(b"", server.address) is False
            assert server.seen == [b"a" * 200_000, b"a" * 70_000 + SIGN, b""]


@pytest.mark.parametrize("says", [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but ERROR\0", b"OK\0", b"x" * 100_000])
def test_any_other_answer_is_a_failure(says: bytes) -> None:
    with scanner(says=says) as server, pytest.raises(ScannerFailure):
        is_infected(b"a", server.address)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/tidak/ada", "tanpa-gerbang", "127.0.0.1:x", ""])
def test_a_scanner_that_is_not_there_is_a_failure(address: str) -> None:
    with pytest.raises(ScannerFailure):
        is_infected(b"a", address)


def test_a_scanner_that_hangs_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(antivirus, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ScannerFailure):
            is_infected(b"a", f"127.0.0.1:{silent.getsockname()[1]}")
