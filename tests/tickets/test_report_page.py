"""Writing a report without scripts: choose a place, check, change, send; nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.catalogue.models import RoutingRule
from feedback.kernel.clock import utc_now
from feedback.kernel.text import clean
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.units.models import Region
from tests.factories import World, make_report
from tests.site import FoundForm, Page, Reader
from tests.tickets.conftest import Hands

TEXT = "Lampu jalan di depan masjid mati sejak tiga hari lalu."
SOFIFI = "/lapor?wilayah=82.72.02.1003"


def fields_of(page: Page) -> dict[str, str]:
    """What the writing or checking form carries."""
    return dict(page.form(has="form_key").fields)


def typed(world: World, **values: Any) -> dict[str, Any]:
    return {"text": TEXT, "topic": str(world.topic), **values}


def checked(reader: Reader, world: World, path: str = SOFIFI, **values: Any) -> Page:
    page = reader.send(reader.open(path), button="periksa", **typed(world, **values))
    assert page.status == 200, page.text
    return page


def stored() -> list[Ticket]:
    db.session.rollback()  # what the site has written since is not in an older snapshot
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id).execution_options(populate_existing=True)))


def number_on(page: Page) -> str:
    found = re.search(r"MB-\w{4}-\w{4}", page.text)
    assert found, page.text
    return found.group()


def post(reader: Reader, form: FoundForm, path: str = "/lapor", **values: Any) -> Page:
    data: dict[str, Any] = {**dict(form.fields), **values}
    return Page(reader.client.post(path, data={name: value for name, value in data.items() if value is not None}))


def errors_lead_to_fields(page: Page) -> list[str]:
    """The links of the error summary; each leads to something on the page."""
    summary = re.search(r'class="error-summary.*?</(?:div|section)>', page.html, re.DOTALL)
    assert summary, page.html[:2000]
    targets = re.findall(r'href="#([^"]+)"', summary.group())
    for target in targets:
        element = re.search(rf'<[^>]*\bid="{re.escape(target)}"[^>]*>', page.html)
        assert element, target
        assert 'type="hidden"' not in element.group(), element.group()
    return targets


def test_the_whole_way_of_a_citizen_without_script(world: World, reader: Reader) -> None:
    page = reader.open("/lapor")
    assert page.status == 200
    page = reader.send(page, button="wilayah", region_next="82", **typed(world))
    page = reader.send(page, button="wilayah", region_next="82.72.02")
    page = reader.send(page, button="wilayah", region_next="82.72.02.1003")
    assert fields_of(page)["text"] == TEXT
    assert "Maluku Utara › Kota Tidore Kepulauan › Oba Utara › Sofifi" in page.text
    page = reader.send(page, button="periksa", email="nur@contoh.example", name="Nur", place="depan masjid", event_date="2026-01-05")
    assert page.status == 200, page.text
    for shown in (TEXT, "Dinas Perhubungan", "5 Januari 2026", "Diverifikasi koordinator: paling lambat", "hari kerja, WIT", "depan masjid"):
        assert shown in page.text
    assert stored() == []
    receipt = reader.send(page, button="kirim")
    assert receipt.status == 200
    assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", receipt.text)
    assert "WIT" in receipt.text
    [ticket] = stored()
    assert ticket.number == number_on(receipt)
    assert (ticket.text, ticket.region_code, ticket.reporter_name, ticket.place) == (TEXT, "82.72.02.1003", "Nur", "depan masjid")
    mine = reader.open(f"/laporan/{ticket.number}")
    assert "Ini laporan Anda" in mine.text
    assert TEXT in mine.text


def test_the_receipt_has_a_picture_of_the_tracking_page_without_the_code(world: World, reader: Reader) -> None:
    receipt = reader.send(checked(reader, world), button="kirim")
    source = re.search(r'src="(/laporan/[^"]+qr\.svg)"', receipt.html)
    assert source
    picture = reader.client.get(source.group(1))
    assert picture.mimetype == "image/svg+xml"
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", receipt.text)
    assert code
    assert code.group() not in source.group(1)
    assert receipt.response.headers["Cache-Control"] == "no-store"


def test_what_the_public_sees_is_shown_before_sending(world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    open_page = checked(reader, world, name="Nur")
    assert re.search(rf"Yang dilihat umum {re.escape(TEXT)} Nur ", open_page.text)
    hidden = checked(readers(), world, name="Nur", anonymous="y")
    assert re.search(rf"Yang dilihat umum {re.escape(TEXT)} Anonim ", hidden.text)
    secret = checked(readers(), world, name="Nur", confidential="y")
    assert "Yang dilihat umum Tidak ada." in secret.text


def test_an_authority_outside_is_named_with_its_address(world: World, reader: Reader) -> None:
    with transaction():
        db.session.add(RoutingRule(region_code="82.72", topic_id=world.topic, authority_id=world.authority, note="Jalan nasional"))
    page = checked(reader, world)
    assert "wewenang PLN" in page.text
    assert "Telepon 123" in page.text


def test_change_keeps_everything(world: World, reader: Reader) -> None:
    given = {
        "text": "Baris satu yang panjang.\n\n  Baris dua <b>tebal</b> & 'kutip'", "kind": "suggestion", "place": "RT 3",
        "event_date": "2026-01-05", "service": str(world.service), "unit": str(world.division), "name": "Nur'aini",
        "email": "nur@contoh.example", "phone": "0811", "anonymous": "y", "confidential": "y",
    }  # fmt: skip
    page = checked(reader, world, **given)
    back = reader.send(page, button="ubah")
    again = checked_again = reader.send(back, button="periksa")
    for one in (page, back, again):
        found = fields_of(one)
        for name, value in given.items():
            assert found[name].replace("\r\n", "\n") == value, (one.path, name)
        assert found["region"] == "82.72.02.1003"
        assert found["topic"] == str(world.topic)
    assert fields_of(back)["form_key"] == fields_of(page)["form_key"]
    reader.send(checked_again, button="kirim")
    [ticket] = stored()
    assert ticket.text == clean(given["text"])
    assert (ticket.kind, ticket.anonymous, ticket.confidential, ticket.service_id) == ("suggestion", True, True, world.service)


def test_enter_checks_and_never_sends_from_the_writing_page(world: World, reader: Reader) -> None:
    page = reader.open(SOFIFI)
    first = page.form(has="form_key").buttons[0]
    assert first[:2] == ("langkah", "periksa")


def test_another_region_can_be_chosen_again(world: World, reader: Reader) -> None:
    page = reader.send(reader.open(SOFIFI), button="wilayah-ulang", **typed(world))
    assert page.status == 200
    assert "Sofifi" not in page.text
    assert fields_of(page)["region"] == ""
    assert fields_of(page)["text"] == TEXT
    page = reader.send(page, button="wilayah", region_next="82")
    page = reader.send(page, button="wilayah", region_next="82.72.02")
    page = reader.send(page, button="periksa", region_next="82.72.02.1002")
    assert "Guraping" in page.text


def test_a_region_may_stop_at_the_city_but_not_before(world: World, reader: Reader) -> None:
    page = reader.send(reader.open("/lapor"), button="periksa", **typed(world))
    assert page.status == 422
    assert "region_next" in errors_lead_to_fields(page)
    assert fields_of(page)["text"] == TEXT
    city = checked(reader, world, "/lapor?wilayah=82.72")
    assert reader.send(city, button="kirim").status == 200


def test_choosing_a_region_and_checking_in_one_press(world: World, reader: Reader) -> None:
    page = checked(reader, world, "/lapor?wilayah=82.72.02", region_next="82.72.02.1003")
    assert "Sofifi" in page.text


def test_a_place_whose_government_is_not_here_is_told_at_the_region(world: World, reader: Reader) -> None:
    with transaction():
        db.session.add(Region(code="33", name="Provinsi Jauh", level="province"))
        db.session.flush()
        db.session.add_all([Region(code=code, name=f"Kota {code}", level="city", parent_code="33") for code in ("33.01", "33.02")])
    page = reader.send(reader.open("/lapor?wilayah=33.01"), button="periksa", **typed(world))
    assert page.status == 422
    assert "belum memakai situs ini" in page.text
    assert errors_lead_to_fields(page) == ["region_next"]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("topik=lampu-jalan", {"topic": "topic"}),
        ("layanan=perbaikan-lampu", {"service": "service", "topic": "topic"}),
        ("unit=bidang-lampu&wilayah=82.72", {"unit": "division"}),
        ("unit=provinsi-contoh", {}),
        ("topik=tidak-ada&layanan=%00&unit=<b>&wilayah=99", {}),
        ("wilayah=82.72.02.1003&topik=kesehatan", {"topic": "other_topic"}),
    ],
)
def test_links_choose_beforehand_and_unknown_words_choose_nothing(world: World, reader: Reader, query: str, chosen: dict[str, str]) -> None:
    page = reader.open(f"/lapor?{query}")
    assert page.status == 200
    found = fields_of(page)
    for name, attribute in chosen.items():
        assert found[name] == str(getattr(world, attribute))
    if not chosen:
        assert found["topic"] == ""


def test_the_unit_chosen_by_a_link_survives_choosing_the_region(world: World, reader: Reader) -> None:
    page = reader.open("/lapor?unit=bidang-lampu")
    page = reader.send(page, button="wilayah", region_next="82", **typed(world))
    page = reader.send(page, button="periksa")
    assert page.status == 200, page.text
    assert fields_of(page)["unit"] == str(world.division)


def test_name_and_address_of_the_account_are_offered_not_forced(world: World, readers: Callable[[], Reader]) -> None:
    reader = readers().sign_in(world.citizen)
    assert fields_of(reader.open(SOFIFI))["name"] == world.citizen.name
    reader.send(checked(reader, world, name="", email=""), button="kirim")
    [ticket] = stored()
    assert ticket.reporter_name is None
    assert world.citizen.name not in readers().open(f"/laporan/{ticket.number}").text


def test_sending_twice_gives_the_same_receipt(world: World, reader: Reader) -> None:
    page = checked(reader, world)
    first = reader.send(page, button="kirim")
    second = reader.send(page, button="kirim")
    assert number_on(first) == number_on(second)
    assert "sudah kami terima sebelumnya" in second.text
    assert len(stored()) == 1


def test_going_back_and_sending_other_words_tells_so(world: World, reader: Reader) -> None:
    page = checked(reader, world)
    first = reader.send(page, button="kirim")
    for step in ("kirim", "periksa"):
        second = post(reader, page.form(has="form_key"), langkah=step, text="Tulisan lain sama sekali, setelah kembali.")
        assert number_on(second) == number_on(first)
        assert "tidak ikut terkirim" in second.text
    assert len(stored()) == 1


def test_a_resend_after_a_lost_answer_still_makes_this_browser_the_reporter(app: Flask, world: World, reader: Reader) -> None:
    """The first answer never arrived, and with it its cookie."""
    page = checked(reader, world)
    name = app.config["SESSION_COOKIE_NAME"]
    token = reader.client.get_cookie(name)
    assert token is not None
    reader.send(page, button="kirim")
    reader.client.set_cookie(name, token.value)
    receipt = reader.send(page, button="kirim")
    assert "Ini laporan Anda" in reader.open(f"/laporan/{number_on(receipt)}").text


def test_sending_directly_without_checking_is_validated_alike(world: World, reader: Reader) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    answer = post(reader, form, langkah="kirim", text="", topic=str(world.topic))
    assert answer.status == 422
    assert stored() == []


# the counter


def test_the_counter_is_behind_sign_in_and_role(world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    assert reader.open("/meja/loket").path == "/masuk"
    for actor in (world.citizen, world.officer, world.head, world.inspector):
        assert readers().sign_in(actor).open("/meja/loket").status == 403


def test_a_letter_of_yesterday_is_recorded_with_its_own_time(world: World, readers: Callable[[], Reader], hands: Hands) -> None:
    hands.at(3, 5, 10)
    reader = readers().sign_in(world.coordinator)
    page = reader.open("/meja/loket?wilayah=82.72.02.1003")
    assert fields_of(page).get("name", "") == ""
    page = reader.send(page, button="periksa", channel="letter", received_date="2026-03-03", received_time="09:15", **typed(world, name="Pak Udin"))
    assert page.status == 200, page.text
    assert "3 Maret 2026, 09.15 WIT" in page.text
    receipt = reader.send(page, button="kirim")
    assert "3 Maret 2026, 09.15 WIT" in receipt.text
    [ticket] = stored()
    assert (ticket.channel, ticket.recorded_by_id, ticket.reporter_id) == ("letter", world.coordinator.person_id, None)
    assert (ticket.received_at, ticket.created_at) == (hands.at(3, 3, 9, 15), hands.at(3, 5, 10))
    assert "Ini laporan Anda" not in reader.open(f"/laporan/{ticket.number}").text


@pytest.mark.parametrize("received", [("2026-03-06", "09:00"), ("2010-01-01", "09:00"), ("", "09:00"), ("2026-03-03", "99:99"), ("2026-03-05", "10:01")])
def test_a_letter_from_the_future_or_without_time_is_refused(world: World, readers: Callable[[], Reader], hands: Hands, received: tuple[str, str]) -> None:
    hands.at(3, 5, 10)
    reader = readers().sign_in(world.coordinator)
    page = reader.open("/meja/loket?wilayah=82.72.02.1003")
    page = reader.send(page, button="periksa", received_date=received[0], received_time=received[1], **typed(world))
    assert page.status == 422
    assert fields_of(page)["text"] == TEXT
    assert {"received_date", "received_time"} & set(errors_lead_to_fields(page))
    assert stored() == []


def test_a_citizens_form_cannot_carry_a_time_of_receipt(world: World, reader: Reader) -> None:
    form = reader.open(SOFIFI).form(has="form_key")
    post(reader, form, langkah="kirim", received_date="2020-01-01", received_time="09:00", channel="letter", **typed(world))
    [ticket] = stored()
    assert ticket.channel == "web"
    assert utc_now() - ticket.received_at < timedelta(minutes=1)


def test_statements_of_the_writing_page_do_not_grow(app: Flask, world: World, reader: Reader, statements: list[str]) -> None:
    reader.open(SOFIFI)
    statements.clear()
    reader.open(SOFIFI)
    few = len(statements)
    for _ in range(5):
        make_report(world)
    statements.clear()
    reader.open(SOFIFI)
    assert len(statements) == few <= 10
