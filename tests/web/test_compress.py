"""Pages are small for visitors, and plain for whoever has a session."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from tests.factories import World
from tests.publicsite.rows import add_ticket
from tests.site import Reader

ACCEPTS = {"Accept-Encoding": "gzip"}


def test_a_ticket_is_small_for_visitors(world: World, reader: Reader) -> None:
    ticket = add_ticket(world, text="Lampu jalan padam sejak dua minggu lalu.")
    answer = reader.client.get(f"/laporan/{ticket.number}", headers=ACCEPTS)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Lampu jalan padam" in gzip.decompress(answer.data).decode()
    plain = reader.client.get(f"/laporan/{ticket.number}")
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_pages_of_a_session_are_never_compressed(world: World, readers: Callable[[], Reader]) -> None:
    ticket = add_ticket(world)
    officer = readers().sign_in(world.officer)
    for path in (f"/laporan/{ticket.number}", "/meja", "/laporan?q=lampu", "/akun", "/nirwana"):
        assert "Content-Encoding" not in officer.client.get(path, headers=ACCEPTS).headers
    writer = readers()
    for _ in range(2):  # the first answer starts a session, the second belongs to one
        assert "Content-Encoding" not in writer.client.get("/lapor", headers=ACCEPTS).headers
