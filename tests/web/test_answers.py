"""One test for each answer of SECURITY.md section 2, on routes people use: right status, kind page, text kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from feedback.app import create_app
from feedback.kernel.references import new_number
from feedback.people.rules import FREE_TRIES
from feedback.tickets.rules.words import MoveName
from feedback.web.guard import PUBLIC
from tests.conftest import make_settings
from tests.factories import MONDAY, World, make_report, move
from tests.site import Page, Reader
from tests.tickets.steps import assigned

WORDS = "Lampu jalan di depan masjid <mati> sejak tiga hari; sudah kami laporkan ke kelurahan."
TELLS_TOO_MUCH = ("Traceback", "sqlalchemy", "werkzeug", "SELECT ", "/feedback/", ".py")


def kind(page: Page, status: int) -> Page:
    """The page has the status, is in the reader's language, and says nothing about how we are built."""
    assert page.status == status, page.text
    assert '<html lang="id"' in page.html
    assert not [word for word in TELLS_TOO_MUCH if word in page.html]
    return page


def test_400_what_is_no_text(world: World, client: FlaskClient) -> None:
    answer = client.post("/lapor", data=b"text=Lampu%ffmati", content_type="application/x-www-form-urlencoded")
    kind(Page(answer), 400)


def test_303_and_401_not_signed_in(world: World, reader: Reader) -> None:
    answer = reader.client.get("/akun")
    assert (answer.status_code, answer.location) == (303, "/masuk?lanjut=/akun")
    token = dict(reader.open("/masuk").form(has="password").fields)["csrf_token"]
    data = {"csrf_token": token, "text": WORDS}
    page = kind(Page(reader.client.post("/meja/loket", data=data, headers={"Sec-Fetch-Site": "same-origin"})), 401)
    assert WORDS.replace("<mati>", "&lt;mati&gt;") in page.html


def test_403_another_role(world: World, reader: Reader) -> None:
    kind(reader.sign_in(world.citizen).open("/meja"), 403)


def test_403_without_its_token_a_form_keeps_the_text(world: World, client: FlaskClient) -> None:
    page = kind(Page(client.post("/lapor", data={"text": WORDS}, headers={"Sec-Fetch-Site": "same-origin"})), 403)
    again = dict(page.form(button="Kirim lagi").fields)
    assert again["text"] == WORDS
    sent = Page(client.post("/lapor", data={**again, "langkah": "ubah"}))
    assert dict(sent.form(has="text").fields)["text"] == WORDS


def test_404_not_there_and_not_yours_are_one_answer(world: World, reader: Reader) -> None:
    hidden = make_report(world, actor=world.stranger, confidential=True)
    nowhere = new_number()
    there, empty = kind(reader.open(f"/laporan/{hidden.number}"), 404), kind(reader.open(f"/laporan/{nowhere}"), 404)
    assert there.html.replace(hidden.number, nowhere) == empty.html


def test_405_says_what_is_allowed(world: World, client: FlaskClient) -> None:
    answer = client.put("/lapor", data={"text": WORDS})
    kind(Page(answer), 405)
    assert client.open("/", method="TRACE").status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_409_somebody_was_faster_and_both_texts_are_shown(world: World, reader: Reader) -> None:
    receipt = assigned(world)
    page = reader.sign_in(world.officer).open(f"/laporan/{receipt.number}")
    move(receipt.number, MoveName.INTERIM_REPLY, world.second_officer, text="Petugas sudah berangkat pagi ini.")
    answer = reader.send(page, has="answer-version", **{"answer-text": WORDS})
    kind(answer, 409)
    assert WORDS.replace("<mati>", "&lt;mati&gt;") in answer.html
    assert "Petugas sudah berangkat pagi ini." in answer.html


def test_413_too_large(world: World, reader: Reader) -> None:
    page = reader.open("/lapor")
    kind(reader.send(page, button="periksa", text="a" * 10_000_000), 413)


def test_414_too_long_an_address(world: World, reader: Reader) -> None:
    kind(reader.open("/laporan?q=" + "lampu+" * 2000), 414)


def test_415_the_wrong_kind_of_body(world: World, client: FlaskClient) -> None:
    kind(Page(client.post("/lapor", json={"text": WORDS})), 415)


def test_422_the_field_is_named_and_the_text_kept(world: World, reader: Reader) -> None:
    page = kind(reader.send(reader.open("/lapor"), button="periksa", text=WORDS), 422)
    assert dict(page.form(has="text").fields)["text"] == WORDS
    assert "Pilih topik." in page.text


def test_429_too_many_tries_say_when_to_come_back(world: World, reader: Reader) -> None:
    with time_machine.travel(MONDAY, tick=False):  # the first wait is a second, which a busy machine needs for itself
        for _ in range(FREE_TRIES + 1):
            page = reader.send(reader.open("/masuk"), has="password", email="nur@contoh.example", password="salah sekali ini")
    kind(page, 429)
    assert int(page.response.headers["Retry-After"]) >= 1
    assert dict(page.form(has="password").fields)["email"] == "nur@contoh.example"


@pytest.mark.parametrize("url", ["sqlite:////nonexistent/folder/site.sqlite3", "postgresql+psycopg://nobody@127.0.0.1:1/site"])
def test_503_the_database_is_away(tmp_path: Path, url: str) -> None:
    client = create_app(make_settings(tmp_path, url)).test_client()
    answer = client.get("/laporan")
    kind(Page(answer), 503)
    assert int(answer.headers["Retry-After"]) >= 1


def test_every_answer_is_never_cached_by_others(world: World, readers: Callable[[], Reader]) -> None:
    reader = readers()
    for path in ("/tidak-ada", "/laporan?q=" + "a" * 9000):
        assert reader.open(path).response.headers["Cache-Control"] == "no-store"


def test_head_answers_as_get_does(app: Flask, world: World, client: FlaskClient) -> None:
    """Whoever only looks (a monitor, a preview) sends no form."""
    paths = sorted(
        rule.rule for rule in app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ()) and getattr(app.view_functions[rule.endpoint], "guard", None) == PUBLIC
    )  # fmt: skip
    assert {"/lapor", "/lacak", "/masuk", "/daftar"} <= set(paths)
    assert {path: client.head(path).status_code for path in paths} == {path: client.get(path).status_code for path in paths}
