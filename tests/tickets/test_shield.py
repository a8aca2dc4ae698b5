"""Before words become public their writer is asked about private data in them; what was written stays sealed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.storage.session import db
from feedback.tickets.actions.submit import submit
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.queries.listing import Filters, list_tickets
from feedback.tickets.rules.shield import (
    ENTRUSTED,
    MASKED,
    Treatment,
    Unshielded,
    look,
    passages_of,
    redacted,
    shielded,
)
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, move, report_of
from tests.site import Page, Reader
from tests.tickets.steps import assigned, events_of, footprint, make, ticket_of

NIK, PHONE, PLATE = "3171014501900000", "0812-0000-0012", "BP 1234 XX"
TEXT = f"Nama saya Tukirah, NIK {NIK}, telepon {PHONE}. Angkot {PLATE} ugal-ugalan."
M = MoveName


def choices(text: str, treatment: Treatment, part: str = "text") -> dict[str, Treatment]:
    return {one.key: treatment for one in look({part: text})}


def test_one_question_for_the_same_words_however_often() -> None:
    found = look({"text": f"{PHONE} atau {PHONE}", "place": PHONE})
    assert [(one.part, one.finding.words) for one in found] == [("text", PHONE), ("place", PHONE)]
    assert found[0].sentence == ("", f" atau {PHONE}")


def test_a_question_stands_in_its_line_cut_between_words() -> None:
    (one,) = look({"text": f"Baris lain.\n{'kata ' * 20}HP {PHONE}, {'sekali ' * 20}\nBaris lain."})
    before, after = one.sentence
    assert before == "…" + "kata " * 11 + "HP "
    assert after == ", " + " ".join(["sekali"] * 8) + "…"
    (one,) = look({"text": f"{'x' * 90} {PHONE}"})
    assert one.sentence == ("…" + "x" * 59 + " ", "")


def test_the_key_follows_the_words_not_the_place() -> None:
    assert look({"text": f"a {PHONE}"})[0].key == look({"text": f"jauh di sana {PHONE} b"})[0].key
    assert look({"text": PHONE})[0].key != look({"text": PHONE[:-1] + "9"})[0].key


@pytest.mark.parametrize(
    ("treatment", "shown", "entrusted"),
    [(Treatment.MASK, "HP 08••-••••-••12.", 0), (Treatment.SEAL, f"HP {ENTRUSTED}.", 1), (Treatment.KEEP, f"HP {PHONE}.", 0)],
)
def test_each_answer_makes_its_public_words(treatment: Treatment, shown: str, entrusted: int) -> None:
    text = f"HP {PHONE}."
    made = shielded("text", text, choices(text, treatment))
    assert (made.text, len(made.entrusted)) == (shown, entrusted)
    assert made.original == (None if treatment is Treatment.KEEP else text)


def test_without_an_answer_the_safe_one_holds() -> None:
    made = shielded("text", TEXT, {})
    assert NIK not in made.text
    assert PHONE not in made.text
    assert [one.words for one in made.entrusted] == [PLATE]


def test_a_passage_is_masked_wherever_it_stands_and_nothing_else_changes() -> None:
    text = "Pak Budi\nSantoso memaki. pak budi   santoso pergi. Budi lain tidak."
    assert redacted(text, passages_of("Pak Budi Santoso\n\n")) == f"{MASKED} memaki. {MASKED} pergi. Budi lain tidak."


def test_a_report_with_undecided_private_data_is_not_taken(world: World) -> None:
    before = footprint()
    with pytest.raises(Unshielded) as refused:
        make_report(world, text=TEXT)
    assert [one.finding.words for one in refused.value.found] == [NIK, PHONE, PLATE]
    assert footprint() == before


def test_the_original_stays_and_everybody_reads_the_masked_words(world: World) -> None:
    given = choices(TEXT, Treatment.MASK) | choices(PHONE, Treatment.MASK, "place")
    receipt = make_report(world, text=TEXT, place=PHONE, shield=given)
    ticket = ticket_of(receipt)
    assert (ticket.original_text, ticket.original_place) == (TEXT, PHONE)
    assert ticket.text == shielded("text", TEXT, given).text
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    for actor in (Actor(), world.citizen, world.officer, world.coordinator, world.governor, world.inspector):
        page = ticket_page(actor, receipt.number, utc_now())
        assert page.text == ticket.text
        assert page.place == "08••-••••-••12"


def test_masked_words_are_not_searched(world: World) -> None:
    receipt = assigned(world, text=TEXT, shield=choices(TEXT, Treatment.MASK))
    for asked, hits in (("Tukirah", 1), (NIK, 0), ("0000 12", 0), (PHONE, 0)):
        rows = list_tickets(Actor(), Filters(text=asked), now=utc_now()).rows
        assert [row.number for row in rows] == [receipt.number] * hits, asked


def test_entrusted_data_goes_to_its_event_and_no_further(world: World) -> None:
    receipt = make_report(world, text=TEXT, shield=choices(TEXT, Treatment.SEAL))
    [event] = events_of(receipt)
    assert [one["words"] for one in event.entrusted or []] == [NIK, PHONE, PLATE]
    assert ticket_of(receipt).text.count(ENTRUSTED) == 3


def test_a_confidential_report_is_read_whole_by_its_unit(world: World) -> None:
    receipt = make_report(world, text=TEXT, confidential=True)
    ticket = ticket_of(receipt)
    assert (ticket.text, ticket.original_text) == (TEXT, None)


def test_a_resend_is_known_by_what_was_written(world: World) -> None:
    command = report_of(world, text=TEXT, shield=choices(TEXT, Treatment.MASK))
    first = submit(command, world.citizen)
    again = submit(command, world.citizen)
    assert (again.number, again.is_resend, again.same_text) == (first.number, True, True)
    assert not submit(replace(command, text=TEXT + " Lagi."), world.citizen).same_text


def test_a_name_is_no_place_for_a_number(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        make_report(world, name=f"Nur {PHONE}")
    assert refused.value.field == "name"
    assert make_report(world, name=f"Nur {PHONE}", anonymous=True)


PUBLIC_MOVES = [
    (M.ANSWER, "officer"), (M.INTERIM_REPLY, "officer"), (M.HOLD, "officer"), (M.ASSIGN, "coordinator"),
    (M.ADD_INFORMATION, "citizen"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "who"), PUBLIC_MOVES)
def test_public_words_of_a_move_are_asked_about(world: World, name: MoveName, who: str) -> None:
    receipt = assigned(world)
    actor, text = getattr(world, who), f"Hubungi {PHONE}."
    before = footprint()
    with pytest.raises(Unshielded):
        make(world, receipt, name, actor, text=text)
    assert footprint() == before
    make(world, receipt, name, actor, text=text, shield=choices(text, Treatment.MASK))
    event = events_of(receipt)[-1]
    assert (event.text, event.original_text) == ("Hubungi 08••-••••-••12.", text)
    assert "0000" not in (event.html or "")


def test_what_only_the_staff_read_is_not_asked_about(world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, M.ADD_INFORMATION, world.citizen, text=PHONE + " ini", is_public=False)
    make(world, receipt, M.INSTRUCT, world.governor, text=f"Telepon {PHONE}.")
    assert [event.text for event in events_of(receipt)[-2:]] == [PHONE + " ini", f"Telepon {PHONE}."]


def test_a_confidential_report_is_answered_freely(world: World) -> None:
    receipt = assigned(world, confidential=True)
    move(receipt.number, M.ANSWER, world.officer, text=f"Hubungi {PHONE}.")
    assert events_of(receipt)[-1].text == f"Hubungi {PHONE}."


def test_a_title_is_public_too(world: World) -> None:
    receipt = make_report(world)
    with pytest.raises(Unshielded):
        make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, title=f"Telepon {PHONE}")
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, title=f"Telepon {PHONE}",
         shield=choices(f"Telepon {PHONE}", Treatment.MASK, "title"))  # fmt: skip
    ticket = ticket_of(receipt)
    assert (ticket.title, ticket.original_title) == ("Telepon 08••-••••-••12", f"Telepon {PHONE}")


def stored() -> list[Ticket]:
    db.session.rollback()
    return list(db.session.query(Ticket).order_by(Ticket.id))


def asked_on(page: Page) -> list[tuple[str, str]]:
    """Name and chosen answer of each question on a page."""
    boxes = re.findall(r'<input class="choice-input" type="radio" name="(samar-[^"]+)"[^>]*value="(\w+)"( checked)?', page.html)
    return [(name, value) for name, value, chosen in boxes if chosen]


def checked(reader: Reader, world: World, **values: Any) -> Page:
    page = reader.open("/lapor?wilayah=82.72.02.1003")
    return reader.send(page, button="periksa", **{"text": TEXT, "topic": str(world.topic), **values})


def test_the_check_page_asks_and_shows_what_the_public_will_read(world: World, reader: Reader) -> None:
    page = checked(reader, world)
    asked = asked_on(page)
    assert [value for _, value in asked] == ["mask", "mask", "seal"]
    assert f"<mark>{NIK}</mark>" in page.html
    assert "31••••••••••••00, telepon 08••-••••-••12" in page.text
    page = reader.send(page, button="periksa", **{asked[1][0]: "keep"})
    assert f"31••••••••••••00, telepon {PHONE}" in page.text
    assert "MB-" in reader.send(page, button="kirim").text
    [ticket] = stored()
    assert ticket.original_text == TEXT
    assert PHONE in ticket.text
    assert NIK not in ticket.text


def test_answers_are_kept_while_something_else_is_changed(world: World, reader: Reader) -> None:
    page = checked(reader, world)
    page = reader.send(page, button="ubah", **{asked_on(page)[1][0]: "keep"})
    page = reader.send(page, button="periksa", place="depan pasar")
    assert [value for _, value in asked_on(page)] == ["mask", "keep", "seal"]


def test_sending_past_the_check_page_is_asked_first(world: World, reader: Reader) -> None:
    page = reader.open("/lapor?wilayah=82.72.02.1003")
    page = reader.send(page, has="form_key", text=TEXT, topic=str(world.topic), langkah="kirim")
    assert page.status == 422
    assert "Ada data pribadi dalam tulisan ini" in page.text
    assert stored() == []
    assert reader.send(page, button="kirim").status == 200
    assert NIK not in stored()[0].text


def test_an_unknown_answer_is_no_answer(world: World, reader: Reader) -> None:
    page = checked(reader, world)
    page = reader.send(page, button="kirim", **{asked_on(page)[0][0]: "apa saja"})
    assert page.status == 422
    assert stored() == []


def test_a_confidential_report_asks_nothing(world: World, reader: Reader) -> None:
    assert asked_on(checked(reader, world, confidential="y")) == []


def test_an_officer_is_asked_in_the_form_and_loses_nothing(world: World, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    text = f"Silakan telepon {PHONE} bila ada pertanyaan."
    page = reader.send(reader.open(f"/laporan/{receipt.number}"), button="Kirim tanggapan sementara", **{"interim_reply-text": text})
    assert page.status == 422
    assert text in page.html
    [(name, value)] = asked_on(page)
    assert value == "mask"
    assert "ini nomor atau alamat layanan umum" in page.text
    page = reader.send(page, button="Kirim tanggapan sementara", **{name: "keep"})
    assert page.status == 200
    assert events_of(receipt)[-1].text == text


def test_an_answer_holds_for_its_words_only(world: World, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    button = "Kirim tanggapan sementara"
    page = reader.send(reader.open(f"/laporan/{receipt.number}"), button=button, **{"interim_reply-text": f"Telepon {PHONE}."})
    [(name, _)] = asked_on(page)
    other = PHONE[:-1] + "9"
    page = reader.send(page, button=button, **{"interim_reply-text": f"Telepon {other}.", name: "keep"})
    assert page.status == 422
    assert [event.move for event in events_of(receipt)][-1] != M.INTERIM_REPLY


def test_events_know_no_words_twice(world: World) -> None:
    """What was typed is in one column only: nothing of it in the data that timelines and exports read."""
    receipt = assigned(world, text=TEXT, shield=choices(TEXT, Treatment.SEAL))
    for event in db.session.query(TicketEvent).filter_by(ticket_id=receipt.ticket_id):
        assert NIK not in f"{event.detail}{event.text}{event.html}"


@pytest.mark.parametrize("words", ["0812<strong>0000</strong>0012", "0812&nbsp;0000&nbsp;0012", "nol delapan satu dua, tiga empat lima enam, tujuh delapan"])
def test_tags_entities_and_words_of_an_official_hide_nothing(world: World, words: str) -> None:
    receipt, text = assigned(world), f"Hubungi {words} segera."
    with pytest.raises(Unshielded):
        make(world, receipt, M.INTERIM_REPLY, world.officer, text=text)
    make(world, receipt, M.INTERIM_REPLY, world.officer, text=text, shield=choices(text, Treatment.MASK))
    assert events_of(receipt)[-1].html == "<p>Hubungi •••••••• segera.</p>"


@pytest.mark.parametrize("written", ["Bu\u200bdi Santoso", "Budi\u2060 Santoso", "B\u00adudi San\ufefftoso", "Budi\u00a0Santoso"])
def test_signs_that_nobody_sees_keep_no_passage_from_being_masked(written: str) -> None:
    assert redacted(f"Bapak {written} marah.", ("budi santoso",)) == f"Bapak {MASKED} marah."


def test_a_passage_of_nothing_masks_nothing() -> None:
    assert redacted("Bapak Budi", ("\u200b\u200b\u200b",)) == "Bapak Budi"
