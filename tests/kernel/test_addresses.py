"""One spelling for the addresses that lead to one mailbox, and none that only look like another."""

from __future__ import annotations

import pytest

from feedback.kernel.addresses import is_plain, mailbox


@pytest.mark.parametrize(
    ("typed", "reached"),
    [
        (" Nur@Contoh.Example ", "nur@contoh.example"),
        ("nur+lapor@contoh.example", "nur@contoh.example"),
        ("nur+@contoh.example", "nur@contoh.example"),
        ("+nur@contoh.example", "+nur@contoh.example"),
        ("nur.aini@contoh.example", "nur.aini@contoh.example"),
        ("Nur.A.ini+1@Gmail.com", "nuraini@gmail.com"),
        ("nur.aini@googlemail.com", "nuraini@gmail.com"),
        ("tanpa-tanda", "tanpa-tanda"),
    ],
)
def test_spellings_of_one_mailbox_are_one(typed: str, reached: str) -> None:
    assert mailbox(typed) == reached


@pytest.mark.parametrize("looks_like", ["kоrban@contoh.example", "ｋorban@contoh.example", "korban@ｃontoh.example", "ﬀ@contoh.example", "İ@contoh.example"])
def test_an_address_has_plain_letters_only(looks_like: str) -> None:
    assert not is_plain(looks_like)
    assert is_plain("korban@contoh.example")
