"""Answers at the edge: a host we are not, a sign-in that ended while somebody wrote, a language link after a form."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.site import Page, Reader


@pytest.mark.parametrize("host", ["evil.example", "", "localhost:99999", "127.0.0.1.evil.example"])
def test_a_host_we_are_not_gets_a_plain_refusal(plain_app: Flask, host: str) -> None:
    answer = plain_app.test_client().get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert b"Traceback" not in answer.data


def test_a_sign_in_that_ended_takes_no_text_with_it(world: World, reader: Reader) -> None:
    page = reader.sign_in(world.coordinator).open("/meja/loket")
    token = dict(page.form(has="text").fields)["csrf_token"]
    reader.client.delete_cookie("sesi")
    other = reader.open("/masuk")
    token = dict(other.form(has="password").fields)["csrf_token"]
    words = "Ibu di loket bercerita panjang tentang lampu."
    answer = Page(reader.client.post("/meja/loket", data={"csrf_token": token, "text": words}, headers={"Sec-Fetch-Site": "same-origin"}))
    assert answer.status == 401
    assert words in answer.html
    assert answer.form(button="Kirim lagi").action.startswith("/meja/loket")


def test_without_a_known_origin_the_text_is_shown_but_not_offered_for_sending(world: World, client: FlaskClient) -> None:
    answer = Page(client.post("/lapor", data={"text": "Tulisan yang jangan hilang."}))
    assert answer.status == 403
    assert "Tulisan yang jangan hilang." in answer.html
    assert "Kirim lagi" not in answer.text


def test_a_page_made_by_a_form_has_no_language_link(world: World, reader: Reader) -> None:
    page = reader.open("/lapor")
    assert any("bahasa=en" in link for link in page.links)
    answer = reader.send(page, button="periksa", text="")
    assert not any("bahasa=" in link for link in answer.links)


def test_a_page_of_the_form_can_be_shown_again_by_the_back_button(world: World, client: FlaskClient) -> None:
    answer = client.get("/lapor", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" not in answer.headers["Vary"]


def test_refusals_are_lines_in_the_log_that_name_officials_and_nobody_else(
    world: World, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        reader.sign_in(world.officer).open("/kelola")
        reader.client.delete_cookie("sesi")
        reader.sign_in(world.citizen).open("/meja")
        reader.client.post("/lapor", data={"text": "Tulisan"}, headers={"User-Agent": "Telepon Siti"})
        reader.client.get("/", headers={"Host": "evil.example"})
        reader.client.delete_cookie("sesi")
        reader.send(reader.open("/masuk"), has="password", email="siti@contoh.id", password="tebakan yang panjang")
        reader.send(reader.open("/lacak"), has="nomor", nomor="MB-7Q2K-4F0F", kode="ABCD-EFGH-JKMN-PQRS")
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("refused")]
    assert lines == [
        f"refused 403 at admin.home by {world.officer.person_id}",
        "refused 403 at tickets.desk by -",
        "refused form token at tickets.report by -",
        "refused unknown host",
        "refused proof of account",
        "refused proof of track",
    ]
    assert not any(word in "".join(lines) for word in ("Telepon", "127.0.0.1", "evil", "siti", "7Q2K"))
