"""Back into an account by mail on a phone without script; a code at the desk; a password that can be looked at."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.report import register

pytestmark = pytest.mark.browser
Window = Callable[..., Page]
OFFICER = "petugas-dishub-2@malut.contoh.example"


def test_a_forgotten_password_on_a_phone_without_script(site: Site, window: Window) -> None:
    page, email = window(scripts=False), f"nur-{secrets.token_hex(4)}@warga.example"
    register(site, page, email)
    page.get_by_role("button", name="Keluar", exact=True).click()

    page.goto(f"{site.url}/masuk")
    page.get_by_role("link", name="Lupa kata sandi?").click()
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Kirim tautan").click()
    expect(page.locator("main")).to_contain_text(email)
    (letter,) = site.mail.to(email, about="/masuk/pulihkan/")
    link = re.search(r"http://\S+/masuk/pulihkan/\S+", letter)
    assert link is not None
    page.goto(link[0])
    page.fill("[name=password]", "layar biru kapal pulang")
    page.get_by_role("button", name="Ganti kata sandi").click()
    page.fill("[name=email]", email)
    page.fill("[name=password]", "layar biru kapal pulang")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/akun")
    page.goto(link[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak berlaku lagi")


@pytest.mark.parametrize("scripts", [False, True])
def test_staff_show_a_code_and_see_where_they_are_signed_in(site: Site, window: Window, scripts: bool) -> None:
    site.known.pop(OFFICER, None)
    page = window(OFFICER, scripts=scripts)
    expect(page.get_by_role("link", name="Meja")).to_be_visible()
    page.goto(f"{site.url}/akun/keamanan")
    expect(page.locator("#perangkat")).to_contain_text("peramban ini")
    expect(page.locator("#kode")).to_contain_text("kode dari aplikasi")


def test_a_password_can_be_looked_at_and_is_hidden_again_before_it_goes(site: Site, window: Window) -> None:
    page = window(scripts=True)
    page.goto(f"{site.url}/masuk")
    field, button = page.locator("[name=password]"), page.locator("[data-show]")
    page.fill("[name=email]", "nur@warga.example")
    field.fill("kopi pagi")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")
    button.click()
    page.evaluate("document.querySelector('main form').addEventListener('submit', event => event.preventDefault())")
    page.locator("main form button[type=submit]").first.click()
    expect(field).to_have_attribute("type", "password")
    bare = window(scripts=False)
    bare.goto(f"{site.url}/masuk")
    expect(bare.locator("[data-show]")).to_be_hidden()
