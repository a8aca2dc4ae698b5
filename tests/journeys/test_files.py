"""Photos on a cheap phone: several at once, with and without script, and nothing chosen or typed is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.files import samples
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
Window = Callable[..., Page]
WORDS = "Lampu jalan di depan masjid mati sejak tiga hari lalu."


def photo(name: str, color: str = "green") -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": samples.picture(color=color)}


def writing(site: Site, window: Window, *, scripts: bool) -> Page:
    page = window(scripts=scripts)
    page.goto(f"{site.url}/lapor")
    page.fill("[name=text]", WORDS)
    return page


@pytest.mark.parametrize("scripts", [False, True])
def test_several_at_once_come_back_as_pictures_beside_what_is_wrong(site: Site, window: Window, scripts: bool, tmp_path: Path) -> None:
    page = writing(site, window, scripts=scripts)
    turned = tmp_path / "miring.jpg"
    turned.write_bytes(samples.turned_photo())
    bad = tmp_path / "gambar.jpg"
    bad.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page.set_input_files("[name=files]", [turned, bad])
    if not scripts:
        page.get_by_role("button", name="Tambahkan berkas").click()
    expect(page.locator(".files-item")).to_have_count(1)
    expect(page.locator("#files-error")).to_contain_text("gambar.jpg: Hanya foto")
    assert page.input_value("[name=text]") == WORDS
    source = page.locator(".files-thumb").get_attribute("src")
    shown = Image.open(io.BytesIO(page.request.get(f"{site.url}{source}").body()))
    assert shown.height > shown.width, "it was taken with the phone on its side"


def test_one_that_is_too_large_keeps_none_of_the_others_back(site: Site, window: Window) -> None:
    page = writing(site, window, scripts=True)
    large = {"name": "besar.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"a" * (10 * 1024 * 1024)}
    page.set_input_files("[name=files]", [photo("satu.jpg"), large, photo("dua.jpg", "red")])
    expect(page.locator(".files-item")).to_have_count(2)
    expect(page.locator("[data-told]")).to_contain_text("besar.jpg: Berkas ini lebih dari 10 MB")


def test_words_typed_while_a_photo_is_on_its_way_stay(site: Site, window: Window) -> None:
    page = writing(site, window, scripts=True)
    page.set_input_files("[name=files]", [photo("satu.jpg")])
    expect(page.locator(".files-item")).to_have_count(1)
    held: list[Route] = []
    page.route("**/lapor", lambda route: held.append(route))
    page.set_input_files("[name=files]", [photo("dua.jpg", "red")])
    expect(page.get_by_role("progressbar", name="Foto atau dokumen")).to_be_visible()
    page.locator(".files-item input").fill("Tiang miring")
    page.wait_for_timeout(200)
    held[0].continue_()
    expect(page.locator(".files-item")).to_have_count(2)
    assert page.locator(".files-item input").first.input_value() == "Tiang miring"


def test_what_was_cut_off_is_sent_again_by_the_button(site: Site, window: Window) -> None:
    page = writing(site, window, scripts=True)
    page.route("**/lapor", lambda route: route.abort())
    page.set_input_files("[name=files]", [photo("satu.jpg")])
    expect(page.locator("[data-told]")).to_contain_text("Pengiriman terputus")
    page.unroute("**/lapor")
    page.get_by_role("button", name="Tambahkan berkas").click()
    expect(page.locator(".files-item")).to_have_count(1)
    assert page.input_value("[name=text]") == WORDS
