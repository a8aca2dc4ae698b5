"""Every page of administrators: who opens it, what it costs, and what is added and changed there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.admin.actions.heartbeat import beat
from feedback.catalogue.models import Authority, RoutingRule, Service, Topic
from feedback.catalogue.queries import service_by_slug
from feedback.kernel.permissions import Role
from feedback.people.models import Person
from feedback.storage.outbox import Outbox, census, claim, fail, post
from feedback.storage.session import db, transaction
from feedback.units.models import Unit
from feedback.units.queries import region, unit_by_slug
from tests.admin.conftest import fresh
from tests.factories import PASSWORD, World, make_person, make_unit
from tests.site import Page, Reader

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LISTS = (
    "/kelola", "/kelola/unit", "/kelola/layanan", "/kelola/topik", "/kelola/lembaga", "/kelola/aturan", "/kelola/orang",
    "/kelola/wilayah", "/kelola/kalender",
)  # fmt: skip
PAGES = (
    *LISTS, "/kelola/unit/baru", "/kelola/unit/dinas-perhubungan", "/kelola/unit/dinas-perhubungan/pindah",
    "/kelola/unit/dinas-perhubungan/tutup", "/kelola/layanan/baru", "/kelola/layanan/perbaikan-lampu", "/kelola/topik/baru",
    "/kelola/topik/lampu-jalan", "/kelola/lembaga/baru", "/kelola/lembaga/pln", "/kelola/aturan/baru", "/kelola/aturan/1",
    "/kelola/aturan/1/hapus", "/kelola/aturan/coba", "/kelola/orang/baru", "/kelola/orang/1", "/kelola/wilayah?kode=82.72",
    "/kelola/wilayah/baru?kode=82.72.",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_administrator(admin: Reader, path: str) -> None:
    assert admin.open(path).status == 200


@pytest.mark.parametrize("who", ["citizen", "officer", "coordinator", "governor", "inspector"])
def test_no_page_opens_for_anybody_else(world: World, reader: Reader, who: str) -> None:
    reader.sign_in(getattr(world, who))
    for path in PAGES:
        assert reader.open(path).status == 403, path
    assert reader.open("/masuk", query_string={"lanjut": "/kelola"}).status == 403


def test_visitors_are_sent_to_sign_in(world: World, reader: Reader) -> None:
    assert all(reader.open(path).path == "/masuk" for path in PAGES)


@pytest.mark.parametrize(
    "path",
    [
        "/kelola/unit/tidak-ada", "/kelola/layanan/tidak-ada", "/kelola/topik/tidak-ada", "/kelola/lembaga/tidak-ada",
        "/kelola/aturan/999", "/kelola/aturan/99999999999999999999", "/kelola/orang/999", "/kelola/orang/-1",
        "/kelola/unit/a%00b", "/kelola/aturan/999/hapus",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(admin: Reader, path: str) -> None:
    assert admin.open(path).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%25%25_%27--", "setelah=!!!", "setelah=WyJhIl0", "setelah=" + "a" * 3000, "sebelum=W10", "q=" + "x" * 4000,
        "unit=" + "x" * 500, "wilayah=99.99", "wilayah=%27;drop", "topik=" + "y" * 300, "pemerintah=zzz&tutup=1", "kode=82.99", "kode=..",
    ],
)  # fmt: skip
def test_hostile_addresses_of_lists_are_answered(admin: Reader, query: str) -> None:
    for path in LISTS:
        assert admin.open(f"{path}?{query}").status in (200, 400), path


def grow(count: int) -> None:
    """Add ``count`` rows of everything the lists show."""
    with transaction():
        root = db.session.scalars(select(Unit).where(Unit.slug == "provinsi-contoh")).one()
        topic = db.session.scalars(select(Topic)).first()
        assert topic is not None
        for _ in range(count):
            unit = make_unit(parent=root)
            make_person(roles=((unit, Role.OFFICER), (unit, Role.SUPERVISOR)))
            serial = unit.slug
            db.session.add_all([
                Service(slug=f"layanan-{serial}", code="S", name=f"Layanan {serial}", unit_id=unit.id, topic_id=topic.id),
                Topic(slug=f"topik-{serial}", name=f"Topik {serial}", description="", national_category="x"),
                Authority(slug=f"lembaga-{serial}", name=f"Lembaga {serial}", channel="Telepon"),
                RoutingRule(region_code="82.72", topic_id=topic.id, unit_id=unit.id),
            ])  # fmt: skip


def cost(admin: Reader, statements: list[str]) -> dict[str, int]:
    costs = {}
    for path in LISTS:
        statements.clear()
        assert admin.open(path).status == 200
        costs[path] = len(statements)
    return costs


def test_lists_cost_the_same_however_many_rows(admin: Reader, statements: list[str]) -> None:
    grow(3)
    before = cost(admin, statements)
    grow(70)
    assert cost(admin, statements) == before
    assert max(before.values()) <= 6, before


def names_on(page: Page) -> list[str]:
    return [one.split("</th>")[0] for one in page.html.split('<th scope="row">')[1:]]


def neighbour(page: Page, word: str) -> str | None:
    return next((link for link in page.links if f"{word}=" in link and "bahasa=" not in link), None)


def walk(admin: Reader, path: str) -> tuple[list[str], list[str]]:
    """Every name of a paged list, forwards and then backwards."""
    page = admin.open(path)
    forwards = names_on(page)
    for _ in range(9):
        if (after := neighbour(page, "setelah")) is None:
            break
        page = admin.open(after)
        forwards += names_on(page)
    backwards = names_on(page)
    for _ in range(9):
        if (before := neighbour(page, "sebelum")) is None:
            break
        page = admin.open(before)
        backwards = names_on(page) + backwards
    return forwards, backwards


@pytest.mark.parametrize("path", ["/kelola/layanan", "/kelola/aturan", "/kelola/orang"])
def test_pages_of_a_list_hold_every_row_once_both_ways(admin: Reader, path: str) -> None:
    grow(120)
    forwards, backwards = walk(admin, path)
    assert len(forwards) == len(set(forwards)) >= 120
    assert backwards == forwards


def test_the_overview_counts_and_tries_dead_letters_again(app: Flask, admin: Reader) -> None:
    with transaction():
        post("mail", "m1", {}, at=NOW)
    job = claim(NOW)
    assert job is not None
    fail(job, "SMTPRecipientsRefused 550", NOW, hopeless=True)
    beat(app.config["SETTINGS"].instance, NOW)
    page = admin.open("/kelola")
    assert "SMTPRecipientsRefused 550" in page.text
    assert "2 Maret 2026" in page.text
    done = admin.send(page, button="Coba lagi semuanya")
    assert "1 kiriman dicoba lagi." in done.text
    fresh()
    assert census() == {"pending": 1}


def test_a_unit_is_added_changed_moved_and_closed(world: World, admin: Reader) -> None:
    page = admin.open("/kelola/unit/baru?induk=provinsi-contoh")
    page = admin.send(
        page, has="slug", kind="agency", name="Dinas Sosial", short_name="Dinsos", slug="dinas-sosial", region_code="82.72",
        about="Bantuan sosial", calendar_key="wit", valid_from="2026-01-01", email="dinsos@contoh.example",
    )  # fmt: skip
    assert (page.status, page.path) == (200, "/kelola/unit/dinas-sosial")
    unit = unit_by_slug("dinas-sosial")
    assert unit is not None
    assert (unit.parent_id, unit.zone, unit.calendar_key) == (world.government, "Asia/Jayapura", "wit")
    page = admin.send(page, has="short_name", name="Dinas Sosial dan PPA", show_officer_names="y", zone="Asia/Makassar")
    fresh()
    unit = unit_by_slug("dinas-sosial")
    assert unit is not None
    assert (unit.name, unit.show_officer_names, unit.zone, unit.about) == (
        "Dinas Sosial dan PPA", True, "Asia/Makassar", "Bantuan sosial",
    )  # fmt: skip
    moved = admin.send(admin.open("/kelola/unit/dinas-sosial/pindah"), has="parent_id", parent_id=world.agency)
    assert moved.status == 200
    fresh()
    unit = unit_by_slug("dinas-sosial")
    assert unit is not None
    assert unit.parent_id == world.agency
    closed = admin.send(
        admin.open("/kelola/unit/dinas-sosial/tutup"), has="valid_to", valid_to="2026-06-01", successor_id=world.other_agency
    )
    assert closed.status == 200
    fresh()
    unit = unit_by_slug("dinas-sosial")
    assert unit is not None
    assert unit.successor_id == world.other_agency
    assert "Dinas Sosial dan PPA" not in admin.open("/kelola/unit").text
    assert "Dinas Sosial dan PPA" in admin.open("/kelola/unit?tutup=1").text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"slug": "Dinas Sosial"}, "Gunakan huruf kecil"),
        ({"slug": "dinas-kesehatan"}, "sudah dipakai"),
        ({"parent_id": ""}, "Pilih unit induk"),
        ({"kind": "government"}, "tidak mempunyai unit induk"),
        ({"kind": "palsu"}, "Pilihan ini tidak dikenal."),
        ({"parent_id": "99999999999999999999999"}, "Pilihan ini tidak dikenal."),
        ({"parent_id": "x"}, "Pilihan ini tidak dikenal."),
        ({"region_code": "99.99"}, "Kode wilayah tidak dikenal"),
        ({"website": "javascript:alert(1)"}, "Alamat situs diawali"),
        ({"email": "bukan"}, "Alamat surel ini tidak lengkap"),
        ({"valid_from": "kemarin"}, "Tanggal ini tidak dikenal"),
        ({"valid_from": ""}, "Bagian ini wajib diisi."),
        ({"name": "🙂"}, "Tulis dengan kata-kata"),
        ({"name": "x" * 201}, "Paling banyak 200 karakter."),
    ],
)
def test_a_refused_unit_keeps_what_was_typed(world: World, admin: Reader, typed: dict[str, str], text: str) -> None:
    values = {
        "kind": "agency", "parent_id": str(world.government), "name": "Dinas Sosial", "short_name": "Dinsos",
        "slug": "dinas-sosial", "about": "Tugas <b>kami</b>", "valid_from": "2026-01-01",
    } | typed  # fmt: skip
    page = admin.send(admin.open("/kelola/unit/baru"), has="slug", **values)
    assert page.status == 422
    assert text in page.text
    assert "Tugas &lt;b&gt;kami&lt;/b&gt;" in page.html
    assert 'id="error-summary"' in page.html
    assert unit_by_slug("dinas-sosial") is None


def test_a_unit_with_units_under_it_cannot_be_closed(admin: Reader) -> None:
    page = admin.send(admin.open("/kelola/unit/dinas-perhubungan/tutup"), has="valid_to", valid_to="2026-06-01")
    assert page.status == 422
    assert "Tutup atau pindahkan dahulu" in page.text


def test_a_unit_cannot_be_moved_under_itself(world: World, admin: Reader) -> None:
    page = admin.send(admin.open("/kelola/unit/dinas-perhubungan/pindah"), has="parent_id", parent_id=world.division)
    assert page.status == 422


def test_a_service_is_added_and_changed_with_its_whole_standard(world: World, admin: Reader) -> None:
    page = admin.send(
        admin.open("/kelola/layanan/baru"), has="slug", name="Kartu Keluarga", slug="kartu-keluarga", code="S03",
        unit_id=world.agency, topic_id=world.topic, requirements="KTP\nBuku nikah", internal_safety="Kamera",
    )  # fmt: skip
    assert (page.status, page.path) == (200, "/kelola/layanan/kartu-keluarga")
    stored = service_by_slug("kartu-keluarga")
    assert stored is not None
    assert (stored.requirements, dict(stored.internal_standard)) == ("KTP\nBuku nikah", {"safety": "Kamera"})
    page = admin.send(page, has="cost", cost="Gratis", is_active=None, unit_id=world.other_agency)
    fresh()
    stored = service_by_slug("kartu-keluarga")
    assert stored is not None
    assert (stored.cost, stored.requirements, stored.service.is_active) == ("Gratis", "KTP\nBuku nikah", False)
    assert stored.service.unit_id == world.other_agency
    assert dict(stored.internal_standard) == {"safety": "Kamera"}
    refused = admin.send(page, has="cost", name="", cost="Rp1.000")
    assert refused.status == 422
    assert "Rp1.000" in refused.html


def test_services_are_narrowed_to_a_unit_and_to_words(world: World, admin: Reader) -> None:
    assert "Perbaikan lampu jalan" in admin.open("/kelola/layanan?unit=dinas-perhubungan&q=LAMPU").text
    assert "Tidak ada layanan" in admin.open("/kelola/layanan?unit=dinas-kesehatan").text
    assert "Tidak ada layanan" in admin.open("/kelola/layanan?q=kartu").text


def test_topics_and_outside_bodies_are_added_and_changed(world: World, admin: Reader) -> None:
    page = admin.send(
        admin.open("/kelola/topik/baru"), has="slug", name="Parkir", slug="parkir", national_category="Perhubungan", position="3"
    )
    assert "Parkir" in page.text
    page = admin.send(admin.open("/kelola/topik/parkir"), has="name", name="Parkir liar", is_active=None)
    assert "Parkir liar" in page.text
    assert "tidak dapat dipilih" in page.text
    refused = admin.send(admin.open("/kelola/topik/parkir"), has="name", position="banyak")
    assert refused.status == 422
    assert "Tulis bilangan bulat." in refused.text
    page = admin.send(admin.open("/kelola/lembaga/baru"), has="slug", name="BPJS", slug="bpjs", channel="Telepon 165")
    assert "BPJS" in page.text
    refused = admin.send(admin.open("/kelola/lembaga/bpjs"), has="name", url="javascript:alert(1)", channel="Telepon 165")
    assert refused.status == 422
    assert admin.send(admin.open("/kelola/lembaga/bpjs"), has="name", phone="165").status == 200


def test_a_rule_is_added_changed_tried_and_removed(world: World, admin: Reader) -> None:
    page = admin.send(
        admin.open("/kelola/aturan/baru?wilayah=82.72"), has="rank", topic_id=world.topic, unit_id=world.division, rank="2", note="Kota"
    )
    assert (page.status, page.path) == (200, "/kelola/aturan")
    tried = admin.open(f"/kelola/aturan/coba?wilayah={world.village}&topik={world.topic}")
    assert "Bidang Lampu Jalan" in tried.text
    assert "Aturan penerusan untuk wilayah ini menentukannya." in tried.text
    rule = db.session.scalars(select(RoutingRule).where(RoutingRule.region_code == "82.72")).one()
    change = admin.open(f"/kelola/aturan/{rule.id}")
    page = admin.send(change, has="rank", unit_id="", authority_id=world.authority)
    assert page.status == 200
    fresh()
    tried = admin.open(f"/kelola/aturan/coba?wilayah={world.village}&topik={world.topic}")
    assert "PLN" in tried.text
    page = admin.send(admin.open(f"/kelola/aturan/{rule.id}/hapus"), button="Hapus aturan")
    assert page.path == "/kelola/aturan"
    fresh()
    assert db.session.scalars(select(RoutingRule).where(RoutingRule.region_code == "82.72")).all() == []


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"topic_id": ""}, "Pilih satu: topik atau layanan."),
        ({"unit_id": ""}, "Pilih satu: unit atau lembaga"),
        ({"rank": "100"}, "Antara 1 dan 99."),
        ({"rank": "x"}, "Tulis bilangan bulat."),
        ({"region_code": "82.99"}, "Kode wilayah tidak dikenal"),
        ({"region_code": ""}, "Bagian ini wajib diisi."),
    ],
)
def test_a_refused_rule_keeps_what_was_typed(world: World, admin: Reader, typed: dict[str, str], text: str) -> None:
    values = {"region_code": "82.72", "topic_id": str(world.topic), "unit_id": str(world.agency), "rank": "1", "note": "Catatan ini"}
    page = admin.send(admin.open("/kelola/aturan/baru"), has="rank", **(values | typed))
    assert page.status == 422
    assert text in page.text
    assert "Catatan ini" in page.html


def test_the_trial_says_why(world: World, admin: Reader) -> None:
    base = f"/kelola/aturan/coba?wilayah={world.village}"
    assert "pemilik layanannya" in admin.open(f"{base}&layanan={world.service}").text
    with transaction():
        topic = Topic(slug="baru", name="Baru", description="", national_category="x")
        db.session.add(topic)
        db.session.flush()
        number = topic.id
    assert "koordinator pemerintah daerah yang memilih" in admin.open(f"{base}&topik={number}").text
    unknown = admin.open("/kelola/aturan/coba?wilayah=99.99")
    assert unknown.status == 422
    assert "Kode wilayah tidak dikenal." in unknown.text


def test_rules_are_narrowed_to_a_region_and_a_topic(world: World, admin: Reader) -> None:
    assert "Dinas Perhubungan" in admin.open("/kelola/aturan?wilayah=82&topik=lampu-jalan").text
    assert "Tidak ada aturan" in admin.open("/kelola/aturan?wilayah=82.72").text
    assert "Kode wilayah ini tidak dikenal" in admin.open("/kelola/aturan?wilayah=abc").text


def test_regions_are_added_inside_others(admin: Reader) -> None:
    page = admin.send(admin.open("/kelola/wilayah/baru?kode=82.72.02."), has="code", code="82.72.02.2001", name="Kaiyasa")
    assert page.path == "/kelola/wilayah"
    assert "Kaiyasa" in page.text
    assert region("82.72.02.2001") is not None
    refused = admin.send(admin.open("/kelola/wilayah/baru"), has="code", code="99.01", name="Tak bertuan")
    assert refused.status == 422
    assert "Wilayah di atasnya belum ada." in refused.text


def test_a_form_without_a_token_changes_nothing(world: World, admin: Reader) -> None:
    answer = admin.client.post(f"/kelola/orang/{world.officer.person_id}/status", data={})
    assert answer.status_code == 403
    fresh()
    officer = db.session.get(Person, world.officer.person_id)
    assert officer is not None
    assert officer.is_active


def test_old_dead_letters_wait_no_longer_than_the_newest(app: Flask, admin: Reader) -> None:
    with transaction():
        for number in range(25):
            post("mail", f"m{number}", {}, at=NOW)
    for _ in range(25):
        job = claim(NOW + timedelta(seconds=1))
        assert job is not None
        fail(job, "OSError", NOW, hopeless=True)
    page = admin.open("/kelola")
    assert page.html.count('<th scope="row">') == 20
    assert db.session.scalars(select(Outbox.state)).first() == "dead"
    assert PASSWORD
