"""Private data that was public before the shield: found by a command, masked when told, and nothing of it printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from feedback.adapters.search import found
from feedback.audit.models import AuditEntry
from feedback.files.models import Attachment
from feedback.kernel.errors import Invalid
from feedback.rights.queries.content import content_of
from feedback.storage.session import db, transaction
from feedback.tickets.actions import sweep as sweeping
from feedback.tickets.actions.sweep import sweep
from feedback.tickets.cli import cli
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.originals import originals_of
from feedback.tickets.rules.shield import Treatment, look
from feedback.tickets.rules.words import MoveName, RedactReason
from tests.factories import World, make_report, move
from tests.files import samples
from tests.site import Reader
from tests.tickets.steps import assigned, events_of, footprint, ticket_of
from tests.tickets.test_masking import old_row

M = MoveName
NIK, PHONE, OFFICE = "3171014501900000", "0812-0000-0012", "0813-0000-0077"
FILES = Path(__file__).parent / "files"
New = Callable[[], Reader]


def quiet(_done: int, _all: int) -> None:
    """Nobody watches."""


def run(app: Flask, *options: str) -> Any:
    return app.test_cli_runner().invoke(cli, ["shield", *options])


def old(world: World) -> Any:
    """A report and a reply from before the shield."""
    receipt = assigned(world)
    old_row(receipt, f"NIK saya {NIK}, HP {PHONE}. Lampu mati.", f"rumah dekat {PHONE}")
    move(receipt.number, M.INTERIM_REPLY, world.officer, text="<p>Akan kami periksa.</p>")
    with transaction():
        reply = (TicketEvent.ticket_id == receipt.ticket_id, TicketEvent.move == M.INTERIM_REPLY)
        words = f"Kami telepon <b>{PHONE}</b> besok."
        db.session.execute(update(TicketEvent).where(*reply).values(text=words, html=words))
    return receipt


def kept(world: World) -> Any:
    """A reply that tells the office's number, knowingly."""
    receipt = assigned(world)
    text = f"Hubungi kantor kami di {OFFICE}."
    choices = {one.key: Treatment.KEEP for one in look({"text": text})}
    move(receipt.number, M.INTERIM_REPLY, world.officer, text=text, shield=choices)
    return receipt


def test_looking_counts_names_the_reports_and_changes_nothing(world: World) -> None:
    first, second = old(world), kept(world)
    make_report(world, text=f"Rahasia: {PHONE}", confidential=True)
    before = footprint()
    seen = sweep(quiet, apply=False)
    assert seen.reports == 2
    assert dict(seen.found) == {"nik": 1, "phone": 1}
    assert seen.numbers == {first.number: 2}
    assert dict(seen.kept) == {"phone": 1}
    assert second.number not in seen.numbers
    assert footprint() == before
    assert events_of(second)[-1].detail["kept"] == ["phone"]


def test_masking_leaves_an_event_an_entry_and_the_original(world: World) -> None:
    receipt, office = old(world), kept(world)
    move(receipt.number, M.ASK_MASKING, world.citizen, passages="Lampu mati")
    assert sweep(quiet, apply=True).masked == 1
    ticket, events = ticket_of(receipt), events_of(receipt)
    assert ticket.text == "NIK saya [disamarkan], HP [disamarkan]. Lampu mati."
    assert ticket.place == "rumah dekat [disamarkan]"
    assert not any(PHONE in f"{one.text} {one.html}" for one in events)
    assert (events[-1].move, events[-1].actor_id, events[-1].detail["redact_reason"]) == (M.REDACT, None, "private_data")
    assert ticket.masking_asked_at is not None, "a request waits for a person"
    assert originals_of(receipt.ticket_id).text == f"NIK saya {NIK}, HP {PHONE}. Lampu mati."
    assert db.session.scalars(found(PHONE)).all() == []
    assert OFFICE in events_of(office)[-1].text
    deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.in_(("ticket.redacted", "tickets.shielded"))))
    assert sorted(deeds) == ["ticket.redacted", "tickets.shielded"]
    assert sweep(quiet, apply=True).masked == 0


def test_a_copy_of_their_data_holds_what_the_reporter_wrote(world: World) -> None:
    receipt = old(world)
    sweep(quiet, apply=True)
    (told,) = content_of(world.citizen.person_id, None)["laporan"]
    assert (PHONE in told["text"], PHONE in told["tulisan_asli"]["text"]) == (False, True)
    assert "Kami telepon" not in str(told["tulisan_asli"]), "officials' masked words are not the reporter's"
    assert receipt.number == told["number"]


def test_a_report_that_changes_meanwhile_waits_for_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt, other = old(world), old(world)
    real = sweeping.make_system_move

    def meanwhile(command: Any, now: Any) -> bool:
        if command.number == receipt.number and PHONE in ticket_of(receipt).text:
            old_row(receipt, "Lampu mati.")
        return real(command, now)

    monkeypatch.setattr(sweeping, "make_system_move", meanwhile)
    seen = sweep(quiet, apply=True)
    assert (set(seen.numbers), seen.masked) == ({receipt.number, other.number}, 1)
    assert sweep(quiet, apply=True).masked == 1
    assert sweep(quiet, apply=False).numbers == {}


def test_more_passages_than_one_masking_takes(world: World) -> None:
    receipt = assigned(world)
    old_row(receipt, ", ".join(f"0812-0000-{number:04}" for number in range(120)))
    assert sweep(quiet, apply=True).masked == 1
    assert "0812" not in ticket_of(receipt).text
    assert sweep(quiet, apply=False).numbers == {}


def test_the_command_never_prints_the_words(app: Flask, world: World) -> None:
    receipt = old(world)
    kept(world)
    said = run(app, "--scan")
    assert said.exit_code == 1
    assert f"{receipt.number}: 2" in said.output
    assert "1 left in public by their writers' choice" in said.output
    assert not any(words in said.output for words in (NIK, PHONE, OFFICE))
    told = json.loads(run(app, "--scan", "--json").stdout)
    assert (told["found"], told["numbers"], told["masked"]) == ({"nik": 1, "phone": 1}, {receipt.number: 2}, 0)
    masked = run(app, "--apply-masks")
    assert (masked.exit_code, "Masked in 1 reports." in masked.output) == (0, True)
    assert run(app, "--scan").exit_code == 0
    assert (run(app).exit_code, run(app, "--scan", "--apply-masks").exit_code) == (2, 2)


def test_an_import_is_masked_as_it_comes_in(app: Flask, world: World, tmp_path: Path) -> None:
    shutil.copy(FILES / "map.toml", tmp_path / "map.toml")
    lines = (FILES / "reports.csv").read_text(encoding="utf-8")
    file = tmp_path / "reports.csv"
    told = "Antrean di puskesmas panjang"
    file.write_text(lines.replace(told, f"{told} telepon {PHONE} mobil B 1234 XYZ"), encoding="utf-8")
    app.test_cli_runner().invoke(cli, ["import", str(file), "--map", str(tmp_path / "map.toml"), "--apply"])
    ticket = db.session.scalars(select(Ticket).where(Ticket.original_text.is_not(None))).one()
    assert (PHONE in ticket.text, PHONE in (ticket.original_text or "")) == (False, True)
    assert "[dititipkan kepada unit]" in ticket.text
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.version == 1)).one()
    assert event.entrusted == [{"kind": "plate", "words": "B 1234 XYZ"}]
    assert db.session.scalars(found("000000120012")).all() == []
    assert sweep(quiet, apply=False).numbers == {}


def photographed(world: World, reader: Reader, **values: Any) -> Any:
    page = reader.open("/lapor?wilayah=82.72.02.1003")
    files = [(f"KTP {NIK}.png", samples.picture("PNG", color="red"))]
    page = reader.send(page, button="unggah", files={"files": files}, text="Lampu jalan mati.", topic=str(world.topic), **values)
    assert page.status == 200, page.text
    token = db.session.scalars(select(Attachment.token)).one()
    db.session.rollback()  # the site writes on
    return page, token


def test_words_about_a_photo_may_not_be_private_and_are_kept_as_typed(world: World, reader: Reader) -> None:
    page, token = photographed(world, reader)
    assert NIK not in page.text
    page = reader.send(page, button="periksa", **{f"alt-{token}": f"Papan dengan nomor {PHONE}"})
    assert page.status == 422
    assert f"Keterangan foto memuat data pribadi: {PHONE}" in page.text
    assert f'value="Papan dengan nomor {PHONE}"' in page.html
    page = reader.send(page, button="periksa", **{f"alt-{token}": "Papan nama loket"})
    assert page.status == 200
    assert reader.send(page, button="kirim").status == 200


def test_no_door_lets_private_words_about_a_photo_in(world: World, reader: Reader) -> None:
    page, _ = photographed(world, reader)
    key = dict(page.form(has="form_key").fields)["form_key"]
    with transaction():
        db.session.execute(update(Attachment).values(alt=f"HP {PHONE}"))
    with pytest.raises(Invalid) as refused:
        make_report(world, form_key=key)
    assert refused.value.field == "files"
    assert db.session.scalars(select(Ticket.id)).all() == []


def test_a_redaction_reaches_what_is_said_about_a_photo(world: World, readers: New) -> None:
    citizen = readers()
    page, token = photographed(world, citizen)
    checked = citizen.send(page, button="periksa", **{f"alt-{token}": "Pak Yohanis di loket"})
    assert citizen.send(checked, button="kirim").status == 200
    ticket = db.session.scalars(select(Ticket)).one()
    number = ticket.number
    db.session.rollback()
    move(number, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    assert "Pak Yohanis" in readers().open(f"/laporan/{number}").html
    move(number, M.REDACT, world.coordinator, passages="Pak Yohanis", redact_reason=RedactReason.ABOUT_OTHERS)
    assert "Yohanis" not in readers().open(f"/laporan/{number}").html
    officer = readers().sign_in(world.officer)
    shown = officer.send(officer.open(f"/laporan/{number}"), button="Tampilkan aslinya")
    assert "Pak Yohanis di loket" in shown.text


def test_the_sweep_reaches_what_is_said_about_a_photo(world: World, readers: New) -> None:
    citizen = readers()
    page, _ = photographed(world, citizen)
    assert citizen.send(citizen.send(page, button="periksa"), button="kirim").status == 200
    with transaction():
        db.session.execute(update(Attachment).values(alt=f"HP {PHONE}", name=f"{NIK}.png"))
    assert dict(sweep(quiet, apply=True).found) == {"phone": 1, "nik": 1}
    row = db.session.scalars(select(Attachment).execution_options(populate_existing=True)).one()
    assert (row.alt, row.name) == ("HP [disamarkan]", "[disamarkan].png")
    assert (row.original_alt, row.original_name) == (f"HP {PHONE}", f"{NIK}.png")
