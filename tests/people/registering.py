"""A citizen opens an account: the link of the letter, then name and password."""

from __future__ import annotations

from feedback.people.queries.registration import registration_token
from tests.site import Page, Reader


def register(reader: Reader, email: str, *, name: str = "Nur Warga", password: str = "kopi pagi di dermaga timur", locale: str = "id") -> Page:
    """As if the letter had come; `tests/people/test_registering.py` waits for it."""
    page = reader.open(f"/daftar/{registration_token(email)}")
    return reader.send(page, button="Buat akun", name=name, password=password, locale=locale)
