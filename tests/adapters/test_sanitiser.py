from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.adapters.sanitiser import REL, SCHEMES, TAGS, VERSION, clean_staff_html, words_of

HOSTILE = (
    "<script>alert(1)</script>",
    "<p>a<script>alert(1)</script>b</p>",
    "<img src=x onerror=alert(1)>",
    "<p><img src=x onerror=alert(1)></p>",
    "<svg onload=alert(1)><p>x</p>",
    "<p onclick=alert(1) style='position:fixed' class=x id=y>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#115;cript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/relative'>x</a>",
    "<a href='https://ok.example' target=_top onmouseover=alert(1) rel=opener>x</a>",
    "<a href=\"https://ok.example/'onclick='alert(1)\">x</a>",
    '<a href="https://ok.example/&quot; onclick=&quot;alert(1)">x</a>',
    "<p><style><!--</style><img src=x onerror=alert(1)>--></style></p>",
    '<p>a<svg><p><style><a title="</style><img src=x onerror=alert(1)>">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'><p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=//evil><p><input name=password><button>ok</button></form>",
    "<p><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href=//evil><p><a href=x>x</a>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<scr<p>ipt>alert(1)</scr</p>ipt>",
    "<p><!--[if IE]><script>alert(1)</script><![endif]--></p>",
    "<<p>script>alert(1)<</p>/script>",
    "<p\x00 onclick=alert(1)>x</p>",
    "<textarea></textarea><p><img src=x onerror=alert(1)>",
    "<p>{{ config }} {% raw %} ${7*7}</p>",
    "https://ok.example/\"onmouseover=alert(1)",
    "<ul><li><a href='https://x.example'><a href='javascript:1'>y</a></li></ul>",
    "<xmp><p></xmp><img src=x onerror=alert(1)>",
    "<plaintext><p><img src=x onerror=alert(1)>",
    "<select><p><template><script>alert(1)</script>",
)
PIECES = st.sampled_from([
    "<p>", "</p>", "<a href='https://x.example'>", "<a href=javascript:1>", "</a>", "<b>", "<script>", "</script>", "<style>",
    "<!--", "-->", "<svg>", "<math>", "<title>", "</title>", "<textarea>", "<ul>", "<li>", "</ul>", "<strong>", "</strong>",
    "<em>", "<blockquote>", "<table>", "<td>", "<select>", "<plaintext>", "<![CDATA[", "<?x", "a\n", "\n\n", "&", "&lt;",
    "&#60;", "&amp", "<", ">", '"', "'", "<br>", "x ", "http://a.example", "\x00", "\x0c", "\u202e", "\u200b", "  ", " onclick=1 ",
])  # fmt: skip


class _Reader(HTMLParser):
    """Reads html as a browser would and notes what is not allowed in it."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in TAGS or set(given) - ({"href", "rel"} if tag == "a" else set()):
            self.wrong.append(f"{tag} {given}")
        if "href" in given and (given.get("rel") != REL or not str(given["href"]).lower().startswith(SCHEMES)):
            self.wrong.append(f"link {given}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"declaration {decl}")


def faults(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.wrong


def test_the_reader_of_these_tests_sees_what_is_wrong() -> None:
    assert faults("<p><img src=x></p>")
    assert faults("<a href='https://ok.example'>x</a>")
    assert not faults(f"<p>x <a href='https://ok.example' rel='{REL}'>x</a></p>")


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_input_leaves_only_our_tags(raw: str) -> None:
    cleaned = clean_staff_html(raw)
    assert faults(cleaned) == []
    assert clean_staff_html(cleaned) == cleaned


@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_mixture_is_safe_and_stays_as_it_is_the_second_time(raw: str) -> None:
    cleaned = clean_staff_html(raw)
    assert faults(cleaned) == []
    assert clean_staff_html(cleaned) == cleaned


@given(st.text(alphabet=st.characters(exclude_characters="<"), max_size=60))
def test_plain_words_come_back_as_they_were(raw: str) -> None:
    from feedback.kernel.text import clean

    told = words_of(clean_staff_html(raw))
    assert "".join(told.split()) == "".join(clean(raw).split())


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("", ""),
        (" \n ", ""),
        ("satu\ndua\n\ntiga", "<p>satu<br>dua</p><p>tiga</p>"),
        ("satu\r\ndua", "<p>satu<br>dua</p>"),
        ("suhu < 5 & > 3", "<p>suhu &lt; 5 &amp; &gt; 3</p>"),
        ("pakai <b>tebal</b>", "<p>pakai &lt;b&gt;tebal&lt;/b&gt;</p>"),
        ("<strong>Penting</strong>\n\nbaris", "<p><strong>Penting</strong></p><p>baris</p>"),
        ("<p>a</p><ul><li>b<li>c</ul>", "<p>a</p><ul><li>b</li><li>c</li></ul>"),
        ("<p>a <u>b</u></p>", "<p>a b</p>"),
        ("<p>belum ditutup", "<p>belum ditutup</p>"),
    ],
)
def test_what_becomes_of_words(raw: str, html: str) -> None:
    assert clean_staff_html(raw) == html


@pytest.mark.parametrize("address", ["https://a.example/x?a=1", "http://a.example", "mailto:a@b.example"])
def test_links_of_the_three_kinds_stay(address: str) -> None:
    assert clean_staff_html(f"<p><a href='{address}'>x</a></p>") == f'<p><a href="{address}" rel="{REL}">x</a></p>'


def test_addresses_in_plain_words_become_links_without_the_full_stop() -> None:
    assert clean_staff_html("lihat https://a.example/x?a=1&b=2.") == (
        f'<p>lihat <a href="https://a.example/x?a=1&amp;b=2" rel="{REL}">https://a.example/x?a=1&amp;b=2</a>.</p>'
    )


def test_an_email_address_in_plain_words_is_left_alone() -> None:
    assert clean_staff_html("tulis ke a@b.example") == "<p>tulis ke a@b.example</p>"


@pytest.mark.parametrize(
    "piece",
    ["<blockquote>", "<a href='https://x'>", "<p>", "<li>", "<ul><li></ul>", "<em><p></em>", "<", "<!--", "&", "@a.b", "http://"],
)
def test_twenty_thousand_hostile_characters_are_no_burden(piece: str) -> None:
    raw = (piece * 20_000)[:20_000]

    def cost() -> float:
        started = time.thread_time()
        assert faults(clean_staff_html(raw)) == []
        return time.thread_time() - started

    # A quarter of a second alone on a machine, where quadratic work takes minutes. A busy one may spoil a measurement, but not three.
    assert any(cost() < 3 for _ in range(3))


def test_many_threads_get_their_own_words() -> None:
    raws = [f"<p>{number} <a href='https://{number}.example'>x</a></p>" for number in range(200)]
    alone = [clean_staff_html(raw) for raw in raws]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(clean_staff_html, raws)) == alone


def test_words_for_a_letter() -> None:
    html = clean_staff_html("<p>Sudah <strong>diganti</strong>.<br>Terima kasih</p><ul><li>satu<li>dua</ul><p>1 &lt; 2</p>")
    assert words_of(html) == "Sudah diganti.\nTerima kasih\n\n- satu\n- dua\n\n1 < 2"


def test_the_version_fits_its_column() -> None:
    assert re.fullmatch(r"bleach-6\.4\.0/\d+", VERSION)
    assert len(VERSION) <= 20


def test_nesting_nobody_writes_is_shown_as_it_was_typed() -> None:
    assert clean_staff_html("<blockquote>" * 50 + "x").startswith("<blockquote><blockquote>")
    assert clean_staff_html("<blockquote>" * 51 + "x").startswith("<p>&lt;blockquote&gt;")
