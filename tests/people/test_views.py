from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.people.actions import change_own_password, set_active, sign_in
from feedback.people.models import BrowserSession, Person
from feedback.people.queries.registration import registration_token
from feedback.storage.session import db
from tests.factories import PASSWORD, World
from tests.people.codes import set_up_app
from tests.site import Page, Reader

NEW = "sepeda hijau di tepi laut"


def email_of(person_id: int | None) -> str:
    db.session.rollback()
    email = db.session.scalars(select(Person.email).where(Person.id == person_id)).one()
    db.session.rollback()
    return email


def sign_ins() -> int:
    db.session.rollback()  # a reading snapshot from before the requests knows nothing of them
    return len(db.session.scalars(select(BrowserSession).where(BrowserSession.person_id.is_not(None))).all())


def try_to_enter(reader: Reader, email: str, password: str, lanjut: str = "") -> Page:
    page = reader.open("/masuk", query_string={"lanjut": lanjut})
    return reader.send(page, has="password", email=email, password=password)


def test_sign_in_leads_to_the_page_that_asked(world: World, reader: Reader) -> None:
    page = reader.open("/akun")
    assert page.path == "/masuk"
    page = reader.send(page, has="password", email=email_of(world.citizen.person_id), password=PASSWORD)
    assert (page.status, page.path) == (200, "/akun")
    assert "Nur Warga" in page.html


@pytest.mark.parametrize("away", ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:x"])
def test_sign_in_never_leads_to_another_site(world: World, reader: Reader, away: str) -> None:
    page = reader.open("/masuk", query_string={"lanjut": away})
    email = email_of(world.citizen.person_id)
    page = reader.send(page, has="password", follow=False, email=email, password=PASSWORD)
    assert (page.status, page.response.location) == (303, "/akun")


@pytest.mark.parametrize(
    ("who", "room"),
    [("citizen", "/akun"), ("administrator", "/kelola"), ("officer", "/meja"), ("governor", "/meja"), ("inspector", "/pantau")],
)
def test_everybody_begins_in_their_own_room(world: World, reader: Reader, who: str, room: str) -> None:
    page = try_to_enter(reader, email_of(getattr(world, who).person_id), PASSWORD)
    if who != "citizen":
        page = set_up_app(reader, page)[0]
        assert page.path == "/masuk/kode"
        assert room in page.links
    else:
        assert page.path == room


def test_wrong_password_unknown_address_and_closed_account_read_the_same(world: World, readers: Callable[[], Reader]) -> None:
    email = email_of(world.citizen.person_id)
    wrong = try_to_enter(readers(), email, "bukan kata sandinya")
    unknown = try_to_enter(readers(), "siapa@contoh.example", "bukan kata sandinya")
    set_active(world.citizen.person_id or 0, False, by=None)
    closed = try_to_enter(readers(), email, PASSWORD)
    for page in (wrong, unknown, closed):
        assert page.status == 422
        assert "Surel atau kata sandi salah." in page.text
    assert f'value="{email}"' in wrong.html
    assert "bukan kata sandinya" not in wrong.html


def test_too_many_tries_wait_and_keep_the_address(world: World, reader: Reader) -> None:
    email = email_of(world.citizen.person_id)
    for _ in range(6):
        page = try_to_enter(reader, email, "bukan kata sandinya")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) >= 1
    assert f'value="{email}"' in page.html
    assert "Terlalu banyak percobaan" in page.text


def test_the_session_is_new_after_sign_in(app: Flask, world: World, reader: Reader) -> None:
    with reader.client.session_transaction() as session:
        session["tracked"] = [7]
        session["planted"] = "by somebody else"
    assert try_to_enter(reader, email_of(world.citizen.person_id), PASSWORD).path == "/akun"
    with reader.client.session_transaction() as session:
        assert "planted" not in session
        assert "tracked" not in session


def test_a_copied_cookie_is_worthless_after_sign_out(app: Flask, world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    reader.sign_in(world.citizen)
    cookie = reader.client.get_cookie("sesi")
    assert cookie is not None
    page = reader.send(reader.open("/akun"), button="Keluar")
    assert page.path == "/"
    copy = readers()
    copy.client.set_cookie("sesi", cookie.value)
    assert copy.open("/akun").path == "/masuk"
    assert sign_ins() == 0


def test_sign_out_by_a_link_is_not_possible(world: World, reader: Reader) -> None:
    reader.sign_in(world.citizen)
    assert reader.open("/keluar").status == 405
    assert reader.open("/akun").path == "/akun"


def test_signing_in_over_a_sign_in_ends_the_earlier_one(world: World, reader: Reader) -> None:
    form = reader.open("/masuk")  # opened in a second window before the first one signed in
    assert try_to_enter(reader, email_of(world.citizen.person_id), PASSWORD).path == "/akun"
    reader.client.get("/akun")
    with reader.client.session_transaction() as session:
        token = session["csrf_token"]
    assert token
    account = reader.open("/akun").form(button="Keluar")
    csrf = dict(account.fields)["csrf_token"]
    email = email_of(world.stranger.person_id)
    page = reader.send(form, has="password", email=email, password=PASSWORD, csrf_token=csrf)
    assert page.path == "/akun"
    assert "Orang Asing" in page.text
    assert sign_ins() == 1


def test_account_changes_name_and_language(world: World, reader: Reader) -> None:
    reader.sign_in(world.citizen)
    page = reader.send(reader.open("/akun"), has="name", name="H. Dr. (H.C.) Nur", locale="en")
    assert page.status == 200
    assert "H. Dr. (H.C.) Nur" in page.text
    refused = reader.send(page, has="name", name="")
    assert refused.status == 422


def test_staff_see_their_roles(world: World, reader: Reader) -> None:
    page = reader.sign_in(world.officer).open("/akun")
    assert "Petugas, Dinas Perhubungan" in page.text


def test_a_new_password_needs_the_old_one_and_signs_others_out(world: World, readers: Callable[[], Reader]) -> None:
    here, elsewhere = readers().sign_in(world.citizen), readers().sign_in(world.citizen)
    wrong = here.send(here.open("/akun"), has="current_password", current_password="salah sama sekali", password=NEW)
    assert wrong.status == 422
    assert "Kata sandi sekarang salah." in wrong.text
    weak = here.send(here.open("/akun"), has="current_password", current_password=PASSWORD, password="pendek")
    assert weak.status == 422
    assert elsewhere.open("/akun").path == "/akun"
    done = here.send(here.open("/akun"), has="current_password", current_password=PASSWORD, password=NEW)
    assert (done.status, done.path) == (200, "/akun")
    assert here.open("/akun").path == "/akun"
    assert elsewhere.open("/akun").path == "/masuk"
    assert sign_in(email_of(world.citizen.person_id), NEW, source="10.0.0.1")


def test_a_weak_new_password_changes_nothing(world: World) -> None:
    email = email_of(world.officer.person_id)
    token = sign_in(email, PASSWORD, source="10.0.0.1")
    with pytest.raises(Exception, match="paling sedikit 15"):
        change_own_password(email, PASSWORD, "kursi biru 77", source="10.0.0.1")
    assert token
    assert sign_ins() == 1


def test_a_form_without_a_token_offers_what_was_typed(app: Flask, world: World, reader: Reader) -> None:
    link = f"/daftar/{registration_token('siti@contoh.example')}"
    text = "Nama yang panjang\nsekali."
    values = {"name": text, "password": NEW, "locale": "en"}
    page = Page(reader.client.post(link, data=values, headers={"Sec-Fetch-Site": "same-origin"}))
    assert page.status == 403
    form = page.form(has="name")
    assert form.action.startswith(link)
    assert dict(form.fields)["name"] == text
    assert NEW not in page.html
    sent = reader.send(page, has="name", name="Siti", password=NEW)
    assert sent.path == "/akun"


def test_another_site_gets_nothing_offered(world: World, reader: Reader) -> None:
    page = Page(reader.client.post("/daftar", data={"name": "dari luar"}, headers={"Sec-Fetch-Site": "cross-site"}))
    assert page.status == 403
    assert "dari luar" not in page.html


def test_pages_of_accounts_are_never_kept_by_caches(world: World, reader: Reader) -> None:
    for path in ("/masuk", "/daftar"):
        assert "no-store" in reader.open(path).response.headers["Cache-Control"]


def test_reading_the_own_account_costs_few_statements(world: World, reader: Reader, statements: list[str]) -> None:
    reader.sign_in(world.officer)
    statements.clear()
    reader.open("/akun")
    assert len(statements) <= 3, statements  # who asks, absences, digests
