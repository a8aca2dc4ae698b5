"""axe finds nothing on the pages of any of the eight people, at a phone's and a desk's width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE, Site
from tests.journeys.report import write_report

pytestmark = pytest.mark.browser
# What axe reads is the same whatever database lies under it.
SITES = ("sqlite",)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
PUBLIC = ("/", "/lapor", "/laporan", "/lacak", "/layanan", "/unit", "/unit/malut-dishub", "/bantuan", "/tentang", "/masuk",
          "/masuk/lupa", "/daftar", "/tidak-ada")  # fmt: skip
STAFF = {
    "koordinator@malut.contoh.example": ("/meja", "/meja/loket", "/meja/petugas", "/meja/petugas/undang"),
    "petugas-dishub-1@malut.contoh.example": ("/meja", "/akun", "/akun/keamanan", "/akun/kunci-sandi", "/akun/akses"),
    "pimpinan@malut.contoh.example": ("/pantau", "/pantau/daftar?angka=masuk&unit=provinsi-maluku-utara"),
    "administrator@platform.contoh.example": ("/kelola", "/kelola/unit", "/kelola/layanan", "/kelola/orang"),
}


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    faults = [
        f"{page.url} {one['id']}: {one['help']} {[node['html'][:150] for node in one['nodes']][:3]}" for one in found
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return faults + ([f"{page.url} scrolls sideways by {wide} px"] if wide > 0 else [])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_public_pages(site: Site, window: Callable[..., Page], size: dict[str, int]) -> None:
    page = window(scripts=True, size=size)
    faults: list[str] = []
    for path in PUBLIC:
        page.goto(site.url + path)
        faults += _faults(page)
    assert faults == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_report_and_ticket(site: Site, window: Callable[..., Page], size: dict[str, int]) -> None:
    page = window(scripts=True, size=size)
    number, _code = write_report(page, site.url, "Lampu dekat balai desa mati total.", scripts=True)
    faults = _faults(page)
    page.goto(f"{site.url}/laporan/{number}")
    faults += _faults(page)
    staff = window("koordinator@malut.contoh.example", scripts=True, size=size)
    staff.goto(f"{site.url}/laporan/{number}")
    faults += _faults(staff)
    assert faults == []


@pytest.mark.parametrize("email", STAFF)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_rooms_of_staff(site: Site, window: Callable[..., Page], email: str, size: dict[str, int]) -> None:
    page = window(email, scripts=True, size=size)
    faults: list[str] = []
    for path in STAFF[email]:
        answer = page.goto(site.url + path)
        assert answer is not None
        assert answer.status == 200, path
        faults += _faults(page)
    assert faults == []
