"""The main job in a real browser: Sofifi's street lamp, from the report to whose time it was (done means this)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.report import confirm_address, open_move, press, write_report

pytestmark = pytest.mark.browser

COORDINATOR = "koordinator@malut.contoh.example"
OFFICER = "petugas-dishub-1@malut.contoh.example"
HEAD = "kepala-dishub@malut.contoh.example"
GOVERNOR = "pimpinan@malut.contoh.example"
WORDS = "Lampu jalan di depan masjid mati sejak tiga hari lalu.\n\nAnak-anak pulang mengaji dalam gelap."


@pytest.mark.parametrize("scripts", [False, True], ids=["no-script", "script"])
def test_a_lamp_in_sofifi(site: Site, window: Callable[..., Page], scripts: bool) -> None:
    address = f"nur{int(scripts)}@warga.contoh.example"
    citizen = window(scripts=scripts)
    number, code = write_report(citizen, site.url, WORDS, email=address, scripts=scripts)
    ticket = f"{site.url}/laporan/{number}"
    [letter] = site.mail.to(address, about=number)
    assert code not in letter
    confirm_address(window(scripts=scripts), letter)

    stranger = window(scripts=scripts)
    stranger.goto(ticket)
    expect(stranger.locator("main")).to_contain_text("Belum terverifikasi")
    expect(stranger.locator("main")).not_to_contain_text("pulang mengaji")

    coordinator = window(COORDINATOR, scripts=scripts)
    coordinator.goto(f"{site.url}/meja")
    coordinator.goto(ticket)
    open_move(coordinator, "verify_and_assign")
    coordinator.check("[name=verify_and_assign-grade][value=non_oversight]")
    press(coordinator, "verify_and_assign")
    expect(coordinator.locator("main")).to_contain_text("Terdisposisi")
    assert site.mail.to(OFFICER, about=number)

    officer = window(OFFICER, scripts=scripts)
    officer.goto(f"{site.url}/meja")
    officer.get_by_role("link", name=re.compile("Lampu jalan di depan masjid")).first.wait_for()
    officer.goto(ticket)
    open_move(officer, "answer")
    officer.fill("[name=answer-text]", "Lampu sudah kami ganti tadi sore.")
    press(officer, "answer")
    expect(officer.locator("main")).to_contain_text("Menunggu konfirmasi pelapor")
    assert site.mail.to(address, about="Lampu sudah kami ganti")

    track(citizen, site, number, code)
    open_move(citizen, "dispute")
    citizen.fill("[name=dispute-text]", "Malam ini masih gelap.")
    press(citizen, "dispute")
    expect(citizen.locator("main")).to_contain_text("Disanggah")

    officer.goto(ticket)
    expect(officer.locator("#langkah-review_answer")).to_have_count(0)

    head = window(HEAD, scripts=scripts)
    head.goto(ticket)
    open_move(head, "review_answer")
    head.fill("[name=review_answer-text]", "Kami periksa sendiri: kabelnya putus dan sudah disambung.")
    press(head, "review_answer")

    citizen.goto(ticket)
    open_move(citizen, "confirm")
    press(citizen, "confirm")
    expect(citizen.locator("main")).to_contain_text("Selesai")

    stranger.goto(ticket)
    shown = stranger.locator("main")
    expect(shown).to_contain_text("kabelnya putus dan sudah disambung")
    expect(shown).to_contain_text("Dinas Perhubungan Provinsi Maluku Utara")

    supervisor = window(GOVERNOR, scripts=scripts)
    supervisor.goto(f"{site.url}/pantau")
    expect(supervisor.locator("main")).to_contain_text("Dinas Perhubungan")
    supervisor.goto(f"{site.url}/pantau/laporan/{number}")
    shown = supervisor.locator("main")
    expect(shown).to_contain_text(re.compile("[Pp]utaran 1"))
    expect(shown).to_contain_text(re.compile("[Pp]utaran 2"))
    expect(shown).to_contain_text("Dinas Perhubungan Provinsi Maluku Utara")


def track(page: Page, site: Site, number: str, code: str) -> None:
    """Open a ticket by its number and secret code, from a window that forgot it."""
    page.context.clear_cookies()
    page.goto(f"{site.url}/lacak")
    page.fill("[name=number], [name=nomor]", number.lower().replace("-", " "))
    page.fill("[name=code], [name=kode]", code.lower())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/laporan/{number}")
