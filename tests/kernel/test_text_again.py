"""Cleaning twice is cleaning once, whatever was taken out between."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from feedback.kernel.text import clean


def test_a_mark_joins_its_letter_when_what_stood_between_is_gone() -> None:
    assert clean("a\x00\u0301") == "\u00e1"


@given(st.text(max_size=60))
def test_cleaning_is_stable_and_composed(text: str) -> None:
    once = clean(text)
    assert unicodedata.is_normalized("NFC", once)
    assert clean(once) == once
