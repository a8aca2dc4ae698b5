from __future__ import annotations

import pytest

from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (Refusal("x"), 400, "refused"),
        (Invalid("x"), 422, "invalid"),
        (NotFound(), 404, "not_found"),
        (Forbidden("x"), 403, "forbidden"),
        (Conflict("x"), 409, "conflict"),
        (TooMany("x", retry_after=3), 429, "too_many"),
    ],
)
def test_each_has_its_status_and_code(refusal: Refusal, status: int, code: str) -> None:
    assert (refusal.status, refusal.code) == (status, code)


def test_the_message_stays_translatable_and_reads_filled() -> None:
    refusal = Invalid("Paling banyak %(max)s karakter.", field="text", values={"max": 12})
    assert refusal.message == "Paling banyak %(max)s karakter."
    assert str(refusal) == "Paling banyak 12 karakter."
    assert refusal.field == "text"


def test_a_percent_sign_without_values_is_a_percent_sign() -> None:
    assert str(Invalid("Paling banyak 50%.")) == "Paling banyak 50%."


def test_not_found_says_the_same_whatever_was_missing() -> None:
    assert str(NotFound()) == str(NotFound(field="unit", values={"a": 1})) == "Tidak ditemukan."
    assert NotFound(field="unit").field is None


def test_too_many_says_how_long_to_wait() -> None:
    refusal = TooMany("Coba lagi dalam %(seconds)s detik.", retry_after=8)
    assert refusal.retry_after == 8
    assert str(refusal) == "Coba lagi dalam 8 detik."
