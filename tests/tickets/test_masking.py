"""Words that were public are masked on every path: by a coordinator with a reason, on request, or by their writer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from feedback.adapters.search import found
from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.desk import Queue, desk_queue, desk_tiles
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.rules.words import MoveName, RedactReason
from tests.conftest import plain_application
from tests.factories import World, make_report, move
from tests.site import Reader
from tests.tickets.steps import answered, assigned, events_of, footprint, make, ticket_of

M = MoveName
NAME, PHONE = "Yohanis Rumagit", "0812-0000-0012"
New = Callable[[], Reader]


def old_row(receipt: Any, text: str, place: str = "") -> None:
    """A report from before the shield, as an import brings it."""
    with transaction():
        ticket = db.session.get_one(Ticket, receipt.ticket_id)
        ticket.text, ticket.place = text, place


def redact(world: World, receipt: Any, passages: str, **values: Any) -> int:
    given = {"passages": passages, "redact_reason": RedactReason.ABOUT_OTHERS, "text": "Menyebut orang lain.", **values}
    return move(receipt.number, M.REDACT, world.coordinator, **given)


def told(world: World) -> Any:
    """A report whose every part names somebody: title, text, place, an answer in tags, an addition."""
    receipt = make_report(world, text=f"{NAME} memungut uang di loket tiga.", place=f"rumah {NAME}")
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, title=f"Pungutan oleh {NAME}")
    make(world, receipt, M.INTERIM_REPLY, world.officer, text="<p>Bapak <strong>Yohanis</strong> Rumagit kami panggil.</p>")
    make(world, receipt, M.ADD_INFORMATION, world.citizen, text=f"{NAME} datang lagi.")
    return receipt


def test_a_coordinator_masks_a_name_in_every_part(world: World) -> None:
    receipt = told(world)
    redact(world, receipt, NAME)
    ticket, events = ticket_of(receipt), events_of(receipt)
    shown = [ticket.title, ticket.text, ticket.place, *(f"{one.text} {one.html}" for one in events)]
    assert not any("Rumagit" in (words or "") for words in shown), shown
    assert ticket.text == "[disamarkan] memungut uang di loket tiga."
    assert (ticket.original_text, ticket.original_place) == (f"{NAME} memungut uang di loket tiga.", f"rumah {NAME}")
    assert ticket.original_title == f"Pungutan oleh {NAME}"
    assert sum(NAME in (one.original_text or "") or "Rumagit" in (one.original_text or "") for one in events) == 2
    assert (events[-1].move, events[-1].detail["redact_reason"]) == (M.REDACT, "about_others")


def test_masking_again_keeps_the_first_words(world: World) -> None:
    receipt = assigned(world, text=f"{NAME} dan Maria Contoh memungut uang.")
    redact(world, receipt, NAME)
    redact(world, receipt, "Maria Contoh")
    ticket = ticket_of(receipt)
    assert ticket.text == "[disamarkan] dan [disamarkan] memungut uang."
    assert ticket.original_text == f"{NAME} dan Maria Contoh memungut uang."


@pytest.mark.parametrize(
    ("values", "field"),
    [({"passages": ""}, "passages"), ({"passages": "ab"}, "passages"), ({"passages": "tidak ada di sini"}, "passages"),
     ({"redact_reason": None}, "redact_reason"), ({"text": ""}, "text"), ({"passages": "\n".join(f"kata {n}" for n in range(60))}, "passages")],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_changes(world: World, values: dict[str, Any], field: str) -> None:
    receipt = told(world)
    before = footprint(), ticket_of(receipt).text
    with pytest.raises(Invalid) as refused:
        redact(world, receipt, **{"passages": NAME, **values})
    assert refused.value.field == field
    assert (footprint(), ticket_of(receipt).text) == before


def test_officers_and_reporters_do_not_redact(world: World) -> None:
    receipt = told(world)
    for actor in (world.officer, world.citizen):
        with pytest.raises(Forbidden):
            move(receipt.number, M.REDACT, actor, passages=NAME, redact_reason=RedactReason.ABUSE)


def test_the_reporter_masks_a_number_at_once(world: World) -> None:
    receipt = assigned(world)
    old_row(receipt, f"Hubungi {PHONE}. Lampu mati.", f"dekat {PHONE}")
    move(receipt.number, M.MASK_OWN, world.citizen, passages=PHONE)
    ticket = ticket_of(receipt)
    assert (ticket.text, ticket.place) == ("Hubungi [disamarkan]. Lampu mati.", "dekat [disamarkan]")
    assert events_of(receipt)[-1].move == M.MASK_OWN
    assert events_of(receipt)[-1].role is None


def test_only_what_is_plainly_private_goes_without_asking(world: World) -> None:
    receipt = told(world)
    with pytest.raises(Invalid):
        move(receipt.number, M.MASK_OWN, world.citizen, passages=NAME)


def test_the_reporter_does_not_mask_what_officials_wrote(world: World) -> None:
    receipt = answered(world)
    said = events_of(receipt)[-1].id
    with transaction():
        db.session.get_one(TicketEvent, said).text = f"Telepon {PHONE}."
    with pytest.raises(Invalid):
        move(receipt.number, M.MASK_OWN, world.citizen, passages=PHONE)


def test_a_request_is_quiet_and_waits_on_the_desk_even_when_all_is_over(world: World) -> None:
    receipt = told(world)
    make(world, receipt, M.ANSWER, world.officer, text="Sudah.")
    make(world, receipt, M.CONFIRM, world.citizen)
    move(receipt.number, M.ASK_MASKING, world.citizen, passages=NAME)
    now = utc_now()
    assert desk_tiles(world.coordinator, now, "Asia/Jayapura")[Queue.MASKING] == 1
    assert [line.number for line in desk_queue(world.coordinator, Queue.MASKING, now, "Asia/Jayapura").rows] == [receipt.number]
    seen = {who: [event.move for event in ticket_page(actor, receipt.number, now).events]
            for who, actor in (("public", Actor()), ("reporter", world.citizen), ("coordinator", world.coordinator))}  # fmt: skip
    assert M.ASK_MASKING not in seen["public"]
    assert M.ASK_MASKING in seen["reporter"]
    assert M.ASK_MASKING in seen["coordinator"]
    assert NAME not in events_of(receipt)[-1].text
    redact(world, receipt, NAME, redact_reason=RedactReason.ASKED)
    assert desk_tiles(world.coordinator, now, "Asia/Jayapura")[Queue.MASKING] == 0


def test_an_officer_asks_about_their_own_replies_only(world: World) -> None:
    receipt = told(world)
    with pytest.raises(Invalid):
        move(receipt.number, M.ASK_MASKING, world.second_officer, passages="kami panggil")
    move(receipt.number, M.ASK_MASKING, world.officer, passages="Bapak Yohanis Rumagit")
    assert ticket_of(receipt).masking_asked_at is not None


def test_a_request_can_be_declined_once_with_a_reason(world: World) -> None:
    receipt = told(world)
    with pytest.raises(Conflict):
        move(receipt.number, M.DECLINE_MASKING, world.coordinator)
    move(receipt.number, M.ASK_MASKING, world.citizen, passages=NAME)
    move(receipt.number, M.DECLINE_MASKING, world.coordinator, text="Nama jabatan boleh disebut.")
    assert ticket_of(receipt).masking_asked_at is None
    public = ticket_page(Actor(), receipt.number, utc_now())
    assert "Nama jabatan" not in "".join(event.text for event in public.events)
    mine = ticket_page(world.citizen, receipt.number, utc_now())
    assert mine.events[-1].text == "Nama jabatan boleh disebut."


@pytest.mark.parametrize("all_words", [False, True])
def test_what_was_masked_goes_with_the_words(world: World, all_words: bool) -> None:
    from feedback.tickets.actions.tombstones import bury

    receipt = told(world)
    redact(world, receipt, NAME)
    move(receipt.number, M.ASK_MASKING, world.citizen, passages="memungut uang")
    with transaction():
        bury(receipt.ticket_id, utc_now(), all_words=all_words)
    ticket, events = ticket_of(receipt), events_of(receipt)
    kept = [ticket.original_text, ticket.original_title, ticket.original_place, *(one.original_text for one in events)]
    assert [words for words in kept if words is not None] == []
    assert ticket.masking_asked_at is None
    assert not ticket_page(world.officer, receipt.number, utc_now()).has_original


def test_the_first_title_stays_behind_the_door(world: World) -> None:
    receipt = told(world)
    move(receipt.number, M.RETITLE, world.coordinator, text="Pungutan oleh seorang petugas")
    move(receipt.number, M.RETITLE, world.coordinator, text="Pungutan di loket")
    assert ticket_page(world.officer, receipt.number, utc_now()).has_original
    assert not ticket_page(world.citizen, receipt.number, utc_now()).has_original
    redact(world, receipt, NAME)
    assert (ticket_of(receipt).title, ticket_of(receipt).original_title) == ("Pungutan di loket", f"Pungutan oleh {NAME}")


def test_a_title_is_changed_in_public(world: World) -> None:
    receipt = assigned(world)
    move(receipt.number, M.RETITLE, world.coordinator, text="Lampu jalan mati di Sofifi")
    assert ticket_of(receipt).title == "Lampu jalan mati di Sofifi"
    assert events_of(receipt)[-1].text == "Lampu jalan mati di Sofifi"
    for bad in ("x" * 161, "dua\nbaris"):
        with pytest.raises(Invalid):
            move(receipt.number, M.RETITLE, world.coordinator, text=bad)


RULES = [rule for rule in plain_application().url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"]
_VALUES = {"number": "", "slug": "dinas-perhubungan", "part": 1}
MORE = ("/laporan?q=loket", "/laporan?q=uang", "/pantau/daftar?angka=masuk&dasar=masuk", "/pantau/daftar?angka=belum-dijawab&format=csv",
        "/meja?antrean=unit", "/laporan?unit=dinas-perhubungan")  # fmt: skip


def addresses(number: str) -> list[str]:
    """Every address of the site that can be opened with this report's number, and lists that show its words."""
    found = [*MORE]
    for rule in RULES:
        values = {name: number if name == "number" else _VALUES.get(name, 1 if "int" in str(rule._converters[name]).lower() else "x")
                  for name in rule.arguments}  # fmt: skip
        built = rule.build(values)
        assert built is not None, rule
        found.append(built[1])
    return found


def words_on(reader: Reader, receipt: Any) -> dict[str, str]:
    return {path: reader.client.get(path, follow_redirects=True).get_data(as_text=True) for path in addresses(receipt.number)}


def test_after_a_redaction_no_path_of_the_site_shows_the_old_words(world: World, readers: New) -> None:
    """Every page, list, feed, export and file that a visitor, the reporter or a role can open."""
    receipt = told(world)
    people = [readers(), *(readers().sign_in(one) for one in (world.citizen, world.coordinator, world.governor))]
    leaks = [path for reader in people for path, text in words_on(reader, receipt).items() if "Rumagit" in text]
    assert {"/laporan", f"/laporan/{receipt.number}", "/laporan?q=loket", "/meja?antrean=unit"} <= set(leaks)
    assert any(path.endswith("format=csv") for path in leaks)
    assert receipt.ticket_id in db.session.scalars(found("Rumagit")).all()
    redact(world, receipt, NAME)
    for reader in people:
        assert [path for path, text in words_on(reader, receipt).items() if "Rumagit" in text] == []
    db.session.rollback()
    assert db.session.scalars(found("Rumagit")).all() == []
    assert receipt.ticket_id in db.session.scalars(found("loket")).all()
    assert receipt.number not in readers().open("/laporan?q=Rumagit").text


def test_a_letter_not_yet_sent_carries_the_masked_words(world: World) -> None:
    from feedback.notices.queries.letters import event_facts

    receipt = told(world)
    reply = next(event.id for event in events_of(receipt) if event.move == M.INTERIM_REPLY)
    assert "Rumagit" in event_facts(reply).words
    redact(world, receipt, NAME)
    assert event_facts(reply).words == "Bapak [disamarkan] kami panggil."


def test_rendering_anew_brings_nothing_back(world: World) -> None:
    from feedback.tickets.actions.rerender import rerender_events

    receipt = told(world)
    redact(world, receipt, NAME)
    with transaction():
        db.session.execute(update(TicketEvent).where(TicketEvent.html.is_not(None)).values(sanitiser="old"))
    assert rerender_events(lambda _done, _all: None)
    assert not any("Rumagit" in (event.html or "") for event in events_of(receipt))


def deeds() -> list[tuple[str, int | None]]:
    db.session.rollback()
    return [(one.deed, one.actor_id) for one in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)) if one.deed.startswith("ticket.")]


def test_the_original_has_one_door_and_every_look_is_on_record(world: World, readers: New) -> None:
    receipt = told(world)
    redact(world, receipt, NAME)
    officer = readers().sign_in(world.officer)
    page = officer.open(f"/laporan/{receipt.number}")
    assert NAME not in page.text
    shown = officer.send(page, button="Tampilkan aslinya")
    assert f"{NAME} memungut uang" in shown.text
    assert [one for one in deeds() if one[0] == "ticket.original_read"] == [("ticket.original_read", world.officer.person_id)]
    citizen = readers().sign_in(world.citizen)
    own = citizen.send(citizen.open(f"/laporan/{receipt.number}"), button="Tampilkan aslinya")
    assert f"{NAME} memungut uang" in own.text
    assert "kami panggil" not in own.text
    assert len([one for one in deeds() if one[0] == "ticket.original_read"]) == 1
    for actor in (world.stranger, world.other_officer, world.administrator, world.inspector):
        reader = readers().sign_in(actor)
        token = dict(reader.open("/laporan").form(button="Keluar").fields)["csrf_token"]
        assert reader.client.post(f"/laporan/{receipt.number}/asli", data={"csrf_token": token}).status_code == 404


def test_there_is_no_door_where_nothing_is_masked(world: World, readers: New) -> None:
    receipt = assigned(world)
    page = readers().sign_in(world.officer).open(f"/laporan/{receipt.number}")
    assert "Tampilkan aslinya" not in page.text


def test_the_way_of_a_reporter_and_a_coordinator_without_script(world: World, readers: New) -> None:
    receipt = told(world)
    old_row(receipt, f"{NAME} memungut uang, telepon saya {PHONE}.")
    citizen = readers().sign_in(world.citizen)
    page = citizen.open(f"/laporan/{receipt.number}/samarkan")
    assert PHONE in page.text
    page = citizen.send(page, has="passages", passages="bukan kata-kata saya", temuan=PHONE)
    assert page.status == 422
    assert "bukan kata-kata saya" in page.html
    page = citizen.send(page, has="passages", passages=NAME, temuan=PHONE)
    assert page.status == 200, page.text
    assert PHONE not in ticket_of(receipt).text
    assert NAME in ticket_of(receipt).text
    coordinator = readers().sign_in(world.coordinator)
    desk = coordinator.open("/meja?antrean=penyamaran")
    assert receipt.number in desk.text
    page = coordinator.open(f"/laporan/{receipt.number}/samarkan")
    assert NAME in dict(page.form(has="redact_reason").fields)["passages"]
    page = coordinator.send(page, has="redact_reason", text="Sesuai permintaan.")
    assert page.status == 422
    page = coordinator.send(page, has="redact_reason", redact_reason="asked")
    assert page.status == 200, page.text
    assert "Rumagit" not in readers().open(f"/laporan/{receipt.number}").text
    assert "Atas permintaan penulisnya" in readers().open(f"/laporan/{receipt.number}").text


def test_strangers_find_no_page_for_masking(world: World, readers: New) -> None:
    receipt = assigned(world)
    for reader in (readers(), readers().sign_in(world.stranger), readers().sign_in(world.other_officer)):
        assert reader.open(f"/laporan/{receipt.number}/samarkan").status == 404
