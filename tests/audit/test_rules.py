from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedback.audit.rules import FIRST, Anchor, Entry, hash_of, plain_detail, read_anchor
from feedback.kernel.permissions import Role

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def entry(**changed: object) -> Entry:
    values = {"sequence": 1, "at": AT, "deed": "role.granted", "subject": "person:7", "actor_id": 3, "detail": {"unit": 4}, "previous": FIRST}
    return Entry(**{**values, **changed})  # type: ignore[arg-type]


def test_the_hash_is_the_documented_text_hashed() -> None:
    import hashlib

    text = f'[1,1,"{FIRST}","2026-03-02T02:00:00.000000+00:00","role.granted","person:7",3,{{"unit":4}}]'
    assert hash_of(entry()) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"sequence": 2}, {"at": AT + timedelta(microseconds=1)}, {"deed": "role.ended"}, {"subject": "person:8"},
        {"actor_id": 4}, {"actor_id": None}, {"detail": {"unit": 5}}, {"detail": {}}, {"previous": "1" * 64},
    ],
)  # fmt: skip
def test_every_part_is_in_the_hash(changed: dict[str, object]) -> None:
    assert hash_of(entry(**changed)) != hash_of(entry())


def test_the_zone_and_the_order_of_keys_make_no_difference() -> None:
    west = entry(at=AT.astimezone(timezone(timedelta(hours=7))), detail={"unit": 4})
    assert hash_of(west) == hash_of(entry())
    assert hash_of(entry(detail={"a": 1, "b": 2})) == hash_of(entry(detail={"b": 2, "a": 1}))


def test_a_detail_is_what_json_gives_back() -> None:
    given = {"role": Role.OFFICER, "units": (1, 2), "by": None, "names": {"a": True}}
    assert plain_detail(given) == {"role": "officer", "units": [1, 2], "by": None, "names": {"a": True}}


@pytest.mark.parametrize(
    "value",
    ["Siti Rahasia", "siti@contoh.example", "10.0.0.7", "2001:db8::1", "a" * 121, "satu\nbaris", 0.5, ["Siti Rahasia"], {"Siti Rahasia": 1}],
)
def test_words_addresses_and_fractions_stay_out(value: object) -> None:
    with pytest.raises(ValueError, match="audit detail"):
        plain_detail({"x": value})


@pytest.mark.parametrize("value", ["1.5.9.", "21.72.01.1001", "Asia/Jakarta", "2026-03-02T02:00:00+00:00", "dinas-perhubungan"])
def test_codes_may_stand_in_it(value: str) -> None:
    assert plain_detail({"x": value}) == {"x": value}


def test_an_anchor_is_read_as_it_was_written() -> None:
    anchor = Anchor(7, "a" * 64, AT)
    assert read_anchor(anchor.as_json()) == anchor


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"sequence": 1, "hash": "x", "at": "2026-03-02"}', "[" * 2000])
def test_anything_else_is_no_anchor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_anchor(text)
