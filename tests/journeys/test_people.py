"""Each of the eight people once, with JavaScript off, on a phone or at a desk (what a person can do when this is done)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from feedback.kernel.clock import utc_now
from tests.journeys.conftest import Site
from tests.journeys.report import open_move, press, write_report

pytestmark = pytest.mark.browser
Window = Callable[..., Page]

COORDINATOR = "koordinator@malut.contoh.example"
OFFICER = "petugas-dishub-1@malut.contoh.example"
COLLEAGUE = "petugas-dishub-2@malut.contoh.example"
GOVERNOR = "pimpinan@malut.contoh.example"
ADMINISTRATOR = "administrator@platform.contoh.example"


def _assigned(site: Site, window: Window, words: str) -> tuple[Page, str, str]:
    """A verified report at Dinas Perhubungan: the reporter's window, the number and the ticket's address."""
    citizen = window(scripts=False)
    number, _code = write_report(citizen, site.url, words, scripts=False)
    coordinator = window(COORDINATOR, scripts=False)
    coordinator.goto(f"{site.url}/laporan/{number}")
    open_move(coordinator, "verify_and_assign")
    coordinator.check("[name=verify_and_assign-grade][value=normative]")
    press(coordinator, "verify_and_assign")
    return citizen, number, f"{site.url}/laporan/{number}"


def test_newcomer(site: Site, window: Window) -> None:
    page = window(scripts=False)
    page.goto(site.url)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("footer")).to_contain_text("Situs contoh")
    assert len(site.passwords) > 20
    assert all(len(password) >= 15 for password in site.passwords.values())
    assert len(set(site.passwords.values())) == len(site.passwords)


def test_citizen_changes_her_mind_and_presses_twice(site: Site, window: Window) -> None:
    page = window(scripts=False)
    page.goto(f"{site.url}/lapor")
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    expect(page.get_by_role("alert")).to_contain_text("Ada yang perlu diperbaiki")
    page.get_by_role("alert").get_by_role("link").first.click()
    page.fill("[name=text]", "Jembatan kecil di Sofifi berlubang besar.")
    page.select_option("[name=topic]", label="Lampu jalan")
    for region in ("Maluku Utara", "Oba Utara", "Sofifi"):
        page.select_option("[name=region_next]", label=region)
        page.click("#lanjut-wilayah")
    page.fill("[name=event_date]", (utc_now() + timedelta(days=5)).date().isoformat())
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    expect(page.get_by_role("alert")).to_contain_text("masa depan")
    assert page.input_value("[name=text]") == "Jembatan kecil di Sofifi berlubang besar."
    page.fill("[name=event_date]", "2026-01-05")
    page.check("[name=anonymous]")
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    page.get_by_role("button", name="Ubah Patokan tempat").click()
    assert page.input_value("[name=text]") == "Jembatan kecil di Sofifi berlubang besar."
    assert page.is_checked("[name=anonymous]")
    page.uncheck("[name=anonymous]")
    page.fill("[name=place]", "dekat pasar")
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    expect(page.locator("main")).to_contain_text("dekat pasar")
    page.get_by_role("button", name="Kirim laporan").click()
    first = re.search(r"MB-\w{4}-\w{4}", page.inner_text("main"))
    page.go_back()
    page.get_by_role("button", name="Kirim laporan").click()
    again = re.search(r"MB-\w{4}-\w{4}", page.inner_text("main"))
    assert first
    assert again
    assert first.group() == again.group()
    expect(page.locator("main")).to_contain_text("tidak ada laporan kedua")


def test_anyone_reads(site: Site, window: Window) -> None:
    _citizen, number, ticket = _assigned(site, window, "Lampu pasar padam, pedagang sore kesulitan melihat.")
    page = window(scripts=False)
    page.goto(f"{site.url}/laporan?q=pedagang&unit=malut-dishub&wilayah=82.72")
    expect(page.locator("main")).to_contain_text(number)
    page.goto(f"{site.url}/laporan?q=pedagang&status=closed")
    expect(page.locator("main")).not_to_contain_text(number)
    page.goto(ticket)
    expect(page.locator("main")).to_contain_text("Lampu pasar padam")
    expect(page.locator("main")).to_contain_text("Tanggal yang dijanjikan")
    page.goto(f"{site.url}/layanan")
    page.locator("main a[href^='/layanan/']").first.click()
    expect(page.locator("main")).to_contain_text("Persyaratan")
    page.goto(f"{site.url}/unit/malut-dishub")
    expect(page.locator("main")).to_contain_text("Dinas Perhubungan Provinsi Maluku Utara")
    page.locator("main a[href*='/lapor?']").first.click()
    expect(page.locator("h1")).to_contain_text("Tulis laporan")
    assert page.context.cookies() == [] or all(one["name"] == "sesi" for one in page.context.cookies())


def test_coordinator_asks_rejects_refers_and_records(site: Site, window: Window) -> None:
    citizen = window(scripts=False)
    number, _code = write_report(citizen, site.url, "Lampu mati di jalan dekat sekolah.", scripts=False)
    page = window(COORDINATOR, scripts=False)
    page.goto(f"{site.url}/meja")
    expect(page.locator("#ubin")).to_contain_text("Perlu diverifikasi")
    page.goto(f"{site.url}/laporan/{number}")
    open_move(page, "ask_completion")
    page.fill("[name=ask_completion-text]", "Sekolah yang mana?")
    press(page, "ask_completion")
    citizen.goto(f"{site.url}/laporan/{number}")
    expect(citizen.locator("main")).to_contain_text("Sekolah yang mana?")
    open_move(citizen, "complete")
    citizen.fill("[name=complete-text]", "SD Negeri dekat pelabuhan.")
    press(citizen, "complete")
    page.goto(f"{site.url}/laporan/{number}")
    open_move(page, "refer")
    page.select_option("[name=refer-authority_id]", index=1)
    page.fill("[name=refer-text]", "Tiang ini milik badan lain.")
    press(page, "refer")
    expect(page.locator("main")).to_contain_text("Di luar kewenangan")

    page.goto(f"{site.url}/meja/loket")
    page.fill("[name=text]", "Ibu di loket menyampaikan lampu gang padam.")
    page.select_option("[name=topic]", label="Lampu jalan")
    for region in ("Maluku Utara", "Oba Utara", "Sofifi"):
        page.select_option("[name=region_next]", label=region)
        page.click("#lanjut-wilayah")
    page.check("[name=channel][value=letter]")
    page.fill("[name=received_date]", (utc_now() - timedelta(days=4)).date().isoformat())
    page.fill("[name=received_time]", "09:30")
    page.get_by_role("button", name="Periksa sebelum mengirim").click()
    page.get_by_role("button", name="Kirim laporan").click()
    found = re.search(r"MB-\w{4}-\w{4}", page.inner_text("main"))
    assert found
    page.goto(f"{site.url}/laporan/{found.group()}")
    expect(page.locator("main")).to_contain_text("Surat")
    open_move(page, "reject")
    page.select_option("[name=reject-reject_reason]", value="unclear")
    page.fill("[name=reject-text]", "Alamat gang tidak disebut.")
    press(page, "reject")
    expect(page.locator("main")).to_contain_text("Tidak dapat diproses")


def test_officer_works_and_two_officers_do_not_overwrite(site: Site, window: Window) -> None:
    citizen, number, ticket = _assigned(site, window, "Lampu jalan berkedip di tikungan pelabuhan.")
    page, colleague = window(OFFICER, scripts=False), window(COLLEAGUE, scripts=False)
    page.goto(f"{site.url}/meja?antrean=unit")
    expect(page.locator("main")).to_contain_text(number)
    colleague.goto(ticket)
    page.goto(ticket)
    open_move(page, "claim")
    press(page, "claim")
    open_move(page, "start")
    press(page, "start")
    page.locator("#catatan summary").click()
    page.fill("[name=note-text]", "Rahasia dapur: gudang kehabisan balon lampu.")
    page.locator("#catatan form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Rahasia dapur")

    open_move(colleague, "interim_reply")
    colleague.fill("[name=interim_reply-text]", "Kami jadwalkan besok.")
    colleague.locator("#langkah-interim_reply form button[type=submit]").last.click()
    expect(colleague.locator("h1")).to_contain_text("sudah berubah")
    expect(colleague.locator("main")).to_contain_text("Mulai dikerjakan")
    assert colleague.input_value("[name=interim_reply-text]") == "Kami jadwalkan besok."
    colleague.get_by_role("button", name="Kirim berdasarkan keadaan terbaru").click()
    expect(colleague.locator("main")).to_contain_text("Kami jadwalkan besok.")

    page.goto(ticket)
    open_move(page, "hold")
    page.select_option("[name=hold-hold_reason]", value="waiting_material")
    page.fill("[name=hold-promised_date]", (utc_now() + timedelta(days=10)).date().isoformat())
    page.fill("[name=hold-text]", "Balon lampu dikirim dari Ternate.")
    press(page, "hold")
    expect(page.locator("main")).to_contain_text("Tertunda")
    open_move(page, "resume")
    press(page, "resume")
    open_move(page, "return_to_coordinator")
    page.select_option("[name=return_to_coordinator-proposed_unit_id]", index=2)
    page.fill("[name=return_to_coordinator-text]", "Ini jalan kota.")
    press(page, "return_to_coordinator")

    citizen.goto(ticket)
    shown = citizen.locator("main")
    expect(shown).to_contain_text("Balon lampu dikirim dari Ternate.")
    expect(shown).not_to_contain_text("Rahasia dapur")
    stranger = window(scripts=False)
    stranger.goto(ticket)
    expect(stranger.locator("main")).not_to_contain_text("Rahasia dapur")


def test_reporter_adds_and_withdraws(site: Site, window: Window) -> None:
    citizen, _number, ticket = _assigned(site, window, "Lampu taman mati, tempat anak bermain gelap.")
    citizen.goto(ticket)
    open_move(citizen, "add_information")
    citizen.fill("[name=add_information-text]", "Nomor tiangnya 17.")
    press(citizen, "add_information")
    stranger = window(scripts=False)
    stranger.goto(ticket)
    expect(stranger.locator("main")).not_to_contain_text("Nomor tiangnya 17")
    officer = window(OFFICER, scripts=False)
    officer.goto(ticket)
    expect(officer.locator("main")).to_contain_text("Nomor tiangnya 17")
    open_move(citizen, "withdraw")
    press(citizen, "withdraw")
    expect(citizen.locator("main")).to_contain_text("Dicabut")


def test_supervisor_finds_and_reassigns(site: Site, window: Window) -> None:
    _citizen, number, ticket = _assigned(site, window, "Lampu dermaga mati, nelayan pulang dalam gelap.")
    page = window(GOVERNOR, scripts=False)
    page.goto(f"{site.url}/pantau")
    expect(page.locator("main svg").first).to_be_visible()
    received = page.locator("main a[href*='angka=masuk']").first
    expected = int(re.sub(r"\D", "", received.inner_text()))
    assert expected > 0
    received.click()
    expect(page.locator("main")).to_contain_text("MB-")
    page.goto(ticket)
    open_move(page, "assign")
    options = page.locator("[name=assign-unit_id] option").all_text_contents()
    target = next(option for option in options if "Pekerjaan Umum" in option and "Maluku Utara" in option)
    page.select_option("[name=assign-unit_id]", label=target)
    page.fill("[name=assign-text]", "Tiang ini bagian proyek jalan.")
    press(page, "assign")
    expect(page.locator("main")).to_contain_text("Pekerjaan Umum")
    assert number in page.inner_text("main")


def test_administrator_adds_a_unit_a_rule_and_a_person(site: Site, window: Window) -> None:
    """Nobody needs SQL: from an empty place on the tree to somebody who signs in and works there."""
    page = window(ADMINISTRATOR, scripts=False)
    page.goto(f"{site.url}/kelola")
    expect(page.locator("h1")).to_have_count(1)
    page.goto(f"{site.url}/kelola/unit/baru?induk=malut-dishub")
    page.fill("[name=name]", "Bidang Dermaga Rakyat")
    page.fill("[name=short_name]", "Bid. Dermaga")
    page.fill("[name=slug]", "malut-dishub-dermaga")
    page.select_option("[name=kind]", value="division")
    _send_form(page, "name")
    page.goto(f"{site.url}/unit/malut-dishub-dermaga")
    expect(page.locator("h1")).to_contain_text("Bidang Dermaga Rakyat")

    page.goto(f"{site.url}/kelola/aturan/baru?wilayah=82.72.02.1002")
    page.select_option("[name=topic_id]", label="Kapal dan pelabuhan penyeberangan")
    option = page.locator("[name=unit_id] option", has_text="Bidang Dermaga Rakyat").first.get_attribute("value")
    page.select_option("[name=unit_id]", value=option)
    _send_form(page, "region_code")
    page.goto(f"{site.url}/kelola/aturan/coba")
    page.fill("[name=wilayah]", "82.72.02.1002")
    page.select_option("[name=topik]", label="Kapal dan pelabuhan penyeberangan")
    _send_form(page, "wilayah")
    expect(page.locator("main")).to_contain_text("Bidang Dermaga Rakyat")

    page.goto(f"{site.url}/kelola/orang/baru")
    page.fill("[name=name]", "Sitti Dermaga")
    page.fill("[name=email]", "sitti.dermaga@malut.contoh.example")
    _send_form(page, "email")
    shown = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3,}\b", page.inner_text("main"))
    assert shown, page.inner_text("main")
    page.locator("main a[href*='/kelola/orang/']").first.click()
    option = page.locator("[name=unit_id] option", has_text="Bidang Dermaga Rakyat").first.get_attribute("value")
    page.select_option("[name=unit_id]", value=option)
    page.select_option("[name=role]", value="officer")
    _send_form(page, "role")
    site.passwords["sitti.dermaga@malut.contoh.example"] = shown.group()
    officer = window("sitti.dermaga@malut.contoh.example", scripts=False)
    officer.goto(f"{site.url}/meja")
    expect(officer.locator("main")).to_contain_text("Bidang Dermaga Rakyat")


def _send_form(page: Page, field: str) -> None:
    """Press the button of the form that holds a field."""
    page.locator(f"main form:has([name={field}]) button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_have_count(0)
