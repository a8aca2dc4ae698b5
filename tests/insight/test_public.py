"""What everybody sees of the figures."""

from __future__ import annotations

import csv
import io

import pytest
import time_machine

from feedback.insight.actions import rebuild
from feedback.storage.session import db
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.site import Reader


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def fill_public(make: Maker, world: World) -> None:
    for serial in range(12):
        make.answered(world.agency, 60, 600, on_time=serial > 5)
    for _serial in range(9):
        make.answered(world.government, 30, 30)
    for _serial in range(3):
        make.answered(world.other_agency, 30, 30)
    for _serial in range(20):
        make.answered(world.agency, 5, 5, confidential=True)
        make.answered(world.agency, 5, 5, hidden=True)
    db.session.commit()


@pytest.mark.parametrize("rolled_up", [True, False])
def test_nothing_confidential_and_nothing_small(make: Maker, world: World, reader: Reader, rolled_up: bool) -> None:
    fill_public(make, world)
    if rolled_up:
        rebuild(NOW)
    data = reader.open("/statistik?unit=provinsi-contoh&format=json").response.get_json()
    units = {row["slug"]: row for row in data["units"]}
    assert data["total"]["received"] == 24
    assert (units["dinas-perhubungan"]["kept"], units["dinas-perhubungan"]["missed"]) == (6, 6)
    assert units["dinas-perhubungan"]["resolution_median"] == pytest.approx(600, rel=0.02)
    # Three are too few to tell, and the next smallest is not told either: it would give the three away.
    for slug in ("dinas-kesehatan", "provinsi-contoh"):
        assert {value for key, value in units[slug].items() if key not in ("name", "slug", "reach")} == {None}
    assert data["licence"] == "CC BY 4.0"


def test_page_and_csv_say_the_same_and_signed_in_people_see_no_more(make: Maker, world: World, reader: Reader) -> None:
    fill_public(make, world)
    page = reader.open("/statistik?unit=provinsi-contoh")
    assert "tidak disebut" in page.text
    assert "Provinsi Contoh (dipegang sendiri)" in page.text
    for word in ("Tepat waktu", "Separuh orang menunggu", "CC BY 4.0", "Kota Lain"):
        assert word in page.text
    text = reader.open("/statistik?unit=provinsi-contoh&format=csv").response.get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["masuk"] == "24"
    assert [(row["slug"], row["lingkup"]) for row in rows[:2]] == [("provinsi-contoh", "semua"), ("provinsi-contoh", "langsung")]
    reader.sign_in(world.governor)
    assert reader.open("/statistik?unit=provinsi-contoh&format=csv").response.get_data().decode("utf-8-sig") == text


@pytest.mark.parametrize("query", ["unit=tidak-ada", "tahun=x", "tahun=1", "tahun=99999999999999999999999"])
def test_what_is_not_there(world: World, reader: Reader, query: str) -> None:
    assert reader.open(f"/statistik?{query}").status == 404


def test_the_footer_leads_there(world: World, reader: Reader) -> None:
    assert "/statistik" in reader.open("/").links
    assert reader.open("/statistik").status == 200


def test_a_column_never_hides_one_number_alone(make: Maker, world: World, reader: Reader) -> None:
    """One unit with two late would follow from the total: the unit with the fewest is hidden with it."""
    for unit_id, late in ((world.agency, 2), (world.other_agency, 6), (world.government, 7)):
        for serial in range(15):
            make.answered(unit_id, 60, 600, on_time=serial >= late)
    db.session.commit()
    units = {row["slug"]: row for row in reader.open("/statistik?unit=provinsi-contoh&format=json").response.get_json()["units"]}
    assert [units[slug]["missed"] for slug in ("dinas-perhubungan", "dinas-kesehatan", "provinsi-contoh")] == [None, None, 7]
    assert units["dinas-perhubungan"]["kept"] is None
    assert (units["provinsi-contoh"]["resolution_n"], units["provinsi-contoh"]["received"]) == (15, 15)


def test_the_page_of_a_unit_tells_its_time(make: Maker, world: World, reader: Reader) -> None:
    fill_public(make, world)
    page = reader.open("/unit/dinas-perhubungan")
    for words in ("Waktu yang ditepati dan yang terlewat, 2026", "dijawab sebelum tenggat", "CC BY 4.0", "n penyelesaian"):
        assert words.lower() in page.text.lower(), words
    assert "/statistik?unit=dinas-perhubungan&tahun=2026&format=json" in [link.replace("&amp;", "&") for link in page.links]
    told = next(row for row in reader.open("/statistik?unit=provinsi-contoh&format=json").response.get_json()["units"] if row["slug"] == "dinas-perhubungan")
    assert (told["kept"], told["missed"], told["resolution_n"]) == (6, 6, 12)
    assert "Masuk tidak disebut" in reader.open("/unit/dinas-kesehatan").text


def test_whose_receipts_are_not_told_tells_nothing_else(make: Maker, world: World, reader: Reader) -> None:
    """Three wait at one agency; seven answered elsewhere would bound the seven received that keep the three company."""
    for _serial in range(3):
        make.open(world.other_agency)
    for unit_id, answered in ((world.agency, 7), (world.government, 30)):
        for _serial in range(answered):
            make.answered(unit_id, 60, 600)
    db.session.commit()
    units = {row["slug"]: row for row in reader.open("/statistik?unit=provinsi-contoh&format=json").response.get_json()["units"]}
    assert {units["dinas-perhubungan"][name] for name in ("received", "answered", "kept", "resolution_n")} == {None}
    assert (units["provinsi-contoh"]["answered"], units["provinsi-contoh"]["received"]) == (30, 30)
