"""Steps several journeys share: open an account, write a report, open a move, press its button."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site

REGIONS = ("Maluku Utara", "Oba Utara", "Sofifi")


def write_report(page: Page, url: str, words: str, *, scripts: bool, email: str = "", sealed: bool = False) -> tuple[str, str]:
    """Report a lamp in Sofifi; returns number and secret code."""
    page.goto(f"{url}/lapor")
    page.fill("[name=text]", words)
    page.select_option("[name=topic]", label="Lampu jalan")
    for region in REGIONS:
        page.select_option("[name=region_next]", label=region)
        if not scripts:
            page.click("#lanjut-wilayah")
        expect(page.locator(".place-chosen")).to_contain_text(region)
    page.fill("[name=name]", "Nur Aini")
    page.fill("[name=email]", email)
    if sealed:
        page.check("[name=anonymous]")
        page.check("[name=confidential]")
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    expect(page.locator("main")).to_contain_text("Dinas Perhubungan Provinsi Maluku Utara")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("main")).to_contain_text("Laporan diterima")
    receipt = page.inner_text("main")
    number = re.search(r"MB-\w{4}-\w{4}", receipt)
    code = re.search(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", receipt)
    assert number, receipt
    assert code, receipt
    return number.group(), code.group()


def open_move(page: Page, name: str) -> None:
    """Unfold a move's form."""
    panel = page.locator(f"#langkah-{name}")
    if panel.get_attribute("open") is None:
        panel.locator("summary").first.click()


def press(page: Page, name: str) -> None:
    """Send a move's form and wait for the page it leads to."""
    page.locator(f"#langkah-{name} form button[type=submit]").last.click()
    page.locator(".flash").first.wait_for()


def confirm_address(page: Page, letter: str) -> None:
    """Follow the link of the first letter and say yes: without that nothing more is written to a typed address."""
    link = re.search(r"http\S+/surat/\S+", letter)
    assert link, letter
    page.goto(link.group())
    page.get_by_role("button", name="Ya, kirim kabar ke alamat ini").click()
    expect(page.locator("main")).to_contain_text("kabar laporan dikirim ke alamat Anda")


def register(site: Site, page: Page, email: str) -> None:
    """Ask for the letter, open its link, and be signed in."""
    page.goto(f"{site.url}/daftar")
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Kirim tautan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa surel Anda")
    (letter,) = site.mail.to(email, about="/daftar/")
    link = re.search(r"http://\S+/daftar/\S+", letter)
    assert link, letter
    page.goto(link.group())
    page.fill("[name=name]", "Nur Warga")
    page.fill("[name=password]", "kopi pagi di dermaga timur")
    page.get_by_role("button", name="Buat akun").click()
    page.wait_for_url("**/akun")
