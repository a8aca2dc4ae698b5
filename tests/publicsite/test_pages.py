"""Landing, catalogue, help, and the addresses that programs read."""

from __future__ import annotations

import gzip
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask

from config import ROOT
from feedback.catalogue.models import Service
from feedback.kernel.clock import utc_now
from feedback.storage.session import db, transaction
from feedback.tickets.rules.words import STATE_LABELS, State
from feedback.units.models import Unit
from tests.factories import World
from tests.publicsite.rows import add_ticket
from tests.site import Reader


def test_landing_leads_to_writing_and_tracking_and_shows_only_words_of_published(world: World, reader: Reader) -> None:
    add_ticket(world, text="Jembatan goyang di Guraping")
    add_ticket(world, text="belum boleh", published_at=None)
    page = reader.open("/")
    assert {"/lapor", "/lacak", "/laporan", "/laporan?topik=lampu-jalan"} <= set(page.links)
    assert "Jembatan goyang di Guraping" in page.text
    assert "belum boleh" not in page.text


def test_every_number_of_the_landing_opens_as_many_rows(world: World, reader: Reader) -> None:
    now = utc_now()
    for state in (State.RECEIVED, State.RECEIVED, State.CLOSED, State.ASSIGNED):
        add_ticket(world, state=state, received_at=now - timedelta(days=2))
    add_ticket(world, confidential=True, received_at=now - timedelta(days=2))
    add_ticket(world, hidden=True, received_at=now - timedelta(days=2))
    add_ticket(world, received_at=now - timedelta(days=60))
    page = reader.open("/")
    tiles = re.findall(r'<a class="tile[^"]*" href="([^"]+)".*?tile-number">([^<]+)<', page.html, re.DOTALL)
    assert [number for _, number in tiles] == ["4", "2", "1"]
    for href, number in tiles:
        opened = reader.open(href.replace("&amp;", "&"))
        assert len(re.findall(r'<article class="card', opened.html)) == int(number)


def test_landing_costs_few_statements(world: World, reader: Reader, statements: list[str]) -> None:
    for _ in range(10):
        add_ticket(world)
    statements.clear()
    reader.open("/")
    assert len(statements) <= 3


def test_service_shows_its_standard_and_leads_on(world: World, reader: Reader) -> None:
    with transaction():
        service = db.session.get_one(Service, world.service)
        service.requirements, service.cost = "KTP\n\nFoto tiang", "Gratis"
    page = reader.open("/layanan/perbaikan-lampu")
    for word in ("Persyaratan", "Prosedur", "Waktu penyelesaian", "Biaya", "Gratis", "Hasil layanan", "Foto tiang",
                 "Penanganan pengaduan", "Dasar hukum", "Belum diumumkan oleh unit ini."):  # fmt: skip
        assert word in page.text
    links = {"/lapor?layanan=perbaikan-lampu", "/laporan?layanan=perbaikan-lampu", "/unit/dinas-perhubungan"}
    assert links <= set(page.links)


def test_catalogue_is_searched(world: World, reader: Reader) -> None:
    found = "/layanan/perbaikan-lampu"
    for query, hit in (("", True), ("q=LAMPU", True), ("q=surat", False), ("topik=lampu-jalan", True), ("topik=kesehatan", False),
                       ("unit=provinsi-contoh", True), ("unit=dinas-kesehatan", False)):  # fmt: skip
        page = reader.open(f"/layanan?{query}")
        assert page.status == 200
        assert (found in page.links) is hit, query
    assert reader.open("/layanan?topik=ngawur").status == 422
    assert reader.open("/layanan?q=%00%27%22").status == 200


def test_catalogue_pages_follow_each_other(world: World, reader: Reader) -> None:
    with transaction():
        db.session.add_all(
            Service(slug=f"izin-{number}", code="S1", name=f"Izin {number:02}", unit_id=world.other_agency)
            for number in range(45)
        )
    seen: list[str] = []
    page = reader.open("/layanan?unit=dinas-kesehatan&q=izin")
    for length in (20, 20, 5):
        found = [link for link in page.links if link.startswith("/layanan/izin-")]
        assert len(found) == length
        seen += found
        older = [link for link in page.links if "setelah=" in link and "bahasa" not in link]
        page = reader.open(older[0]) if older else page
    assert len(set(seen)) == 45
    newer = next(link for link in page.links if "sebelum=" in link and "bahasa" not in link)
    assert [link for link in reader.open(newer).links if link.startswith("/layanan/izin-")] == seen[20:40]
    assert reader.open("/layanan?setelah=ngawur").status == 200


def test_pages_are_light_for_visitors_and_plain_beside_secrets(world: World, reader: Reader) -> None:
    for _ in range(25):
        add_ticket(world, text="Lampu jalan padam sejak dua minggu lalu, gelap sekali kalau malam. " * 3)
    static = sum(
        file.stat().st_size for folder in ("css", "js", "img") for file in (ROOT / "static" / folder).iterdir()
    )
    answer = reader.client.get("/laporan", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert static + len(answer.data) <= 60 * 1024
    assert b"Lampu jalan padam" in gzip.decompress(answer.data)
    for path in ("/lacak", "/laporan"):  # the first has a form token and starts a session
        assert "Content-Encoding" not in reader.client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_unit_pages(world: World, reader: Reader) -> None:
    add_ticket(world, unit_id=world.division, text="Lampu di dermaga mati")
    with transaction():
        unit = db.session.get_one(Unit, world.agency)
        unit.about, unit.phone = "Mengurus <b>jalan</b>", "0921 123"
    assert {"/unit/provinsi-contoh", "/unit/dinas-perhubungan", "/unit/kota-lain"} <= set(reader.open("/unit").links)
    page = reader.open("/unit/dinas-perhubungan")
    assert {"/unit/provinsi-contoh", "/unit/bidang-lampu", "/layanan/perbaikan-lampu", "/lapor?unit=dinas-perhubungan",
            "/laporan?unit=dinas-perhubungan"} <= set(page.links)  # fmt: skip
    assert "Lampu di dermaga mati" in page.text
    assert "0921 123" in page.text
    assert "<b>jalan</b>" not in page.html


def test_closed_unit_points_to_its_successor(world: World, reader: Reader) -> None:
    with transaction():
        unit = db.session.get_one(Unit, world.agency)
        unit.valid_to, unit.successor_id = date(2021, 1, 1), world.other_agency
    page = reader.open("/unit/dinas-perhubungan")
    assert "Unit ini sudah tidak ada" in page.text
    assert "/unit/dinas-kesehatan" in page.links
    assert "/lapor?unit=dinas-perhubungan" not in page.links


@pytest.mark.parametrize("path", ["/layanan/tidak-ada", "/unit/tidak-ada", "/layanan/%00", "/unit/A'", "/sitemap-9.xml",
                                  "/sitemap-99999999999999999999.xml", "/unit/" + "x" * 3000])  # fmt: skip
def test_what_is_not_there(world: World, reader: Reader, path: str) -> None:
    assert reader.open(path).status == 404


def test_help_tells_every_state_and_the_stored_deadlines(world: World, reader: Reader) -> None:
    page = reader.open("/bantuan")
    for label in STATE_LABELS.values():
        assert label in page.text
    for words in (
        "3 hari kerja",
        "60 hari kerja",
        "30 hari kalender",
        "10 hari kerja, dapat ditambah 7 sekali",
        "UU 25/2009",
    ):
        assert words in page.text
    assert "Pelapor menyanggah jawaban (pelapor), lalu: Disanggah" in page.text


def test_about(world: World, reader: Reader) -> None:
    assert reader.open("/tentang").status == 200


def test_robots_and_sitemap_name_only_what_is_public(world: World, reader: Reader) -> None:
    shown = add_ticket(world)
    others = [
        add_ticket(world, published_at=None),
        add_ticket(world, confidential=True),
        add_ticket(world, hidden=True),
    ]
    robots = reader.open("/robots.txt")
    assert "Sitemap: http://localhost/sitemap.xml" in robots.html
    index = reader.open("/sitemap.xml", headers={"Host": "127.0.0.1"})
    parts = [one.text or "" for one in ElementTree.fromstring(index.html).iter() if one.tag.endswith("loc")]
    assert parts == ["http://localhost/sitemap-0.xml", "http://localhost/sitemap-1.xml"]
    listed = "".join(reader.open(part.removeprefix("http://localhost")).html for part in parts)
    ElementTree.fromstring(reader.open("/sitemap-1.xml").html)
    assert f"http://localhost/laporan/{shown.number}<" in listed
    assert "http://localhost/layanan/perbaikan-lampu<" in listed
    assert not [one.number for one in others if one.number in listed]
    assert "lastmod" not in listed


def test_security_contact(reader: Reader) -> None:
    text = reader.open("/.well-known/security.txt").html
    assert "Contact: http://localhost/tentang" in text
    assert re.search(r"Expires: \d{4}-\d\d-\d\dT00:00:00Z", text)


def test_health_needs_no_database(reader: Reader, statements: list[str]) -> None:
    assert reader.open("/healthz").status == 200
    assert statements == []


def test_ready_only_at_the_newest_migration(reader: Reader, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.publicsite.queries import figures

    monkeypatch.setattr(figures, "_heads", lambda _folder: frozenset({"newest"}))
    with transaction():
        db.session.execute(db.text("DROP TABLE IF EXISTS alembic_version"))
    assert reader.open("/readyz").status == 503
    with transaction():
        db.session.execute(db.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.session.execute(db.text("INSERT INTO alembic_version VALUES ('older')"))
    assert reader.open("/readyz").status == 503
    with transaction():
        db.session.execute(db.text("UPDATE alembic_version SET version_num = 'newest'"))
    page = reader.open("/readyz")
    assert (page.status, page.html) == (200, "ready\n")
