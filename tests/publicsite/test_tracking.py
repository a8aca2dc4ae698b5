"""Number and secret code open a ticket; nothing else does, and nothing tells which of the two was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

from feedback.kernel.references import code_from, new_number
from feedback.people.rules import FREE_TRIES
from feedback.storage.keyring import keyed_hash
from tests.factories import World
from tests.publicsite.rows import add_ticket
from tests.site import Page, Reader

CODE = code_from(b"0123456789")
WRONG = code_from(b"9876543210")
REFUSED = "Nomor dan kode ini tidak cocok"


def secret_ticket(world: World) -> str:
    return add_ticket(world, confidential=True, code_hash=keyed_hash("tracking-code", CODE)).number


def track(reader: Reader, number: str, code: str, follow: bool = False) -> Page:
    return reader.send(reader.open("/lacak"), has="kode", nomor=number, kode=code, follow=follow)


def tracked_by(reader: Reader) -> list[int]:
    """What the session of this browser holds."""
    with reader.client.session_transaction() as stored:
        return list(stored["tracked"])


def test_right_pair_opens_the_ticket_however_it_is_typed(world: World, reader: Reader) -> None:
    number = secret_ticket(world)
    page = track(reader, f" {number.lower().replace('-', ' ')} ", CODE.replace("-", "").lower())
    assert page.status == 303
    assert page.response.headers["Location"] == f"/laporan/{number}"
    track(reader, number, CODE)
    assert len(tracked_by(reader)) == 1


def test_opened_ticket_is_listed_in_this_browser_only(
    world: World, reader: Reader, readers: Callable[[], Reader]
) -> None:
    number = secret_ticket(world)
    track(reader, number, CODE)
    assert number in reader.open("/laporan").html
    assert number not in readers().open("/laporan").html


def test_twenty_are_remembered(world: World, reader: Reader) -> None:
    for _ in range(22):
        track(reader, secret_ticket(world), CODE)
    assert len(tracked_by(reader)) == 20


def test_number_comes_along_from_the_receipt(world: World, reader: Reader) -> None:
    page = reader.open("/lacak?nomor=MB-0000-0000")
    assert dict(page.form(has="kode").fields)["nomor"] == "MB-0000-0000"
    assert reader.open("/lacak?nomor=" + "x" * 3000).status == 200


def test_typos_are_told_at_once_and_do_not_count(world: World, reader: Reader) -> None:
    number = secret_ticket(world)
    typo = number[:-1] + ("2" if number[-1] != "2" else "3")
    for _ in range(FREE_TRIES + 2):
        page = track(reader, typo, CODE[:-1])
        assert page.status == 422
    assert "Nomor laporan ini salah tulis" in page.text
    assert "Kode rahasia terdiri dari 16 huruf dan angka" in page.text
    assert dict(page.form(has="kode").fields)["nomor"] == typo
    assert track(reader, number, CODE).status == 303


def test_wrong_code_and_unknown_number_are_one_answer(
    world: World, reader: Reader, readers: Callable[[], Reader]
) -> None:
    number = secret_ticket(world)
    unsecret = add_ticket(world).number
    answers = []
    for asked in (number, unsecret, new_number()):
        page = track(readers(), asked, WRONG)
        assert page.status == 422
        assert REFUSED in page.text
        answers.append(re.sub(r'value="[^"]*"', "", page.html))
    assert len(set(answers)) == 1


def test_too_many_wrong_codes_have_to_wait(world: World, reader: Reader) -> None:
    number = secret_ticket(world)
    statuses = [track(reader, number, WRONG).status for _ in range(FREE_TRIES + 2)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    page = track(reader, number, WRONG)
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert dict(page.form(has="kode").fields)["nomor"] == number


def test_the_right_code_opens_though_strangers_tried_wrong_ones(world: World, reader: Reader) -> None:
    number = secret_ticket(world)
    for _ in range(FREE_TRIES + 2):
        track(reader, number, WRONG)
    page = track(reader, number, CODE)
    assert page.status == 303
    assert page.response.location == f"/laporan/{number}"


def test_empty_and_hostile_input_gets_a_page(world: World, reader: Reader) -> None:
    for value in ("", " ", "\x00", "😀", "x" * 5000, "'; --", "\u202e"):
        page = track(reader, value, value)
        assert page.status == 422
        assert "error-summary" in page.html
