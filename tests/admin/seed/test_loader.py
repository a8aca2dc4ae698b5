from __future__ import annotations

import pytest
from flask import Flask

from feedback.admin.seed import load_places_and_catalogue, seed_regions, seed_units
from feedback.catalogue.queries import propose_route, service_by_slug, services, topic_by_slug, topics
from feedback.catalogue.rules import Route
from feedback.units.queries import ancestors, region_name_index, tree, unit_by_slug


@pytest.fixture
def loaded(app: Flask) -> Flask:
    assert load_places_and_catalogue()
    return app


def route(topic_slug: str, region_code: str, service_slug: str | None = None) -> Route:
    topic = topic_by_slug(topic_slug)
    assert topic is not None
    service = service_by_slug(service_slug) if service_slug else None
    return propose_route(topic_id=topic.id, region_code=region_code, service_id=service.service.id if service else None)


def target(found: Route) -> str | None:
    if found.authority is not None:
        return found.authority.slug
    return found.unit.slug if found.unit else None


def test_loading_is_few_statements_and_happens_once(app: Flask, statements: list[str]) -> None:
    statements.clear()
    assert load_places_and_catalogue()
    assert len(statements) <= 30
    assert len(tree()) == len(seed_units())
    assert len(region_name_index()) == len(seed_regions())
    assert not load_places_and_catalogue()
    assert len(tree()) == len(seed_units())


def test_the_tree_hangs_together(loaded: Flask) -> None:
    village = unit_by_slug("tidore-kelurahan-sofifi")
    assert village is not None
    assert [unit.slug for unit in ancestors(village)] == ["kota-tidore-kepulauan", "tidore-kecamatan-oba-utara"]
    assert village.zone == "Asia/Jayapura"


@pytest.mark.parametrize(
    ("topic", "region", "expected", "government"),
    [
        ("air-minum", "21.72.02.1003", "kepri-pdam-tirta-kepri", "provinsi-kepulauan-riau"),
        ("air-minum", "12.73.04.1001", "sibolga-tirta-nauli", "kota-sibolga"),
        ("samsat", "21.72.02.1003", "kepri-bapenda", "provinsi-kepulauan-riau"),
        ("samsat", "12.73.01.1001", "sumut-bapenda", "provinsi-sumatera-utara"),
        ("sekolah-menengah", "21.72.04.1004", "kepri-disdik", "provinsi-kepulauan-riau"),
        ("sekolah-menengah", "82.72.02.1003", "malut-dikbud", "provinsi-maluku-utara"),
        ("pendidikan", "21.72.04.1004", "tanjungpinang-disdik", "kota-tanjungpinang"),
        ("pju", "82.72.02.1003", "malut-dishub", "provinsi-maluku-utara"),
        ("pju", "82.72", "tidore-dishub", "kota-tidore-kepulauan"),
        ("adminduk", "82.72.02.1003", "tidore-disdukcapil", "kota-tidore-kepulauan"),
        ("listrik", "82.72.02.1003", "pln", "kota-tidore-kepulauan"),
        ("bpjs-kesehatan", "12.73.01.1001", "bpjs-kesehatan", "kota-sibolga"),
        ("kepolisian", "21.72.02.1003", "polri", "kota-tanjungpinang"),
        ("jalan", "12.73.01.1001", "sibolga-dinas-pupr", "kota-sibolga"),
        ("pelayanan-kelurahan", "12.73.03.1004", "sibolga-kelurahan-aek-parombunan", "kota-sibolga"),
        ("pelayanan-kelurahan", "12.73.03", "sibolga-kecamatan-sibolga-selatan", "kota-sibolga"),
        ("perilaku-petugas", "82.72.02.1003", "malut-inspektorat", "provinsi-maluku-utara"),
    ],
)
def test_trap_routes(loaded: Flask, topic: str, region: str, expected: str, government: str) -> None:
    found = route(topic, region)
    assert target(found) == expected
    assert found.government is not None
    assert found.government.slug == government


def test_a_route_across_governments_is_explained_to_the_reporter(loaded: Flask) -> None:
    assert "provinsi" in route("air-minum", "21.72.02.1003").note
    assert "provinsi" in route("sekolah-menengah", "12.73.01.1001").note


def test_a_road_may_be_provincial_or_national(loaded: Flask) -> None:
    alternatives = route("jalan", "21.72.02.1003").alternatives
    assert [one.unit.slug if one.unit else None for one in alternatives] == ["kepri-dinas-pupr", None]
    assert alternatives[1].authority is not None
    assert alternatives[1].authority.slug == "bpjn-kepulauan-riau"


def test_a_village_service_goes_to_the_village(loaded: Flask) -> None:
    found = route("lainnya", "21.72.03.1004", "tanjungpinang-keterangan-domisili")
    assert target(found) == "tanjungpinang-kelurahan-penyengat"


def test_a_service_picked_in_the_wrong_city_does_not_send_it_there(loaded: Flask) -> None:
    assert target(route("adminduk", "21.72.03.1004", "sibolga-ktp-el-baru")) == "tanjungpinang-disdukcapil"


def test_every_pilot_village_has_a_route_for_every_topic(loaded: Flask) -> None:
    villages = [region.code for region in seed_regions() if region.code.count(".") == 3]
    for topic in topics():
        for code in villages:
            found = propose_route(topic_id=topic.id, region_code=code)
            assert (found.unit is None) != (found.authority is None), (topic.slug, code)
            assert found.government is not None
            assert found.rule_id is not None, (topic.slug, code)


def test_every_service_reaches_its_own_government(loaded: Flask) -> None:
    for service in services(limit=1000):
        unit = unit_by_slug(service.unit_slug)
        assert unit is not None
        found = propose_route(topic_id=service.topic_id, region_code=None, service_id=service.id)
        assert found.unit == unit
