"""The page of the audit log, and the reads that stand in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from feedback.audit.actions import record
from feedback.audit.models import AuditEntry
from feedback.files.models import Attachment
from feedback.storage.session import db, transaction
from feedback.tickets.rules.words import MoveName
from tests.factories import MONDAY, World, make_report, move
from tests.files.test_report_photos import PHOTO, send
from tests.site import Page, Reader


def deeds(deed: str) -> list[tuple[int | None, str]]:
    db.session.rollback()
    rows = db.session.query(AuditEntry).filter(AuditEntry.deed == deed).order_by(AuditEntry.id)
    return [(row.actor_id, row.subject) for row in rows]


def write(world: World, count: int = 1, *, actor: int | None = None, subject: str = "unit:1", at: datetime = MONDAY) -> None:
    with transaction():
        for _ in range(count):
            record("unit.changed", actor_id=actor or world.administrator.person_id, subject=subject, at=at)


def cells(page: Page) -> int:
    return page.html.count('<th scope="row">')


def test_an_administrator_reads_it_and_that_is_noted_once(world: World, reader: Reader) -> None:
    write(world, subject=f"unit:{world.agency}")
    reader.sign_in(world.administrator)
    page = reader.open("/kelola/audit")
    assert page.status == 200
    assert "Unit diubah" in page.text
    assert "Dinas Perhubungan" in page.text
    reader.open("/kelola/audit")
    reader.open(f"/kelola/audit?orang={_email(world.officer.person_id)}")
    mine = world.administrator.person_id
    assert deeds("audit.read") == [(mine, "audit:all"), (mine, f"audit:person:{world.officer.person_id}")]
    assert "Catatan audit dibaca" in reader.open("/kelola/audit").text


def _email(person_id: int | None) -> str:
    return str(db.session.scalar(text("SELECT email FROM person WHERE id = :id"), {"id": person_id}))


def test_an_inspector_reads_only_the_deeds_of_their_subtree(world: World, reader: Reader) -> None:
    write(world, actor=world.officer.person_id, subject=f"unit:{world.agency}")
    write(world, actor=world.citizen.person_id, subject="person:99")
    hidden = make_report(world, confidential=True)
    write(world, actor=world.officer.person_id, subject=f"ticket:{hidden.ticket_id}")
    reader.sign_in(world.inspector)
    page = reader.open("/kelola/audit?perbuatan=unit.changed")
    assert page.text.count("Petugas Satu") == 2
    assert "Nur Warga" not in page.text
    assert hidden.number in page.text, "an inspector of the subtree sees the report itself"
    assert 'href="/kelola"' not in page.html
    assert 'href="/kelola/orang"' not in page.html


def test_a_report_closed_to_an_inspector_has_no_number(world: World, reader: Reader) -> None:
    receipt = make_report(world, confidential=True)
    with transaction():
        about = {"who": world.inspector.person_id, "id": receipt.ticket_id}
        db.session.execute(text("UPDATE ticket SET reported_person_id = :who WHERE id = :id"), about)
    write(world, actor=world.coordinator.person_id, subject=f"ticket:{receipt.ticket_id}")
    reader.sign_in(world.inspector)
    page = reader.open("/kelola/audit")
    assert "laporan yang tidak terbuka bagi Anda" in page.text
    assert receipt.number not in page.text
    assert "Tidak ada catatan" in reader.open(f"/kelola/audit?laporan={receipt.number}").text


@pytest.mark.parametrize("who", ["coordinator", "officer", "governor", "citizen"])
def test_nobody_else_opens_it(world: World, reader: Reader, who: str) -> None:
    assert reader.sign_in(getattr(world, who)).open("/kelola/audit").status == 403


def test_filters_narrow_and_pages_follow_each_other(world: World, reader: Reader) -> None:
    write(world, 60)
    write(world, actor=world.officer.person_id, at=datetime(2026, 4, 1, tzinfo=UTC))
    reader.sign_in(world.administrator)
    first = reader.open("/kelola/audit?perbuatan=unit.changed")
    assert cells(first) == 50
    [following] = [link for link in first.links if "setelah=" in link]
    second = reader.open(following)
    assert cells(second) == 11
    [back] = [link for link in second.links if "sebelum=" in link]
    assert cells(reader.open(back)) == 50
    assert cells(reader.open(f"/kelola/audit?pelaku={_email(world.officer.person_id)}")) == 1
    assert cells(reader.open("/kelola/audit?dari=2026-04-01&sampai=2026-04-01")) == 1
    assert cells(reader.open("/kelola/audit?dari=2026-03-31&sampai=2026-03-31")) == 0


@pytest.mark.parametrize(
    "asked", ["pelaku=tidak@ada.example", "laporan=MB-1", "dari=kemarin", "dari=2026-04-02&sampai=2026-04-01", "perbuatan=apa"]
)
def test_what_cannot_be_used_is_told_and_kept(world: World, reader: Reader, asked: str) -> None:
    reader.sign_in(world.administrator)
    page = reader.open(f"/kelola/audit?{asked}")
    assert page.status == 422
    assert "Daftar belum dapat ditampilkan" in page.text


@pytest.mark.parametrize("cursor", ["setelah=x", "sebelum=W10", "setelah=WyIyMDI2IiwxXQ"])
def test_a_made_up_cursor_is_the_first_page(world: World, reader: Reader, cursor: str) -> None:
    write(world)
    assert reader.sign_in(world.administrator).open(f"/kelola/audit?{cursor}").status == 200


@pytest.mark.plans
def test_each_filter_has_its_index(world: World) -> None:
    write(world, 3)
    db.session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    for where in ("actor_id = 1", "subject = 'unit:1'", "deed = 'unit.changed'", "at > '2026-01-01'"):
        asked = f"SELECT id FROM audit_entry WHERE {where} ORDER BY at DESC, id DESC LIMIT 51"
        if not sqlite:
            db.session.execute(text("SET LOCAL enable_seqscan = off"))
            db.session.execute(text("SET LOCAL enable_sort = off"))
        plan = " ".join(str(row) for row in db.session.execute(text(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + asked)))
        assert "ix_audit_entry_" + where.split()[0] + "_" in plan, plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan


def test_opening_a_confidential_report_by_a_role_is_noted_once_a_day(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, confidential=True)
    public = make_report(world)
    official = readers().sign_in(world.coordinator)
    for _ in range(2):
        assert official.open(f"/laporan/{receipt.number}").status == 200
    assert official.open(f"/laporan/{public.number}").status == 200
    tracker = readers()
    tracker.send(tracker.open("/lacak"), has="nomor", nomor=receipt.number, kode=receipt.code)
    assert tracker.open(f"/laporan/{receipt.number}").status == 200
    assert readers().sign_in(world.other_officer).open(f"/laporan/{receipt.number}").status == 404
    assert deeds("ticket.read") == [(world.coordinator.person_id, f"ticket:{receipt.ticket_id}")]


def test_a_file_or_list_of_a_confidential_report_is_no_way_round_the_log(world: World, readers: Callable[[], Reader]) -> None:
    number = send(readers(), world, [PHOTO], confidential="y")
    move(number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    token, ticket_id = db.session.execute(select(Attachment.token, Attachment.ticket_id)).one()
    for who, path in ((world.officer, f"lampiran/{token}"), (world.second_officer, "lampiran"), (world.head, "tenggat")):
        assert readers().sign_in(who).client.get(f"/laporan/{number}/{path}").status_code == 200, path
    here = f"ticket:{ticket_id}"
    assert deeds("ticket.read") == [(who.person_id, here) for who in (world.officer, world.second_officer, world.head)]


def test_searching_people_and_opening_one_are_noted_without_what_was_typed(world: World, reader: Reader) -> None:
    reader.sign_in(world.administrator)
    for path in ("/kelola/orang", "/kelola/orang?q=Siti", "/kelola/orang?q=Budi", f"/kelola/orang/{world.officer.person_id}"):
        reader.open(path)
    mine = world.administrator.person_id
    assert deeds("people.searched") == [(mine, "people")]
    assert deeds("person.read") == [(mine, f"person:{world.officer.person_id}")]
    db.session.rollback()
    assert db.session.execute(text("SELECT count(*) FROM audit_entry WHERE CAST(detail AS text) LIKE '%Siti%'")).scalar() == 0
