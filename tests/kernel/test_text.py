from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.kernel.text import clean, excerpt, has_words, mark

CHARACTERS = st.characters(codec=None, categories=None)
WILD = st.text(alphabet=st.one_of(CHARACTERS, st.sampled_from("a \n\r\t\x00\x85\u0301\u0327\u202e\u2028\u2029\u200b\u00e9")), max_size=60)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Nur'aini, H. Dr. (H.C.) Ir.", "Nur'aini, H. Dr. (H.C.) Ir."),
        ("baris\r\nbaris\rbaris", "baris\nbaris\nbaris"),
        ("a\u2028b\u2029c", "a\nb\n\nc"),
        ("e\u0301", "\u00e9"),
        ("a\x00b\x07c\x1b[0m", "abc[0m"),
        ("a\tb", "a b"),
        ("\u202eterbalik\u202c", "terbalik"),
        ("a\ud800b", "ab"),
        ("  akhir   \n\n", "akhir"),
        ("a\n\n\n\n\n\n\nb", "a\n\n\nb"),
        ("\uac00 \u0639\u0631\u0628 \ua98f", "\uac00 \u0639\u0631\u0628 \ua98f"),
        ("<b>&amp;'; DROP TABLE --", "<b>&amp;'; DROP TABLE --"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_what_is_kept(raw: str, kept: str) -> None:
    assert clean(raw) == kept


def test_a_flood_of_marks_is_cut() -> None:
    assert len(clean("x" + "\u0330" * 500)) == 9
    assert clean("x" + "\u0330" * 500 + "y" + "\u0330" * 2) == "x" + "\u0330" * 8 + "y" + "\u0330" * 2


@given(WILD)
def test_nothing_that_cannot_be_stored_or_shown_is_left(raw: str) -> None:
    text = clean(raw)
    text.encode()
    assert not any(unicodedata.category(character) in ("Cc", "Cs") and character != "\n" for character in text)
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\r")
    assert text == text.strip()


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_ordinary_words_are_only_composed(raw: str) -> None:
    assert clean(raw) == unicodedata.normalize("NFC", raw).strip()


def test_a_line_for_names() -> None:
    assert clean(" Siti \n\t Aminah  ", lines=False) == "Siti Aminah"


@pytest.mark.parametrize("text", ["a", "7", " é ", "ꦏ", "عرب", "!a!"])
def test_words(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d\ufeff", "😡😡", "!?...", "\u0301", "—"])
def test_no_words(text: str) -> None:
    assert not has_words(text)


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert excerpt("satu dua tiga", 20) == "satu dua tiga"
    assert excerpt("satu\n\ndua  tiga", 20) == "satu dua tiga"
    assert excerpt("satu dua, tiga empat", 11) == "satu dua…"
    assert excerpt("x" * 30, 10) == "x" * 9 + "…"


@given(st.text(max_size=400), st.integers(2, 200))
def test_an_excerpt_keeps_its_length(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length


def test_a_marked_text_is_itself() -> None:
    assert mark("Laporan") == "Laporan"
