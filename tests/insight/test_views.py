from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.insight.actions import keep_verdict, rebuild
from feedback.insight.actions.verify import Verdict
from feedback.insight.rules.measures import BURNING, COUNTED
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import State
from feedback.units.models import Unit
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.insight.month import DAY, fill, near
from tests.insight.test_rollup import past
from tests.site import Page, Reader

MARCH = "dari=2026-03-01&sampai=2026-03-31"


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def numbers_behind(page: Page) -> list[tuple[str, int]]:
    """Each link to a list with the number it shows; times and shares are not counts."""
    found = re.findall(r'<a[^>]*href="(/pantau/daftar[^"]*)"[^>]*>\s*(?:<span class="tile-number">)?\s*([\d.]+)\s*<', page.html)
    return [(href.replace("&amp;", "&"), int(number.replace(".", ""))) for href, number in found]


def test_board_shows_figures_and_definitions(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    page = reader.sign_in(world.governor).open(f"/pantau?unit=provinsi-contoh&{MARCH}")
    assert page.status == 200
    assert "Diterima 1 Maret 2026 sampai 31 Maret 2026" in page.text
    assert "WIT" in page.text
    assert "data sedikit" in page.text
    for word in ("Median:", "p90:", "peringkat terdekat", "Berakhir tanpa jawaban", "Selesai tanpa konfirmasi"):
        assert word in page.text


def test_every_number_of_the_board_opens_a_list_of_that_length(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    reader.sign_in(world.governor)
    found = numbers_behind(reader.open(f"/pantau?unit=provinsi-contoh&{MARCH}"))
    assert {parse_qs(urlsplit(href).query)["angka"][0] for href, _ in found} >= {
        measure.value for measure in (*COUNTED, *BURNING) if measure.value != "tidak-dihitung"
    }
    for href, number in sorted(set(found)):
        page = reader.open(href)
        assert page.status == 200, href
        assert page.html.count('<a class="number"') == number, href
        assert f": {number}" in page.text, href


def test_a_small_row_links_to_its_own_board_and_times_to_lists(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    page = reader.sign_in(world.head).open(f"/pantau?{MARCH}")
    assert "Kepala Dinas" in page.text
    assert any("unit=bidang-lampu" in link and "/pantau?" in link for link in page.links)
    assert any("angka=tanggapan-terlama" in link for link in page.links)
    # 30, 40, 60, 90, 240 at the agency itself
    assert "1 jam kerja" in page.text
    assert "3 jam kerja" in page.text


@pytest.mark.parametrize("path", ["/pantau", "/pantau/daftar?angka=masuk", "/pantau/laporan/MB-0000-0000"])
def test_only_supervisors_and_inspectors_come_in(world: World, readers: Callable[[], Reader], path: str) -> None:
    assert readers().open(path).path == "/masuk"
    for actor in (world.officer, world.coordinator, world.administrator, world.citizen):
        assert readers().sign_in(actor).open(path).status == 403


def test_another_unit_is_not_there(make: Maker, world: World, readers: Callable[[], Reader]) -> None:
    fill(make, world)
    head, inspector = readers().sign_in(world.head), readers().sign_in(world.inspector)
    for slug in ("provinsi-contoh", "dinas-kesehatan", "kota-lain", "tidak-ada", "%00x", "é"):
        for path in (f"/pantau?unit={slug}", f"/pantau/daftar?unit={slug}&angka=masuk", f"/pantau?unit={slug}&format=csv"):
            assert head.open(path).status in (400, 404), path
    assert inspector.open("/pantau?unit=dinas-kesehatan").status == 200
    assert inspector.open("/pantau?unit=kota-lain").status == 404


def test_default_unit_is_the_topmost_and_default_period_ninety_days(world: World, readers: Callable[[], Reader]) -> None:
    assert "Provinsi Contoh" in readers().sign_in(world.governor).open("/pantau").text
    page = readers().sign_in(world.head).open("/pantau")
    assert "Dinas Perhubungan" in page.text
    assert "Diterima 18 Desember 2025 sampai 17 Maret 2026" in page.text


def test_presets_and_a_year_by_number(world: World, reader: Reader) -> None:
    reader.sign_in(world.governor)
    page = reader.open("/pantau?tahun=2022")
    assert "Diterima 1 Januari 2022 sampai 31 Desember 2022" in page.text
    last_month = next(link for link in page.links if "dari=2026-02-01&sampai=2026-02-28" in link)
    assert "Diterima 1 Februari 2026 sampai 28 Februari 2026" in reader.open(last_month).text
    asked = reader.send(page, has="tahun", tahun="2024")
    assert "Diterima 1 Januari 2024 sampai 31 Desember 2024" in asked.text


@pytest.mark.parametrize(
    ("query", "message", "kept"),
    [
        ("dari=kemarin", "Tanggal ini tidak dikenal", 'value="kemarin"'),
        ("dari=2026-03-02&sampai=2026-03-01", "Tanggal akhir mendahului", 'value="2026-03-01"'),
        ("dari=0001-01-01", "antara tahun 2000 dan 2100", 'value="0001-01-01"'),
        ("tahun=12", "Antara 2000 dan 2100", 'value="12"'),
        ("tahun=dua%20ribu", "Tulis bilangan bulat", 'value="dua ribu"'),
        ("tahun=99999999999999999999", "Antara 2000 dan 2100", 'value="99999999999999999999"'),
        ("sampai=9999-12-31", "antara tahun 2000 dan 2100", 'value="9999-12-31"'),
    ],
)
def test_a_period_that_makes_no_sense_keeps_what_was_typed(
    world: World, reader: Reader, query: str, message: str, kept: str
) -> None:
    reader.sign_in(world.governor)
    for path in (f"/pantau?{query}", f"/pantau/daftar?angka=masuk&{query}", f"/pantau?format=csv&{query}"):
        page = reader.open(path)
        assert page.status == 422, path
        assert message in page.text
        assert kept in page.html
        assert 'id="error-summary"' in page.html


@pytest.mark.parametrize("query", ["angka=x", "lingkup=x", "angka=masuk&lingkup=", "angka=%F0%9F%98%80"])
def test_unknown_measures_are_not_there(world: World, reader: Reader, query: str) -> None:
    assert reader.sign_in(world.governor).open(f"/pantau/daftar?{query}").status == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "%00", "A" * 3000])
def test_made_up_cursors_give_the_first_page(make: Maker, world: World, reader: Reader, cursor: str) -> None:
    make.answered(world.agency, 5, 5)
    db.session.commit()
    page = reader.sign_in(world.governor).open(f"/pantau/daftar?angka=masuk&setelah={cursor}&sebelum={cursor}")
    assert page.status == 200
    assert page.html.count('<a class="number"') == 1


def test_list_pages_link_on_and_back(make: Maker, world: World, reader: Reader) -> None:
    for serial in range(60):
        make.answered(world.agency, serial + 1, 5)
    db.session.commit()
    reader.sign_in(world.governor)
    first = reader.open(f"/pantau/daftar?angka=masuk&{MARCH}")
    second = reader.open(next(link for link in first.links if "setelah=" in link))
    assert (first.html.count('<a class="number"'), second.html.count('<a class="number"')) == (50, 10)
    back = reader.open(next(link for link in second.links if "sebelum=" in link))
    assert back.links == [link for link in first.links if "bahasa" not in link] or back.status == 200
    assert "Masuk: 60" in second.text


def test_list_names_whose_time_it_was_and_leads_to_the_moves(make: Maker, world: World, reader: Reader) -> None:
    ticket = make.open(world.division, due_at=NOW - DAY, due_kind="resolve")
    start = ticket.received_at
    make.clock(ticket, "holding", unit_id=world.government, state="met", stopped_at=start + DAY, used_minutes=90, elapsed_seconds=86_400)
    make.clock(ticket, "holding", unit_id=world.division, started_at=start + DAY)
    db.session.commit()
    page = reader.sign_in(world.head).open(f"/pantau/daftar?angka=belum-dijawab&{MARCH}")
    assert "Provinsi Contoh: 1,5 jam kerja" in page.text
    assert "Bidang Lampu Jalan: memegang sejak 3 Maret 2026" in page.text
    assert f"/laporan/{ticket.number}#langkah" in page.links
    assert "Terlambat" in page.text
    assert "Tenggat 16 Maret 2026" in page.text


def _csv(page: Page) -> list[list[str]]:
    assert page.response.mimetype == "text/csv"
    assert page.response.charset == "utf-8" if hasattr(page.response, "charset") else True
    text = page.response.get_data().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_board_file_has_the_figures_of_the_page(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    unit = db.session.get(Unit, world.division)
    assert unit is not None
    unit.name = '=HYPERLINK("http://jahat.example")'
    db.session.commit()
    head, total, own, division = _csv(reader.sign_in(world.head).open(f"/pantau?{MARCH}&format=csv"))
    assert len({len(head), len(total), len(own), len(division)}) == 1
    row = dict(zip(head, own, strict=True))
    assert float(row["Tanggapan pertama, median (menit kerja)"]) == near(60)
    assert float(row["Penyelesaian, p90 (menit kerja)"]) == near(720)
    assert (row["Tanggapan pertama, n"], row["Cakupan"], row["Zona waktu"]) == ("5", "dipegang sendiri", "Asia/Jayapura")
    assert division[0].startswith("'=")
    assert total[head.index("Masuk")] == "13"


def test_list_file_has_every_row_and_is_written_in_the_log(make: Maker, world: World, reader: Reader) -> None:
    for serial in range(1100):
        make.answered(world.agency, serial, serial, text="+62812 telepon")
    db.session.commit()
    reader.sign_in(world.head)
    head, *rows = _csv(reader.open(f"/pantau/daftar?angka=dijawab&{MARCH}&format=csv"))
    assert len(rows) == len({row[0] for row in rows}) == 1100
    assert rows[0][head.index("Isi")] == "'+62812 telepon"
    db.session.rollback()  # the request wrote it after this reading began
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "insight.exported"))
    assert (entry.actor_id, entry.detail, entry.subject) == (world.head.person_id, {"what": "dijawab"}, f"unit:{world.agency}")


def test_board_and_list_take_few_statements(make: Maker, world: World, reader: Reader, statements: list[str]) -> None:
    fill(make, world)
    reader.sign_in(world.governor)
    reader.open("/pantau")
    for path, most in ((f"/pantau?{MARCH}", 14), (f"/pantau/daftar?angka=tanggapan-terlama&{MARCH}", 12)):
        statements.clear()
        assert reader.open(path).status == 200
        assert len(statements) <= most, statements


def two_rounds(make: Maker, world: World) -> Ticket:
    """Verified by the province, answered by the division, disputed, now with the agency."""
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    ticket = make.answered(world.agency, 120, 600, on_time=False, received_at=at, state=State.DISPUTED, cycle=2)
    make.round(ticket, 2, started_at=at + 7 * DAY)
    make.clock(ticket, "holding", unit_id=world.government, state="met", stopped_at=at + DAY, used_minutes=420, elapsed_seconds=86_400)
    make.clock(ticket, "holding", unit_id=world.division, started_at=at + DAY, state="met", stopped_at=at + 3 * DAY, used_minutes=840, elapsed_seconds=172_800)
    make.clock(ticket, "holding", unit_id=world.agency, cycle=2, started_at=at + 7 * DAY)
    make.clock(ticket, "resolve", state="missed", due_at=at + 2 * DAY, stopped_at=at + 3 * DAY, breached_at=at + 2 * DAY)
    make.clock(ticket, "resolve", cycle=2, started_at=at + 7 * DAY, due_at=NOW + DAY, due_date=date(2026, 3, 17))
    db.session.commit()
    return ticket


def test_ticket_time_shows_both_rounds_and_whose_time_it_was(make: Maker, world: World, reader: Reader) -> None:
    ticket = two_rounds(make, world)
    page = reader.sign_in(world.head).open(f"/pantau/laporan/{ticket.number.lower()}")
    assert page.status == 200
    for text in ("Putaran 1", "Putaran 2", "Provinsi Contoh", "7 jam kerja", "14 jam kerja", "Tenggat 10 Maret 2026 WIT"):
        assert text in page.text, text
    assert page.html.count('class="dates-row dates-late"') == 1
    assert page.html.count('class="dates-row dates-running"') == 1
    # Held since Monday 9 March 10.00 WIT: the working time runs on to now.
    assert "memegang sejak 9 Maret 2026, 10.00 WIT" in page.text
    assert page.html.count("<svg class=\"bar\"") == 3


def test_ticket_time_of_an_anonymous_report_shows_no_hours(make: Maker, world: World, reader: Reader) -> None:
    ticket = two_rounds(make, world)
    ticket.anonymous = True
    db.session.commit()
    page = reader.sign_in(world.head).open(f"/pantau/laporan/{ticket.number}")
    assert "2 Maret 2026" in page.text
    assert not re.search(r"\d\d\.\d\d WIT", page.text)


def test_ticket_time_is_not_there_for_others(make: Maker, world: World, readers: Callable[[], Reader]) -> None:
    ticket = two_rounds(make, world)
    elsewhere = make.open(world.other_government)
    sealed = make.open(world.agency, confidential=True, reported_person_id=world.head.person_id)
    db.session.commit()

    def status(actor: Actor, number: str) -> int:
        return readers().sign_in(actor).open(f"/pantau/laporan/{number}").status

    assert status(world.governor, ticket.number) == 200
    assert status(world.inspector, sealed.number) == 200
    assert status(world.head, sealed.number) == 404
    assert status(world.governor, elsewhere.number) == 404  # public, but of no unit the governor watches over
    assert status(world.governor, "MB-AAAA-AAAA") == 404
    assert status(world.governor, "x" * 500) == 404


def test_a_unit_that_only_held_a_ticket_sees_its_time(make: Maker, world: World, readers: Callable[[], Reader]) -> None:
    ticket = make.open(world.other_agency)
    make.clock(ticket, "holding", unit_id=world.division, state="met", stopped_at=ticket.received_at + timedelta(hours=1), used_minutes=60)
    db.session.commit()
    assert readers().sign_in(world.head).open(f"/pantau/laporan/{ticket.number}").status == 200


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("waktu", ("Maret 2026", "Februari 2026", "Per minggu")),
        ("menurut?sisi=topik", ("Lampu jalan", "Tidak disebut", "1 Februari 2026 sampai 31 Maret 2026")),
        ("menurut?sisi=jenis", ("Pengaduan",)),
        ("menurut?sisi=saluran", ("Situs ini",)),
        ("menurut?sisi=wilayah", ("Tidak disebut",)),
        ("menurut?sisi=layanan", ("Tidak disebut",)),
        ("alur", ("Dinas Perhubungan Provinsi Contoh", "Verifikasi", "Senin")),
    ],
)
def test_the_other_pages_of_the_room(make: Maker, world: World, reader: Reader, path: str, words: tuple[str, ...]) -> None:
    past(make, world)
    fill(make, world)
    rebuild(NOW)
    sign = "&" if "?" in path else "?"
    page = reader.sign_in(world.governor).open(f"/pantau/{path}{sign}unit=provinsi-contoh&dari=2026-02-05&sampai=2026-03-10")
    assert page.status == 200
    for word in words:
        assert word in page.text, word
    for href, number in numbers_behind(page):
        assert f": {number}" in reader.open(href).text, href


def test_answered_in_the_period_is_another_cohort(make: Maker, world: World, reader: Reader) -> None:
    make.answered(world.agency, 10, 20, received_at=datetime(2026, 2, 28, 14, 50, tzinfo=UTC))  # answered in March, WIT
    db.session.commit()
    reader.sign_in(world.governor)
    received = reader.open(f"/pantau?unit=dinas-perhubungan&{MARCH}")
    answered = reader.open(f"/pantau?unit=dinas-perhubungan&{MARCH}&dasar=dijawab")
    assert "Dijawab 1 Maret 2026" in answered.text
    totals = [dict(numbers_behind(page)) for page in (received, answered)]
    counted = [max((n for href, n in each.items() if "angka=masuk" in href), default=0) for each in totals]
    assert counted == [0, 1]
    for href, number in numbers_behind(answered):
        assert f": {number}" in reader.open(href).text, href


@pytest.mark.parametrize("query", ["dasar=x", "sisi=x"])
def test_unknown_cohorts_and_sides_are_not_there(world: World, reader: Reader, query: str) -> None:
    assert reader.sign_in(world.governor).open(f"/pantau/menurut?{query}").status == 404


def test_a_failed_check_is_told_on_the_board(make: Maker, world: World, reader: Reader) -> None:
    past(make, world, 3)
    rebuild(NOW)
    reader.sign_in(world.governor)
    assert "tidak cocok" not in reader.open("/pantau").text
    keep_verdict(Verdict(3, ("round 1 is not counted as it is",)), NOW)
    assert "round 1 is not counted as it is" in reader.open("/pantau").text
