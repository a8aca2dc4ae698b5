"""What the report form takes, refuses and never loses, whatever is sent to it."""

from __future__ import annotations

import pytest

from feedback.kernel.text import clean
from tests.factories import World
from tests.proof import solved
from tests.site import Page, Reader
from tests.tickets.steps import footprint
from tests.tickets.test_report_page import SOFIFI, TEXT, checked, errors_lead_to_fields, fields_of, post, stored, typed

FLOOD = "Tanah" + "\u0301" * 500 + " longsor di jalan"
HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> lampu mati",
    "svg": "<svg/onload=alert(1)>&lt;b&gt; <math><mi//xlink:href='data:x,<script>'> lampu",
    "template": "{{ 7*7 }} {% raw %} ${7*7} #{7*7} lampu mati",
    "sql": "'; DROP TABLE ticket; -- \" OR 1=1 % _ \\ lampu",
    "regex": "(a+)+$ [z-a] \\1 (?<=x lampu mati",
    "formula": "=HYPERLINK(\"http://x\") @SUM(1+1) lampu",
    "path": "../../../../etc/passwd\\..\\..\\ lampu mati",
    "brackets": "[" * 4_900 + "lampu" + "]" * 4_900,
    "addresses": "http://a.id " * 800,
    "names": "Nur'aini, H. Dr. (H.C.) Ir. Ma'ruf, O\u2019Neil; lampu",
    "jawi": "لمڤو جالن مات سجق تيݢ هاري",
    "javanese": "ꦭꦩ꧀ꦥꦸ ꦢꦭꦤ꧀ ꦩꦠꦶ ꦱꦼꦗꦼꦏ꧀ ꦠꦶꦒꦁ ꦢꦶꦤ",
    "balinese": "ᬮᬫ᭄ᬧᬸ ᬚᬮᬦ᭄ ᬫᬢᬶ ᬲᬸᬧᬾ ᬢᬶᬕᬂ ᬭᬳᬶᬦ",
    "emoji": "Lampu mati \U0001f926\U0001f3fd\u200d♀️\U0001f1ee\U0001f1e9 tolong",
    "entities": "&amp;amp; &#x3C; &nbsp; lampu mati",
    "lines": "satu baris\n\ndua baris\n  menjorok\ttab",
    "exactly the longest": "a" * 10_000,
    "exactly the shortest": "a" * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_taken_exactly_and_shown_as_words(world: World, reader: Reader, name: str) -> None:
    text = HOSTILE[name]
    page = checked(reader, world, text=text)
    assert fields_of(page)["text"].replace("\r\n", "\n") == clean(text)
    receipt = reader.send(page, button="kirim")
    if name == "addresses":  # a hundred links in no time: shown to be no machine
        receipt = reader.send(receipt, button="kirim", bukti=solved(receipt))
    assert receipt.status == 200
    [ticket] = stored()
    assert ticket.text == clean(text)
    if name != "lines":
        assert ticket.text == text.rstrip()
    shown = reader.open(f"/laporan/{ticket.number}")
    assert shown.status == 200
    assert " ".join(clean(text).split())[:200] in shown.text
    assert "49" not in shown.text or name != "template"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Lampu\x00 mati\x07 di\x1b[31m jalan", "Lampu mati di[31m jalan"),
        ("Lampu \u202emati\u202c di \u2066jalan\u2069", "Lampu mati di jalan"),
        ("Lampu mati\r\ndi jalan\rraya\u2028besar", "Lampu mati\ndi jalan\nraya\nbesar"),
        (FLOOD, None),
        ("Lampu mati di jalan\u0301\u0302", "Lampu mati di jalań\u0302"),
    ],
)
def test_what_cannot_be_shown_is_left_out_and_nothing_else(world: World, reader: Reader, text: str, kept: str | None) -> None:
    reader.send(checked(reader, world, text=text), button="kirim")
    [ticket] = stored()
    if kept is None:
        assert ticket.text.count("\u0301") <= 8
        assert ticket.text.endswith("longsor di jalan")
    else:
        assert ticket.text == kept


@pytest.mark.parametrize("raw", [b"Lampu mati \xed\xa0\x80 di jalan raya", b"Lampu mati \xff\xfe\xc3\x28 di jalan raya", b"\x80" * 20])
def test_bytes_that_are_no_text_are_malformed(world: World, reader: Reader, raw: bytes) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    from urllib.parse import quote_from_bytes, urlencode

    data = {**dict(form.fields), "langkah": "periksa", "topic": str(world.topic)}
    data.pop("text", None)
    body = urlencode(data) + "&text=" + quote_from_bytes(raw)
    page = Page(reader.client.post("/lapor", data=body, content_type="application/x-www-form-urlencoded"))
    assert page.status == 400  # no browser sends them, and signs of replacement are not what was written
    assert stored() == []


REFUSED = {
    "empty": "", "spaces": "   \n\t ", "zero width": "\u200b\u200c\u200d\ufeff\u2060" * 5, "emoji": "\U0001f62d" * 20,
    "one letter": "a", "one short of the shortest": "a" * 9, "longest and one": "a" * 10_001, "bidi only": "\u202e\u202d\u2066",
    "control only": "\x00\x01\x02", "marks only": "\u0301\u0301",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_words_stay_in_the_form_with_a_link_to_them(world: World, reader: Reader, name: str) -> None:
    before = footprint()
    page = reader.send(reader.open(SOFIFI), button="periksa", **typed(world, text=REFUSED[name], place="RT 5", anonymous="y"))
    assert page.status == 422
    assert "text" in errors_lead_to_fields(page)
    found = fields_of(page)
    assert found["text"] == clean(REFUSED[name])
    assert (found["place"], found["anonymous"], found["region"]) == ("RT 5", "y", "82.72.02.1003")
    assert footprint() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "gossip"), ("kind", None), ("topic", "999999"), ("topic", "x' OR 1"), ("topic", "-1"), ("topic", "9" * 30),
        ("service", "999999"), ("unit", "999999"), ("unit", "1e3"), ("event_date", "31-31-2026"), ("event_date", "2999-01-01"),
        ("event_date", "0000-00-00"), ("email", "bukan-surel"), ("email", "a@b"), ("email", "x" * 300 + "@contoh.example"),
        ("place", "a" * 201), ("name", "a" * 121), ("phone", "0" * 41),
    ],
)  # fmt: skip
def test_forged_and_wrong_fields_are_422_and_lose_nothing(world: World, reader: Reader, field: str, value: str | None) -> None:
    before = footprint()
    form = reader.open(SOFIFI).form(has="form_key")
    page = post(reader, form, langkah="kirim", **{**typed(world), field: value})
    if value in ("1e3",):  # nothing a number can be: as if none was chosen
        assert page.status == 200
        return
    assert page.status == 422, page.text
    assert fields_of(page)["text"] == TEXT
    errors_lead_to_fields(page)
    assert footprint() == before


@pytest.mark.parametrize("region", ["99.99", "82.72.02.1003; DROP", "%", "82.72.02.1003.1", "\x00", "9" * 500])
def test_a_forged_region_is_refused_and_loses_nothing(world: World, reader: Reader, region: str) -> None:
    form = reader.open("/lapor").form(has="form_key")
    page = post(reader, form, langkah="kirim", region=region, **typed(world))
    assert page.status == 422
    assert fields_of(page)["text"] == TEXT
    assert stored() == []


@pytest.mark.parametrize("key", ["", "x", "abc.def", "\u00e4.\u00f6", "a" * 5000])
def test_a_forged_key_is_replaced_and_loses_nothing(world: World, reader: Reader, key: str) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    page = post(reader, form, langkah="kirim", form_key=key, **typed(world))
    assert page.status == 422
    assert fields_of(page)["text"] == TEXT
    assert stored() == []
    again = reader.send(page, button="periksa")
    assert reader.send(again, button="kirim").status == 200
    assert len(stored()) == 1


def test_a_missing_token_is_403_with_the_words_still_there(world: World, reader: Reader) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    data = {**dict(form.fields), "langkah": "periksa", **typed(world)}
    data.pop("csrf_token")
    page = Page(reader.client.post("/lapor", data=data, headers={"Sec-Fetch-Site": "same-origin"}))
    assert page.status == 403
    assert TEXT in page.html
    assert reader.send(page, button="Kirim lagi").status == 200
    foreign = Page(reader.client.post("/lapor", data=data, headers={"Sec-Fetch-Site": "cross-site"}))
    assert foreign.status == 403
    assert TEXT not in foreign.html
    assert stored() == []


@pytest.mark.parametrize("step", ["", "x", "periksa\x00", "../kirim"])
def test_an_unknown_step_checks_and_never_sends(world: World, reader: Reader, step: str) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    assert post(reader, form, langkah=step, **typed(world)).status == 200
    assert stored() == []


def test_a_body_too_large_is_413(world: World, reader: Reader) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    page = post(reader, form, langkah="kirim", **typed(world, text="a" * 3_000_000))
    assert page.status == 413
    assert stored() == []


def test_other_methods_are_405_with_allow(world: World, reader: Reader) -> None:
    answer = reader.client.put("/lapor")
    assert answer.status_code in (403, 405)
    assert reader.client.delete("/laporan/MB-0000-0000/langkah").status_code in (403, 405)
