from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.kernel.references import ALPHABET, check_character, code_from, new_number, read_code, read_number

BODIES = st.text(alphabet=ALPHABET, min_size=7, max_size=7)


def numbered(body: str) -> str:
    return f"MB-{body[:4]}-{body[4:]}{check_character(body)}"


def test_a_new_number_has_its_shape_and_can_be_read() -> None:
    numbers = {new_number() for _ in range(500)}
    assert len(numbers) == 500
    for number in numbers:
        assert re.fullmatch(rf"MB-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", number)
        assert read_number(number) == number


@given(BODIES, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_seen(body: str, place: int, other: str) -> None:
    number = numbered(body)
    wrong = body[:place] + other + body[place + 1 :]
    if wrong != body:
        assert read_number(f"MB-{wrong[:4]}-{wrong[4:]}{number[-1]}") is None


@given(BODIES, st.integers(0, 6))
def test_swapped_neighbours_are_seen(body: str, place: int) -> None:
    letters = list(body + check_character(body))
    if letters[place] == letters[place + 1]:
        return
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    assert read_number("MB" + "".join(letters)) is None


def test_the_check_character_tells_all_single_characters_apart() -> None:
    assert len({check_character("000000" + character) for character in ALPHABET}) == len(ALPHABET)


@given(BODIES)
def test_what_a_hurried_person_types_is_understood(body: str) -> None:
    number = numbered(body)
    plain = number.replace("-", "")
    for typed in (number.lower(), plain, plain[2:], f"  {number} ", number.replace("-", " "), number.replace("-", "–"), number.replace("-", ".")):
        assert read_number(typed) == number


def test_letters_that_look_like_digits_are_digits() -> None:
    number = numbered("0010010")
    for zero, one in product("0oO", "1iIlL"):
        assert read_number(number.replace("0", zero).replace("1", one)) == number


@pytest.mark.parametrize("typed", ["", "MB", "MB-", "MB-0000-000", "MB-0000-00000", "MB-000U-0000", "XX-0000-0000", "0" * 65, "MB-0000-000é", "\x00", "٠٠٠٠٠٠٠٠"])  # fmt: skip
def test_what_is_no_number(typed: str) -> None:
    assert read_number(typed) is None


def test_the_longest_text_that_is_looked_at() -> None:
    number = numbered("ABCDEFG")
    assert read_number(number + " " * (64 - len(number))) == number
    assert read_number(number + " " * (65 - len(number))) is None


def test_the_code_of_a_digest_is_eighty_bits_of_it() -> None:
    assert code_from(b"\x00" * 32) == "0000-0000-0000-0000"
    assert code_from(b"\xff" * 10) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert code_from(b"\xff" * 10 + b"a") == code_from(b"\xff" * 10 + b"b")
    assert code_from(b"\x00" * 9 + b"\x01") == "0000-0000-0000-0001"


@given(st.binary(min_size=10, max_size=32))
def test_a_code_is_read_however_it_is_typed(digest: bytes) -> None:
    code = code_from(digest)
    assert read_code(code) == code
    assert read_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "0" * 15, "0" * 17, "U" * 16, "0" * 65, "0000-0000-0000-000é"])
def test_what_is_no_code(typed: str) -> None:
    assert read_code(typed) is None
