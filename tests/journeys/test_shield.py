"""Private words in a real browser: asked about before they are public, masked later, gone from every path."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.report import confirm_address, open_move, press, write_report
from tests.journeys.test_main_job import COORDINATOR, OFFICER, track

pytestmark = pytest.mark.browser

NIK, PHONE, OFFICE, NAME = "8271011503900002", "0812-0000-0012", "0813-0000-0044", "Yohanis Rumagit"
WORDS = f"Petugas loket meminta uang. Saya {NAME}, NIK {NIK}, telepon {PHONE}. Mohon diperiksa."


def redact(coordinator: Page, ticket: str) -> None:
    """The request is filled in already; a reason is all that is missing, and its lack loses nothing."""
    coordinator.goto(f"{ticket}/samarkan")
    expect(coordinator.locator("[name=passages]")).to_have_value(NAME)
    coordinator.fill("[name=text]", "Nama pelapor disamarkan.")
    coordinator.get_by_role("button", name="Samarkan", exact=True).click()
    expect(coordinator.locator("[name=text]")).to_have_value("Nama pelapor disamarkan.")
    coordinator.select_option("[name=redact_reason]", "asked")
    coordinator.get_by_role("button", name="Samarkan", exact=True).click()
    coordinator.locator(".flash").first.wait_for()


@pytest.mark.parametrize("scripts", [False, True], ids=["no-script", "script"])
def test_private_words_from_the_form_to_the_redaction(site: Site, window: Callable[..., Page], scripts: bool) -> None:
    address = f"yohanis{int(scripts)}@warga.contoh.example"
    citizen = window(scripts=scripts)
    number, code = write_report(citizen, site.url, WORDS, email=address, scripts=scripts)
    ticket = f"{site.url}/laporan/{number}"
    [letter] = site.mail.to(address, about=number)
    confirm_address(window(scripts=scripts), letter)

    coordinator = window(COORDINATOR, scripts=scripts)
    coordinator.goto(ticket)
    open_move(coordinator, "verify_and_assign")
    coordinator.check("[name=verify_and_assign-grade][value=non_oversight]")
    press(coordinator, "verify_and_assign")

    officer = window(OFFICER, scripts=scripts)
    officer.goto(ticket)
    open_move(officer, "interim_reply")
    officer.fill("[name=interim_reply-text]", f"Pak {NAME}, hubungi petugas kami di {OFFICE}.")
    officer.locator("#langkah-interim_reply form button[type=submit]").last.click()
    expect(officer.locator("fieldset.shield")).to_contain_text(OFFICE)
    press(officer, "interim_reply")
    officer.get_by_role("button", name="Tampilkan aslinya").click()
    expect(officer.locator("main")).to_contain_text(NIK)
    mails = "".join(site.mail.to(address, about="hubungi petugas kami"))
    assert "08••-••••-••44" in mails
    assert OFFICE not in mails

    track(citizen, site, number, code)
    citizen.get_by_role("link", name="Samarkan bagian tulisan saya").click()
    citizen.fill("[name=passages]", NAME)
    citizen.get_by_role("button", name="Samarkan", exact=True).click()
    expect(citizen.locator(".flash").first).to_contain_text("meja koordinator")
    redact(coordinator, ticket)

    stranger = window(scripts=scripts)
    for path in (ticket, f"{site.url}/laporan", f"{site.url}/laporan?q=loket", f"{site.url}/laporan?q=Rumagit"):
        stranger.goto(path)
        shown = stranger.locator("main").inner_text()
        assert not any(words in shown for words in (NIK, PHONE, OFFICE, NAME)), path
    stranger.goto(ticket)
    expect(stranger.locator("main")).to_contain_text("Atas permintaan penulisnya")
