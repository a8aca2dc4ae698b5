"""A report that was open is made confidential: from the next request on, no path knows it (SECURITY.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Callable

import time_machine
from flask import Flask

from feedback.storage.session import db
from feedback.tickets.rules.words import MoveName
from tests.factories import World, move
from tests.files import samples
from tests.matrix.people import Crowd
from tests.notices.post import work
from tests.site import Reader
from tests.vault.crawl import readable, walk
from tests.vault.scene import AT

WORD = "gemboknyakarat"
MARKS = (f"taman {WORD}", f"Pintu {WORD}")
# Everybody who does not work on it; those of the unit that has it keep it.
OTHERS = ("visitor", "stranger", "other_officer", "far_inspector", "administrator")


def test_nothing_is_left_of_it_on_any_path(app: Flask, world: World, readers: Callable[[], Reader]) -> None:
    with time_machine.travel(AT) as clock:
        citizen = readers().sign_in(world.citizen)
        page = citizen.send(
            citizen.open("/lapor?wilayah=82.72.02.1003"), button="periksa", text=f"Pintu taman {WORD} sejak lama.", topic=str(world.topic),
            files={"files": [("taman.png", samples.picture("PNG", color="red"))]},
        )  # fmt: skip
        number = re.search(r"MB-\w{4}-\w{4}", citizen.send(page, button="kirim").text)
        assert number
        db.session.rollback()
        move(number[0], MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative", title=f"Pintu {WORD}")
        work()
        db.session.rollback()
        clock.shift(60)
        crowd = Crowd(app, world)
        before: dict[str, dict[str, str]] = {}
        for role in OTHERS:
            before[role] = _holding(app, crowd[role], number[0])
            assert before[role], role
        assert any("/lampiran/" in address for address in before["visitor"]), "no picture was seen"
        move(number[0], MoveName.MAKE_CONFIDENTIAL, world.citizen)
        db.session.rollback()
        told = citizen.open(f"/laporan/{number[0]}").text
        assert "atasannya, dan inspektorat yang membacanya" in told
        assert "Jangan teruskan" not in told, "that is for officials"
        for role, seen in before.items():
            _is_gone(crowd[role], seen, number[0])
            assert _holding(app, crowd[role], number[0]) == {}, role
        assert "Jangan teruskan" in crowd["officer"].open(f"/laporan/{number[0]}").text


def _holding(app: Flask, reader: Reader, number: str) -> dict[str, str]:
    """The addresses that tell of it, each with the mark by which a browser asks whether it changed."""
    found = {}
    asked = [f"/laporan/{number}", f"/laporan?q={WORD}", f"/laporan?q={number}", "/laporan", "/sitemap-1.xml"]
    for address, body in walk(app, reader, *asked, most=70):
        if _tells(address, body, number):
            assert "Cache-Control: public" not in body, f"{address} may be kept by a cache that nobody can tell"
            tag = re.search(r"^ETag: (.*)$", body, re.MULTILINE)
            found[address] = tag[1] if tag else ""
    return found


def _tells(address: str, body: str, number: str) -> bool:
    """Whether an answer shows it is there: its words, its number where nobody asked for it, a page or file of its own."""
    if any(mark in body for mark in MARKS):
        return True
    if number not in address:
        return number in body
    return "?" not in address and not address.endswith("/qr.svg") and body.startswith("status 200")


def _is_gone(reader: Reader, seen: dict[str, str], number: str) -> None:
    for address, tag in seen.items():
        for headers in ({}, {"If-None-Match": tag}) if tag else ({},):
            answer = reader.client.get(address, headers=headers)
            assert answer.status_code != 304, address
            assert not _tells(address, readable(answer), number), address
