"""A supervisor of Tanjungpinang: the slowest unit, the reports behind its p90, whose days they were, an instruction, the files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import openpyxl
import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Site
from tests.journeys.report import open_move, press

pytestmark = pytest.mark.browser

SUPERVISOR = "pimpinan@tanjungpinang.contoh.example"
SLOWEST = "Dinas PUPR Tanjungpinang"
WORDS = "Datangi lokasinya besok pagi dan beri kabar kepada pelapor."


@pytest.mark.parametrize("scripts", [False, True], ids=["no-script", "script"])
def test_from_the_worst_p90_to_the_files(site: Site, window: Callable[..., Page], scripts: bool) -> None:
    page = window(SUPERVISOR, scripts=scripts, size=PHONE)
    page.goto(f"{site.url}/pantau/bantuan")
    first = page.locator("table").first.locator("tbody tr").first
    expect(first.locator("th")).to_have_text(SLOWEST)
    # n opens every report that the p90 was counted from: ten and more.
    count = first.locator("td").last.locator("a")
    number = int(count.inner_text())
    count.click()
    expect(page.locator("h1")).to_contain_text(f": {number}")
    rows = page.locator("main table tbody tr")
    assert number == rows.count() >= 10
    seen = page.url
    rows.first.locator("a.number").click()
    expect(page.locator("main")).to_contain_text("Waktu siapa")
    expect(page.locator("main table.bars").first).to_contain_text("Penataan Ruang")

    page.goto(f"{site.url}/pantau")
    escalated = page.locator(".tile", has_text="Dieskalasi")
    before = _escalated(page, site)
    escalated.click()
    page.locator("a.number").first.click()
    page.get_by_role("link", name="Buka laporan dan langkahnya").click()
    open_move(page, "instruct")
    page.fill("[name=instruct-text]", WORDS)
    press(page, "instruct")
    expect(page.locator("main")).to_contain_text(WORDS)
    page.goto(f"{site.url}/pantau")
    expect(page.locator(".tile", has_text="Dieskalasi").locator(".tile-number")).to_have_text(str(before - 1))

    slug = re.search(r"unit=([\w-]+)", seen)
    assert slug is not None
    page.goto(f"{site.url}/pantau?unit={slug.group(1)}")
    page.get_by_role("button", name="Simpan sebagai laporan").click()
    _files_agree(page)


def _escalated(page: Page, site: Site) -> int:
    """The worker climbs the ladder of what the stories left late: wait until it has."""
    for _ in range(120):
        number = int(page.locator(".tile", has_text="Dieskalasi").locator(".tile-number").inner_text())
        if number:
            return number
        page.wait_for_timeout(1000)
        page.goto(f"{site.url}/pantau")
    raise AssertionError("nothing was escalated")


def _files_agree(page: Page) -> None:
    """CSV, XLSX and PDF hold the figures of the page to the last digit."""
    page.wait_for_url(re.compile("laporan-berkala"))
    base = page.url.split("?")[0]
    shown = [
        [cell.strip() for cell in row.locator("td").all_inner_texts()] for row in page.locator("main table tbody tr").all()
    ]
    text = page.request.get(f"{base}.csv").body().decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text))
    counts, times = shown[: len(rows)], shown[len(rows) :]
    assert [[cell.replace("–", "") for cell in (*one, *other)] for one, other in zip(counts, times, strict=True)] == [
        [cell if cell != "None" else "" for cell in row[5:]] for row in rows
    ]
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{base}.xlsx").body()))
    _, sheet, waits = book.worksheets
    kept = [
        [*one[1:], *other[1:]]
        for one, other in zip(
            sheet.iter_rows(min_row=2, values_only=True), waits.iter_rows(min_row=2, values_only=True), strict=True
        )
    ]
    assert kept == [[float(cell) if cell else None for cell in row[5:]] for row in rows]
    made = page.request.get(f"{base}.pdf").body()
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        words = _words(document)
    for row in rows:
        for cell in row[5:]:
            assert not cell or cell in words, cell
    assert urlsplit(base).path.rsplit("/", 1)[1] in "".join(words.split())


def _words(document: pikepdf.Pdf) -> str:
    """The text of every page, by the maps from glyphs to characters that a screen reader uses."""
    return " ".join(_page_words(page) for page in document.pages)


def _page_words(page: pikepdf.Page) -> str:
    maps = {name: _characters(font) for name, font in page.Resources.Font.items()}
    found: list[str] = []
    current: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    found += [current.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2)]
        elif str(operator) == "ET":
            found.append(" ")
    return "".join(found)


def _characters(font: pikepdf.Object) -> dict[int, str]:
    text = font.ToUnicode.read_bytes().decode("latin-1")
    return {
        int(code, 16): bytes.fromhex(value).decode("utf-16-be")
        for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL)
        for code, value in re.findall(r"<(\w+)>\s*<(\w+)>", block)
    }


@pytest.mark.parametrize("path", ["/pantau", "/pantau/bantuan", "/pantau/alur", "/pantau/waktu"])
def test_on_paper_nothing_is_cut_off_and_nothing_is_a_button(site: Site, window: Callable[..., Page], path: str) -> None:
    page = window(SUPERVISOR, scripts=False, size={"width": 1030, "height": 700})  # A4 on its side, without its margins
    page.goto(f"{site.url}{path}")
    page.emulate_media(media="print")
    assert page.locator(".tabs, .button").count() > 0
    assert not page.evaluate("[...document.querySelectorAll('.tabs, .button, .filters')].filter(each => each.offsetParent).length")
    widths = page.evaluate("[...document.querySelectorAll('.table-frame')].map(each => [each.scrollWidth, each.clientWidth])")
    assert widths
    assert all(needed <= given for needed, given in widths)
