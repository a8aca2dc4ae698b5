"""Whatever a role can fetch must not name who sent a sealed report, nor tell its hour."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from feedback.insight.queries import listing as behind
from feedback.tickets.queries import desk
from feedback.vault.keys import make_keys
from tests.adapters.mailbox import Mailbox, serving
from tests.factories import World
from tests.matrix.people import ROLES, Crowd
from tests.site import Reader
from tests.vault.crawl import readable, walk
from tests.vault.keys import make_key
from tests.vault.scene import ADDRESS, ADDRESS_OF_VISITOR, AT, HOURS, NAMES, Scene, play

# Whose pages of people show accounts as such.
SEES_ACCOUNTS = ("administrator", "coordinator", "agency_coordinator")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving() as mailbox:
        yield mailbox


@pytest.fixture
def scene(app: Flask, world: World, readers: Callable[[], Reader], mailbox: Mailbox, tmp_path: Path) -> Scene:
    public, *_ = make_key(tmp_path / "elsewhere")
    make_keys(tmp_path / "instance")
    shutil.copy(public, tmp_path / "instance")
    return play(app, world, readers, mailbox, tmp_path / "instance")


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of one row a page, so that there are cursors to read."""
    monkeypatch.setattr(desk, "PAGE_SIZE", 1)
    monkeypatch.setattr(behind, "PAGE", 1)


def test_no_role_is_shown_a_name_or_an_hour(app: Flask, world: World, short_pages: None, scene: Scene) -> None:
    _look(app, world, scene, ("officer", "coordinator", "governor", "inspector"), most=190)


@pytest.mark.slow
def test_nobody_at_all_is_shown_a_name_or_an_hour(app: Flask, world: World, short_pages: None, scene: Scene) -> None:
    _look(app, world, scene, ROLES, most=400)


def _look(app: Flask, world: World, scene: Scene, roles: Sequence[str], *, most: int) -> None:
    crowd = Crowd(app, world)
    with time_machine.travel(AT + timedelta(days=2, hours=2, minutes=7)):
        for role in roles:
            pages = ["/meja", "/pantau", *(f"/laporan/{number}" for number in scene.reports.values())]
            met = ""
            for address, body in walk(app, crowd[role], *pages, most=most):
                low = body.lower()
                about_accounts = role in SEES_ACCOUNTS and address.startswith(("/kelola/orang", "/kelola/audit", "/meja/petugas"))
                if not about_accounts:
                    assert not [one for one in (*NAMES, str(scene.account)) if one in low], f"{role}: {address}"
                found = HOURS.search(body)
                assert not found, f"{role}: {address}: {body[max(0, found.start() - 80):found.end() + 20]}" if found else ""
                met += address + " "
            assert scene.reports["anonymous"] in met, role
            if role in ("head", "governor", "inspector"):
                assert re.search(r"/pantau\S+setelah=", met), f"{role} saw no cursor"


def test_searching_for_the_name_finds_nothing(app: Flask, world: World, scene: Scene) -> None:
    crowd = Crowd(app, world)
    for role in ROLES:
        for words in ("Zainuddin", "Marsaoly", ADDRESS, "081277889911", str(scene.account)):
            answer = crowd[role].client.get("/laporan", query_string={"kata": words, "q": words})
            for number in scene.reports.values():
                assert number not in readable(answer), f"{role}: {words}"


def test_letters_say_the_number_and_nothing_else(app: Flask, world: World, scene: Scene, mailbox: Mailbox) -> None:
    assert {letter["To"] for letter in mailbox.letters} >= {ADDRESS, ADDRESS_OF_VISITOR}
    for letter in mailbox.letters:
        text = f"{letter['Subject']}\n{letter.get_content()}".lower()
        assert not [one for one in (*NAMES, str(scene.account), "uang rokok", "kami periksa", "lampu jalan", "dinas perhubungan") if one in text], letter["Subject"]
        assert not HOURS.search(text)
        assert not HOURS.search(str(letter["Message-ID"]))
