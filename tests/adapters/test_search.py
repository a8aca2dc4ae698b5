"""Search words: the same for a text and a question, harmless for every engine."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, column, literal, select

from feedback.adapters.search import create_search, index_ticket, matching, unindex_ticket
from feedback.adapters.search_words import LONGEST_WORD, MOST_ASKED, asked_stems, stems
from feedback.storage.session import db, transaction


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jalanan", "perjalanan"), ("Pelayanan", "layanan"), ("berlubang", "LUBANG"), ("kerusakan", "merusak"),
        ("penerangan", "terang"), ("sekolah", "bersekolah"), ("kafé", "kafe"), ("perizinan", "izin"),
    ],
)  # fmt: skip
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("penerangan", "erang"), ("sekolah", "seko"), ("air", "hair"), ("padam", "pada")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_stop_words_do_not_narrow_unless_alone() -> None:
    assert asked_stems("lampu yang di jalan") == ["lampu", "jalan"]
    assert asked_stems("di yang") == ["di", "yang"]
    assert asked_stems('"*()&|!:-') == []
    assert len(asked_stems(" ".join(f"kata{number}" for number in range(50)))) == MOST_ASKED


@given(st.text(max_size=300))
def test_only_ascii_letters_and_digits_come_out(text: str) -> None:
    found = stems(text)
    assert all(stem.isascii() and stem.isalnum() and stem == stem.lower() for stem in found)
    assert len(found) == len(set(found))
    assert all(len(stem) <= 1 + 2 * 4 * LONGEST_WORD for stem in found)


def _found(question: str, ids: tuple[int, ...] = (7, 8, 9)) -> list[int]:
    known = select(column("id", Integer)).select_from(
        select(literal(ids[0]).label("id")).union_all(*(select(literal(one)) for one in ids[1:])).subquery("n")
    )
    return sorted(db.session.scalars(known.where(matching(question, column("id", Integer)))))


def test_written_replaced_and_erased(app: Flask) -> None:
    with transaction():
        index_ticket(7, "Lampu jalan padam")
        index_ticket(8, "Lampu taman padam; " + "panjang " * 3000 + "x" * 5000)
        index_ticket(9, "")
    assert _found("lampu padam") == [7, 8]
    assert _found("lampu & jalan") == [7]
    assert _found("😀") == []
    with transaction():
        index_ticket(7, "Air keruh")
        unindex_ticket(8)
        unindex_ticket(4711)
    assert _found("lampu") == []
    assert _found("air") == [7]


def test_making_it_twice_keeps_what_is_in_it(app: Flask) -> None:
    with transaction():
        index_ticket(7, "Lampu")
        create_search(db.session.connection())
    assert _found("lampu") == [7]


def test_an_undone_transaction_leaves_nothing(app: Flask) -> None:
    def change() -> None:
        with transaction():
            index_ticket(7, "Lampu")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert _found("lampu") == []
