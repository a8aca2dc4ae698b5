"""Every move made from the page of a ticket without scripts; nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from feedback.kernel.clock import utc_now
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.words import State
from tests.factories import World, make_report
from tests.site import Page, Reader
from tests.tickets.steps import after_days, assigned, bring, disputed, events_of, footprint, make, ticket_of
from tests.tickets.test_ticket_page import M, New, at, fields_of


def test_the_buttons_are_the_moves_that_are_possible(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer).open(at(receipt.number))
    moves = {name.removesuffix("-move") for form in officer.forms for name, _ in form.fields if name.endswith("-move")}
    assert moves == {"assign", "return_to_coordinator", "claim", "start", "interim_reply", "hold", "answer"}
    visitor = readers().open(at(receipt.number))
    assert not any(name.endswith("-move") for form in visitor.forms for name, _ in form.fields)
    mine = readers().sign_in(world.citizen).open(at(receipt.number))
    moves = {name.removesuffix("-move") for form in mine.forms for name, _ in form.fields if name.endswith("-move")}
    assert moves == {"withdraw", "add_information", "make_confidential", "make_anonymous"}


def test_from_report_to_confirmed_answer_by_pages_only(world: World, readers: New) -> None:
    citizen, coordinator, officer, other = (readers().sign_in(one) for one in (world.citizen, world.coordinator, world.officer, world.second_officer))
    page = citizen.send(citizen.open("/lapor?wilayah=82.72.02.1003"), button="periksa", text="Lampu jalan mati.", topic=str(world.topic))
    number = re.search(r"MB-\w{4}-\w{4}", citizen.send(page, button="kirim").text).group()  # type: ignore[union-attr]
    page = coordinator.open(at(number))
    assert fields_of(page, "verify_and_assign-unit_id")["verify_and_assign-unit_id"] == str(world.agency)
    coordinator.send(page, button="Verifikasi dan teruskan", **{"verify_and_assign-grade": "non_oversight"})
    officer.send(officer.open(at(number)), button="Ambil laporan ini")
    officer.send(officer.open(at(number)), button="Kirim jawaban akhir", **{"answer-text": "Sudah diganti."})
    citizen.send(citizen.open(at(number)), button="Belum, saya menyanggah", **{"dispute-text": "Masih mati."})
    barred = officer.open(at(number))
    assert not any(name == "review_answer-move" for form in barred.forms for name, _ in form.fields)
    other.send(other.open(at(number)), button="Kirim jawaban setelah sanggahan", **{"review_answer-text": "Kabelnya diganti."})
    page = citizen.send(citizen.open(at(number)), button="Ya, sudah selesai")
    assert "Terima kasih" in page.text
    assert "Selesai" in page.text
    public = readers().open(at(number)).text
    for shown in ("Sudah diganti.", "Masih mati.", "Kabelnya diganti.", "putaran 2"):
        assert shown in public


@pytest.mark.parametrize(
    ("button", "values", "at_field"),
    [
        ("Kirim jawaban akhir", {"answer-text": ""}, "answer-text"),
        ("Kirim jawaban akhir", {"answer-text": "\U0001f44d\U0001f44d"}, "answer-text"),
        ("Kirim jawaban akhir", {"answer-text": "a" * 10_001}, "answer-text"),
        ("Tunda dengan janji tanggal", {"hold-text": "Menunggu."}, "hold-hold_reason"),
        ("Tunda dengan janji tanggal", {"hold-text": "Menunggu.", "hold-hold_reason": "waiting_material", "hold-promised_date": "2020-01-01"}, "hold-promised_date"),
        ("Tunda dengan janji tanggal", {"hold-text": "Menunggu.", "hold-hold_reason": "gossip", "hold-promised_date": "2026-12-24"}, "hold-hold_reason"),
        ("Pindahkan ke unit lain", {"assign-text": "Bukan kami."}, "assign-unit_id"),
        ("Pindahkan ke unit lain", {"assign-text": "Bukan kami.", "assign-unit_id": "999999"}, "assign-unit_id"),
        ("Pindahkan ke unit lain", {"assign-text": "Bukan kami.", "assign-unit_id": "other_agency"}, "assign-unit_id"),
        ("Kembalikan ke koordinator", {"return_to_coordinator-text": "Bukan kami."}, "return_to_coordinator-proposed_unit_id"),
    ],
)  # fmt: skip
def test_a_refused_move_keeps_the_words_and_links_to_the_field(world: World, readers: New, button: str, values: dict[str, str], at_field: str) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    sent = {name: str(getattr(world, value)) if value == "other_agency" else value for name, value in values.items()}
    before = footprint()
    page = reader.send(reader.open(at(receipt.number)), button=button, **sent)
    assert page.status == 422, page.text
    text = next(name for name in sent if name.endswith("-text"))
    assert fields_of(page, text)[text] == sent[text]
    summary = re.search(r'class="error-summary.*?</(?:div|section)>', page.html, re.DOTALL)
    assert summary
    targets = re.findall(r'href="#([^"]+)"', summary.group())
    assert at_field in targets
    assert f'id="{at_field}"' in page.html
    assert footprint() == before


@pytest.mark.parametrize(
    ("button", "values", "at_field"),
    [
        ("Verifikasi dan teruskan", {"verify_and_assign-grade": None}, "verify_and_assign-grade"),
        ("Verifikasi dan teruskan", {"verify_and_assign-grade": "huge"}, "verify_and_assign-grade"),
        ("Verifikasi dan teruskan", {"verify_and_assign-grade": "normative", "verify_and_assign-reported_email": "x@contoh.example"}, "verify_and_assign-reported_email"),
        ("Verifikasi dan teruskan", {"verify_and_assign-grade": "normative", "verify_and_assign-title": "a" * 161}, "verify_and_assign-title"),
        ("Tolak dengan alasan", {"reject-text": "Tidak jelas."}, "reject-reject_reason"),
        ("Tunjukkan lembaga yang berwenang", {"refer-text": "Ke PLN."}, "refer-authority_id"),
        ("Gabungkan dengan laporan lain", {"join-joined_number": "MB-0000-0001"}, "join-joined_number"),
        ("Gabungkan dengan laporan lain", {"join-joined_number": ""}, "join-joined_number"),
    ],
)  # fmt: skip
def test_a_coordinators_refused_move_links_to_the_field(world: World, readers: New, button: str, values: dict[str, Any], at_field: str) -> None:
    receipt = make_report(world)
    reader = readers().sign_in(world.coordinator)
    page = reader.send(reader.open(at(receipt.number)), button=button, **values)
    assert page.status == 422, page.text
    assert f'href="#{at_field}' in page.html
    assert ticket_of(receipt).state == State.RECEIVED


def test_a_stale_form_shows_both_texts_and_can_be_sent_on(world: World, readers: New) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.second_officer)
    old = reader.open(at(receipt.number))
    make(world, receipt, M.INTERIM_REPLY, world.officer, text="Kami sudah ke lokasi.")
    page = reader.send(old, button="Kirim jawaban akhir", **{"answer-text": "Lampu sudah\n\ndiganti <b>baru</b>."})
    assert page.status == 409
    assert "Kami sudah ke lokasi." in page.text
    assert fields_of(page, "answer-text")["answer-text"] == "Lampu sudah\n\ndiganti <b>baru</b>."
    assert ticket_of(receipt).state == State.ASSIGNED
    done = reader.send(page, button="Kirim berdasarkan keadaan terbaru")
    assert done.status == 200
    assert events_of(receipt)[-1].text == "Lampu sudah\n\ndiganti <b>baru</b>."


def test_a_stale_form_whose_move_is_over_keeps_the_text_to_copy(world: World, readers: New) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.second_officer)
    old = reader.open(at(receipt.number))
    make(world, receipt, M.ANSWER, world.officer, text="Jawaban pertama.")
    for text in ("Jawaban kedua.", "\U0001f44d\U0001f44d"):
        page = reader.send(old, button="Kirim jawaban akhir", **{"answer-text": text})
        assert page.status == 409
        assert text in page.text
    assert "Jawaban pertama." in reader.open(at(receipt.number)).text
    assert [event.text for event in events_of(receipt) if event.move == M.ANSWER] == ["Jawaban pertama."]


def test_pressing_twice_makes_one_move(world: World, readers: New) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    old = reader.open(at(receipt.number))
    assert reader.send(old, button="Kirim tanggapan sementara", **{"interim_reply-text": "Kami cek."}).status == 200
    assert reader.send(old, button="Kirim tanggapan sementara", **{"interim_reply-text": "Kami cek."}).status == 409
    assert [event.move for event in events_of(receipt)].count(M.INTERIM_REPLY) == 1


def test_a_move_that_is_not_yours_is_403_with_the_words_kept(world: World, readers: New) -> None:
    receipt = disputed(world)
    reader = readers().sign_in(world.officer)
    page = reader.open(at(receipt.number))
    form = page.form(has="assign-move")
    token = dict(form.fields)["csrf_token"]
    version = str(ticket_of(receipt).version)
    data = {"csrf_token": token, "review_answer-move": "review_answer", "review_answer-version": version, "review_answer-text": "Sudah benar."}
    answer = Page(reader.client.post(f"{at(receipt.number)}/langkah", data=data))
    assert answer.status == 403
    assert "Sudah benar." in answer.text
    assert ticket_of(receipt).state == State.DISPUTED


@pytest.mark.parametrize(
    "data",
    [{}, {"claim-move": "gossip"}, {"x-move": "<script>"}, {"submit-move": "submit", "submit-version": "1"}, {"lapse-move": "lapse", "lapse-version": "1"},
     {"claim-move": "claim", "claim-version": ""}, {"claim-move": "claim", "claim-version": "x"}, {"claim-move": "claim", "claim-version": "9" * 40},
     {"claim-move": "claim", "claim-version": "-1"}, {"claim-move": "claim"}],
)  # fmt: skip
def test_forged_moves_are_refused_and_change_nothing(world: World, readers: New, data: dict[str, str]) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    token = dict(reader.open(at(receipt.number)).form(has="claim-move").fields)["csrf_token"]
    before = footprint()
    answer = reader.client.post(f"{at(receipt.number)}/langkah", data={"csrf_token": token, **data})
    assert answer.status_code in (403, 409, 422), answer.get_data(as_text=True)
    assert footprint() == before


def test_a_missing_token_is_403_and_keeps_the_answer(world: World, readers: New) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    form = reader.open(at(receipt.number)).form(has="answer-move")
    data = {name: value for name, value in form.fields if name != "csrf_token"} | {"answer-text": "Sudah diganti semua."}
    page = Page(reader.client.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
    assert page.status == 403
    assert "Sudah diganti semua." in page.html
    assert ticket_of(receipt).state == State.ASSIGNED
    assert reader.send(page, button="Kirim lagi").status == 200
    assert ticket_of(receipt).state == State.ANSWERED


def test_signing_out_in_another_window_loses_no_words(world: World, readers: New) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    form = reader.open(at(receipt.number)).form(has="answer-move")
    reader.client.delete_cookie("sesi")
    data = dict(form.fields) | {"answer-text": "Sudah diganti semua."}
    page = Page(reader.client.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
    assert page.status == 403
    assert "Sudah diganti semua." in page.html
    assert ticket_of(receipt).state == State.ASSIGNED


def test_who_sends_it_out_of_reach_is_led_to_the_desk(world: World, readers: New) -> None:
    receipt = make_report(world, confidential=True)
    reader = readers().sign_in(world.coordinator)
    page = reader.send(reader.open(at(receipt.number)), button="Verifikasi dan teruskan", **{"verify_and_assign-grade": "oversight"})
    assert (page.status, page.path) == (200, "/meja")


def test_a_hold_shows_its_reason_and_promise(world: World, reader: Reader, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    promised = after_days(7).isoformat()
    officer.send(
        officer.open(at(receipt.number)), button="Tunda dengan janji tanggal",
        **{"hold-hold_reason": "waiting_material", "hold-promised_date": promised, "hold-text": "Menunggu kabel."},
    )  # fmt: skip
    page = reader.open(at(receipt.number))
    for shown in ("Tertunda", "Menunggu bahan atau suku cadang", "Menunggu kabel.", "Berhenti sementara"):
        assert shown in page.text


def test_the_system_withdrawing_is_not_shown_as_the_reporter(world: World, readers: New) -> None:
    receipt = bring(world, State.INCOMPLETE)
    assert make_system_move(MakeMove(number=receipt.number, move=M.WITHDRAW, version=None, text="Lewat batas."), utc_now())
    page = readers().sign_in(world.citizen).open(at(receipt.number))
    entry = page.text[page.text.index("Perjalanan laporan") :]
    assert not re.search(r"Dicabut [^·]* · Pelapor", entry)
