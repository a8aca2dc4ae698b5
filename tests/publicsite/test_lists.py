"""The list of tickets as a page: filters in the address, clear answers to bad ones, nothing private, no cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from feedback.kernel.references import check_character
from feedback.tickets.rules.words import State
from tests.factories import MONDAY, World
from tests.publicsite.rows import add_ticket
from tests.site import Page, Reader

PARAMETERS = ("q", "jenis", "status", "topik", "layanan", "unit", "wilayah", "dari", "sampai", "setelah", "sebelum")
HOSTILE = (
    "\x00", "a\x00b", "'; DROP TABLE ticket; --", '" OR 1=1', "NEAR(a b)", "*", "%", "../../etc/passwd", "😀", "\u202e",
    "9" * 400, "x" * 5000, "{{7*7}}", "<script>alert(1)</script>", "0", "-1", "0001-01-01", "9999-12-31", "2026-02-30",
    "82.99", "82.72.02.9999", "MB-0000-000", "ada-tidak-ada",
)  # fmt: skip


def cards(page: Page) -> list[str]:
    """Numbers on the page, in order."""
    return [link.rsplit("/", 1)[1] for link in page.links if link.startswith("/laporan/MB-")]


@pytest.mark.parametrize(
    "path", ["/", "/laporan", "/laporan?q=lampu", "/layanan", "/layanan/perbaikan-lampu", "/unit", "/unit/dinas-perhubungan",
             "/bantuan", "/tentang", "/robots.txt", "/sitemap.xml", "/sitemap-0.xml", "/healthz"],
)  # fmt: skip
def test_reading_sets_no_cookie(world: World, reader: Reader, path: str) -> None:
    add_ticket(world)
    page = reader.open(path)
    assert page.status == 200
    assert "Set-Cookie" not in page.response.headers


def test_list_shows_newest_first_with_dates_only(world: World, reader: Reader) -> None:
    old = add_ticket(world, received_at=MONDAY)
    new = add_ticket(world, received_at=MONDAY + timedelta(days=1), anonymous=True, text="Got tersumbat di depan pasar")
    page = reader.open("/laporan")
    assert cards(page) == [new.number, old.number]
    assert "Got tersumbat di depan pasar" in page.text
    assert "Diterima 3 Maret 2026" in page.text
    assert "11.00" not in page.text
    assert "Sofifi, Oba Utara" in page.text


def test_private_words_never_reach_an_outsider(world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    waiting = add_ticket(world, text="katasatu", title="judulsatu", published_at=None, place="tempatsatu")
    sealed = add_ticket(world, text="katadua", confidential=True, reporter_name="Namadua")
    hidden = add_ticket(world, text="katatiga", hidden=True)
    for path in (
        "/",
        "/laporan",
        "/laporan?q=katasatu",
        "/laporan?q=katadua",
        "/unit/dinas-perhubungan",
        "/sitemap-1.xml",
    ):
        page = reader.open(path)
        assert page.status == 200
        answer = page.html.replace(path.rsplit("=", 1)[-1] if "=" in path else "\x00", "")
        for word in (
            "katasatu",
            "judulsatu",
            "tempatsatu",
            "katadua",
            "Namadua",
            "katatiga",
            sealed.number,
            hidden.number,
        ):
            assert word not in answer, (path, word)
    page = reader.open("/laporan")
    assert cards(page) == [waiting.number]
    assert "isinya tampil setelah diverifikasi" in page.text
    staff = readers().sign_in(world.officer).open("/laporan")
    assert set(cards(staff)) == {waiting.number, sealed.number, hidden.number}
    assert "katadua" in staff.text


def test_every_filter_narrows_and_can_be_taken_off(world: World, reader: Reader) -> None:
    wanted = add_ticket(world, unit_id=world.division, service_id=world.service, state=State.ON_HOLD, kind="suggestion",
                        text="Usul lampu surya", topic_id=world.other_topic, hold_reason="waiting_budget",
                        promised_date=MONDAY.date())  # fmt: skip
    add_ticket(world, unit_id=world.other_agency, region_code="21.72", received_at=MONDAY - timedelta(days=40))
    asked = {
        "q": "lampu surya", "jenis": "suggestion", "status": "on_hold", "topik": "kesehatan", "layanan": "perbaikan-lampu",
        "unit": "dinas-perhubungan", "wilayah": "82.72", "dari": "2026-03-02", "sampai": "2026-03-02",
    }  # fmt: skip
    for name, value in asked.items():
        page = reader.open(f"/laporan?{name}={quote(value)}")
        assert page.status == 200, name
        expected = 2 if name == "sampai" else 1
        assert len(cards(page)) == expected, name
        assert wanted.number in cards(page)
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    page = reader.open(f"/laporan?{query}")
    assert cards(page) == [wanted.number]
    assert dict(page.form(has="wilayah").fields) == asked  # what is asked stands in the form, the service too
    chips = [link for link in page.links if link.startswith("/laporan?") and "bahasa=" not in link]
    assert len(chips) == len(asked)
    assert all(link.count("=") == len(asked) - 1 for link in chips)
    assert "Unit yang memegang: Dinas Perhubungan" in page.text
    assert "Layanan: Perbaikan lampu jalan" in page.text


def test_form_works_without_scripts_and_leaves_a_short_address(world: World, reader: Reader) -> None:
    add_ticket(world)
    page = reader.send(reader.open("/laporan"), has="wilayah", wilayah="82.72")
    assert page.status == 200
    assert len(cards(page)) == 1
    page = reader.send(page, has="wilayah", wilayah="82.72.02")  # offered once its city is chosen
    assert len(cards(page)) == 1
    page = reader.send(page, has="wilayah", wilayah="82.72.02.1002")
    assert cards(page) == []
    assert "Tidak ada laporan yang cocok" in page.text


def test_dates_are_those_of_the_unit_or_of_western_time(world: World, reader: Reader) -> None:
    add_ticket(
        world, received_at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    )  # 3 March in eastern, 2 March in western time
    assert len(cards(reader.open("/laporan?dari=2026-03-03"))) == 0
    page = reader.open("/laporan?dari=2026-03-03&unit=dinas-perhubungan")
    assert len(cards(page)) == 1
    assert "Tanggal menurut WIT." in page.text
    assert "Tanggal menurut WIB." in reader.open("/laporan").text


def test_number_in_the_search_box_opens_its_row(world: World, reader: Reader) -> None:
    ticket = add_ticket(world, published_at=None)
    add_ticket(world)
    assert cards(reader.open(f"/laporan?q={ticket.number.lower()}")) == [ticket.number]
    wrong = "0" if ticket.number[-1] != "0" else "1"
    page = reader.open(f"/laporan?q={ticket.number[:-1]}{wrong}")
    assert page.status == 422
    assert "salah tulis" in page.text
    assert cards(reader.open("/laporan?q=mbok")) == []
    body = "1234567"
    assert reader.open(f"/laporan?q=MB{body}{check_character(body)}").status == 200


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("jenis=surat", "Pilihan ini tidak dikenal."),
        ("status=lost", "Pilihan ini tidak dikenal."),
        ("topik=ada-tidak-ada", "Pilihan ini tidak dikenal."),
        ("unit=ada-tidak-ada", "Pilihan ini tidak dikenal."),
        ("wilayah=99", "Pilihan ini tidak dikenal."),
        ("layanan=ada-tidak-ada", "Layanan ini tidak dikenal."),
        ("dari=kemarin", "Tanggal ini tidak dikenal."),
        ("dari=2026-03-02&sampai=2026-03-01", "Tanggal akhir mendahului tanggal mulai."),
        ("dari=0001-01-01", "Tahun ini di luar data yang ada."),
        ("q=" + "x" * 201, "Paling banyak 200 karakter."),
    ],
)
def test_bad_filter_says_what_is_wrong_and_keeps_the_rest(
    world: World, reader: Reader, query: str, message: str
) -> None:
    ticket = add_ticket(world)
    page = reader.open(f"/laporan?{query}&{'status=assigned' if 'status' not in query else 'jenis=complaint'}")
    assert page.status == 422
    assert message in page.text
    assert "error-summary" in page.html
    assert ticket.number not in page.html
    kept = dict(page.form(has="status").fields)
    assert kept["jenis" if "status" in query else "status"] in ("assigned", "complaint")


def test_every_mistake_is_named_at_once(world: World, reader: Reader) -> None:
    page = reader.open("/laporan?q=MB-0000-0001&sampai=2199-01-01&layanan=tidak-ada&jenis=x")
    for message in ("salah tulis", "di luar data", "Layanan ini tidak dikenal", "Pilihan ini tidak dikenal"):
        assert message in page.text


@pytest.mark.parametrize("name", PARAMETERS)
def test_hostile_values_get_a_page(world: World, reader: Reader, name: str) -> None:
    add_ticket(world)
    for value in HOSTILE:
        page = reader.open(f"/laporan?{name}={quote(value)}")
        assert page.status in (200, 422), (name, value)
        assert "<script>alert" not in page.html
    assert reader.open(f"/laporan?{name}=%ff%fe&{name}=2").status in (200, 422)


def test_pages_follow_each_other(world: World, reader: Reader) -> None:
    for _ in range(45):
        add_ticket(world)
    seen: list[str] = []
    page = reader.open("/laporan?jenis=complaint")
    for length in (20, 20, 5):
        found = cards(page)
        assert len(found) == length
        assert not set(found) & set(seen)
        seen += found
        older = [link for link in page.links if "setelah=" in link and "bahasa" not in link]
        if older:
            assert "jenis=complaint" in older[0]
            page = reader.open(older[0])
    newer = [link for link in page.links if "sebelum=" in link and "bahasa" not in link]
    assert cards(reader.open(newer[0])) == seen[20:40]


def test_list_costs_the_same_for_any_number_of_rows(
    world: World, readers: Callable[[], Reader], statements: list[str]
) -> None:
    visitor, officer = readers(), readers().sign_in(world.officer)
    counts = []
    for _ in range(2):
        for _ in range(12):
            ticket = add_ticket(world)
        for reader in (visitor, officer):
            statements.clear()
            page = reader.open(
                f"/laporan?q=lampu&unit=dinas-perhubungan&wilayah=82&layanan=&topik=lampu-jalan&setelah={ticket.number}"
            )
            assert len(cards(page)) >= 11
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 5, statements  # one of them counts the search
    statements.clear()
    visitor.open("/laporan")
    assert len(statements) == 2


def test_my_tickets_are_mine(world: World, readers: Callable[[], Reader]) -> None:
    mine = add_ticket(world, reporter_id=world.citizen.person_id, published_at=None, text="Laporan saya sendiri")
    add_ticket(world, reporter_id=world.stranger.person_id)
    page = readers().sign_in(world.citizen).open("/akun/laporan")
    assert cards(page) == [mine.number]
    assert "Laporan saya sendiri" in page.text
    visitor = readers().open("/akun/laporan")
    assert visitor.path == "/masuk"
    assert "Belum ada laporan" in readers().sign_in(world.coordinator).open("/akun/laporan").text


def test_parameters_nobody_reads_change_nothing(world: World, reader: Reader) -> None:
    add_ticket(world)
    for name in ("endpoint", "_external", "_scheme", "_anchor", "_method", "csrf_token", "self", "bahasa"):
        page = reader.open(f"/laporan?{name}=javascript")
        assert page.status == 200, name
        assert "javascript:" not in page.html


def test_ticket_page_sets_no_cookie(world: World, reader: Reader) -> None:
    page = reader.open(f"/laporan/{add_ticket(world).number}")
    assert page.status == 200
    assert "Set-Cookie" not in page.response.headers
