from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor

NUMBERS = list(range(1, 11))


def fetch(cursor: str | None, size: int, *, backwards: bool = False) -> Page[int]:
    """The list 1 to 10 as a query would page through it."""
    values = read_cursor(cursor, (int,))
    rows = list(reversed(NUMBERS)) if backwards else NUMBERS
    if values:
        rows = [row for row in rows if (row < int(values[0]) if backwards else row > int(values[0]))]
    return page_of(rows[: size + 1], size, write_cursor, backwards=backwards, has_cursor=values is not None)


@given(st.lists(st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=20)), min_size=1, max_size=3))
def test_a_cursor_comes_back(values: list[Any]) -> None:
    cursor = write_cursor(*values)
    expected = tuple(values) if len(cursor) <= 200 else None
    assert read_cursor(cursor, tuple(type(value) for value in values)) == expected
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def raw(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        None, "", "!", "é", "x" * 201, "A", raw({"a": 1}), raw("a"), raw([1, 2]), raw([]), raw([True]), raw([1.0]), raw([None]),
        raw(["1"]), raw([2**53]), raw([-(2**60)]), base64.urlsafe_b64encode(b"[" * 140).decode(), "\x00",
    ],
)  # fmt: skip
def test_a_made_up_cursor_is_none(cursor: str | None) -> None:
    assert read_cursor(cursor, (int,)) is None


def test_forwards_to_the_end_and_back() -> None:
    first = fetch(None, 4)
    assert (first.rows, first.previous) == ((1, 2, 3, 4), None)
    second = fetch(first.next, 4)
    assert second.rows == (5, 6, 7, 8)
    last = fetch(second.next, 4)
    assert (last.rows, last.next) == ((9, 10), None)
    back = fetch(last.previous, 4, backwards=True)
    assert back.rows == (5, 6, 7, 8)
    start = fetch(back.previous, 4, backwards=True)
    assert (start.rows, start.previous) == ((1, 2, 3, 4), None)
    assert fetch(start.next, 4).rows == (5, 6, 7, 8)


@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_every_row_is_seen_once(size: int) -> None:
    seen: list[int] = []
    page = fetch(None, size)
    while True:
        seen += page.rows
        if page.next is None:
            break
        page = fetch(page.next, size)
    assert seen == NUMBERS


def test_an_empty_page_leads_nowhere() -> None:
    assert page_of([], 4, write_cursor, backwards=False, has_cursor=True) == Page(())
