"""Passkeys in a real Chromium with a virtual authenticator; without script the other ways are told."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.report import register

pytestmark = pytest.mark.browser
Window = Callable[..., Page]
PHONE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def _registered(site: Site, page: Page) -> None:
    register(site, page, f"nur-{secrets.token_hex(4)}@warga.example")


def _with_device(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]


def test_made_on_the_phone_and_used_to_sign_in(site: Site, window: Window) -> None:
    page = window(scripts=True)
    _registered(site, page)
    session, device = _with_device(page)
    page.get_by_role("link", name="Keamanan akun").click()
    page.get_by_role("link", name="Atur kunci sandi").click()
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.locator("[data-status]")).to_have_text("")  # the browser asks for the name first
    page.get_by_label("Nama kunci sandi").fill("ponsel saya")
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.locator("#daftar")).to_contain_text("ponsel saya")
    page.get_by_label("Nama kunci sandi").fill("sekali lagi")
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.locator("[data-status]")).to_contain_text("sudah punya kunci sandi")
    page.get_by_role("button", name="Keluar").click()

    page.goto(f"{site.url}/masuk?lanjut=/lapor")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    expect(page.locator("[data-status]")).to_contain_text("tidak jadi dipakai")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    page.wait_for_url("**/lapor")
    expect(page.get_by_role("button", name="Keluar")).to_be_visible()


def test_without_script_the_other_ways_are_told(site: Site, window: Window) -> None:
    page = window(scripts=False)
    _registered(site, page)
    page.goto(f"{site.url}/akun/kunci-sandi")
    expect(page.get_by_role("button", name="Buat kunci sandi")).to_be_hidden()
    expect(page.locator("#baru")).to_contain_text("memerlukan JavaScript")
    page.get_by_role("button", name="Keluar").click()
    page.goto(f"{site.url}/masuk")
    expect(page.get_by_role("button", name="Masuk dengan kunci sandi")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("memerlukan JavaScript")
    expect(page.get_by_label("Kata sandi")).to_be_visible()
