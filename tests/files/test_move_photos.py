"""Photos that come with a move, and attachments that officials hide."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from feedback.audit.models import AuditEntry
from feedback.files.models import Attachment
from feedback.kernel.errors import Invalid
from feedback.storage.session import db
from feedback.tickets.rules.words import MoveName, State
from tests.factories import World, move
from tests.files import samples
from tests.files.test_report_photos import OTHER, PAPER, PHOTO, links, rows, send
from tests.site import Page, Reader
from tests.tickets.steps import answered, assigned, bring, events_of, ticket_of

New = Callable[[], Reader]
M = MoveName


def at(number: str) -> str:
    return f"/laporan/{number}"


def reply(reader: Reader, number: str, name: str, button: str, files: dict[str, Any], **values: str) -> Page:
    sent = {f"{name}-{key}": value for key, value in values.items()}
    return reader.send(reader.open(at(number)), button=button, has=f"{name}-move", files={f"{name}-{key}": value for key, value in files.items()}, **sent)


def test_an_answer_with_photos_from_before_and_after(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    page = reply(
        officer, receipt.number, "answer", "Kirim jawaban akhir", {"files-before": [PHOTO], "files-after": [OTHER], "files": [PAPER]},
        text="Sudah diganti.", **{"files-before-alt": "Tiang tanpa lampu", "files-after-alt": "Lampu menyala"},
    )  # fmt: skip
    assert page.status == 200, page.text
    event = next(one for one in events_of(receipt) if one.move == M.ANSWER)
    assert [(one.event_id, one.phase, one.alt) for one in rows()] == [
        (event.id, "before", "Tiang tanpa lampu"), (event.id, "after", "Lampu menyala"), (event.id, "", ""),
    ]  # fmt: skip
    public = readers().open(at(receipt.number))
    for shown in ("Sebelum. Tiang tanpa lampu", "Sesudah. Lampu menyala", "surat.pdf"):
        assert shown in public.text, public.text
    assert 'alt="Lampu menyala"' in public.html
    assert [readers().client.get(link).status_code for link in links(public)] == [200] * 7


def test_photos_of_officials_need_words_and_nothing_is_lost(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    page = reply(officer, receipt.number, "interim_reply", "Kirim tanggapan sementara", {"files": [PHOTO]}, text="Kami cek besok.")
    assert page.status == 422
    assert "Tulis satu baris tentang setiap foto" in page.text
    assert 'href="#interim_reply-files"' in page.html
    assert 'id="interim_reply-files"' in page.html
    assert "Kami cek besok." in page.html
    assert ticket_of(receipt).state == State.ASSIGNED
    [row] = rows()
    page = officer.send(page, button="Kirim tanggapan sementara", **{f"alt-{row.token}": "Tiang di depan masjid"})
    assert page.status == 200, page.text
    assert [(one.alt, one.ticket_id) for one in rows()] == [("Tiang di depan masjid", receipt.ticket_id)]


def test_no_door_goes_round_the_words(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    page = reply(officer, receipt.number, "answer", "Tambahkan berkas", {"files": [PHOTO]}, text="Sudah.")
    key = dict(page.form(has="answer-form_key").fields)["answer-form_key"]
    with pytest.raises(Invalid):
        move(receipt.number, M.ANSWER, world.officer, form_key=key)
    assert ticket_of(receipt).state == State.ASSIGNED


@pytest.mark.parametrize(
    ("state", "name", "button"),
    [(State.INCOMPLETE, "complete", "Kirim kelengkapan"), (State.ANSWERED, "dispute", "Belum, saya menyanggah"),
     (State.CLOSED, "reopen", "Buka kembali"), (State.ASSIGNED, "add_information", "Tambah keterangan")],
)  # fmt: skip
def test_the_reporter_adds_photos_without_words(world: World, readers: New, state: State, name: str, button: str) -> None:
    receipt = answered(world) if state is State.ANSWERED else bring(world, state)
    citizen = readers().sign_in(world.citizen)
    page = reply(citizen, receipt.number, name, button, {"files": [PHOTO, PAPER]}, text="Lihat fotonya.", is_public="y")
    assert page.status == 200, page.text
    assert [one.ticket_id for one in rows()] == [receipt.ticket_id] * 2
    assert "Foto 1 dari pelapor" in page.html


def test_what_is_not_for_the_public_is_not_served_to_it(world: World, readers: New) -> None:
    receipt = assigned(world)
    citizen = readers().sign_in(world.citizen)
    page = reply(citizen, receipt.number, "add_information", "Tambah keterangan", {"files": [PHOTO]}, text="Hanya untuk petugas.")
    mine = links(page)
    assert len(mine) == 3
    official, visitor = readers().sign_in(world.officer), readers()
    for link in mine:
        assert official.client.get(link).status_code == 200
        assert citizen.client.get(link).status_code == 200
        assert visitor.client.get(link).status_code == 404
    assert links(visitor.open(at(receipt.number))) == []


def test_choosing_files_alone_changes_nothing_and_keeps_the_words(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    page = reply(officer, receipt.number, "answer", "Tambahkan berkas", {"files": [PHOTO, ("buruk.jpg", b"bukan foto")]}, text="Sedang ditulis")
    assert page.status == 422
    assert "buruk.jpg: Hanya foto" in page.text
    assert "Bagian ini wajib diisi" not in page.text
    assert dict(page.form(has="answer-text").fields)["answer-text"] == "Sedang ditulis"
    assert ticket_of(receipt).version == 2
    [row] = rows()
    page = officer.send(page, button=f"buang:{row.token}")
    assert (page.status, rows()) == (200, [])


def test_a_stale_answer_keeps_its_photos(world: World, readers: New) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.second_officer)
    old = officer.open(at(receipt.number))
    move(receipt.number, M.INTERIM_REPLY, world.officer)
    sent = {"answer-text": "Sudah.", "answer-files-alt": "Lampu menyala"}
    page = officer.send(old, button="Kirim jawaban akhir", files={"answer-files": [PHOTO]}, **sent)
    assert page.status == 409
    assert PHOTO[0] in page.text
    assert officer.send(page, button="Kirim berdasarkan keadaan terbaru").status == 200
    assert [one.ticket_id for one in rows()] == [receipt.ticket_id]


# hiding


def hide(reader: Reader, number: str, token: str, *, button: str = "Sembunyikan", reason: str = "Wajah orang lain.") -> Page:
    page = reader.open(f"/laporan/{number}/lampiran")
    assert page.status == 200
    return reader.send(page, button=button, token=token, reason=reason)


def test_an_official_hides_a_photo_and_it_is_nowhere_in_public(world: World, reader: Reader, readers: New) -> None:
    number = send(reader, world, [PHOTO, OTHER])
    move(number, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    token = rows()[0].token
    officer, visitor = readers().sign_in(world.officer), readers()
    before = [link for link in links(visitor.open(at(number))) if token in link]
    assert len(before) == 3
    assert hide(officer, number, token).status == 200
    for nobody in (visitor, reader, readers().sign_in(world.stranger)):
        page = nobody.open(at(number))
        assert token not in page.html
        assert [nobody.client.get(link).status_code for link in before] == [404] * 3
    assert "Wajah orang lain." in reader.open(at(number)).text
    assert "Wajah orang lain." not in visitor.open(at(number)).text
    assert [officer.client.get(link).status_code for link in before] == [200] * 3
    assert "Disembunyikan dari umum" in officer.open(at(number)).text
    assert hide(officer, number, token, button="Tampilkan kembali", reason="Keliru.").status == 200
    assert visitor.client.get(before[0]).status_code == 200
    db.session.rollback()
    deeds = [one.deed for one in db.session.query(AuditEntry).filter(AuditEntry.deed.like("attachment.%"))]
    assert deeds == ["attachment.hide", "attachment.restore"]


def test_hiding_needs_a_reason_a_file_and_the_right_person(world: World, reader: Reader, readers: New) -> None:
    number = send(reader, world, [PHOTO])
    move(number, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    token = rows()[0].token
    officer = readers().sign_in(world.officer)
    for chosen, reason in ((token, ""), (token, "\u200b"), (token, "a" * 1001), ("0" * 32, "Wajah."), ("", "Wajah.")):
        assert hide(officer, number, chosen, reason=reason).status == 422
    twice = officer.open(f"/laporan/{number}/lampiran")
    assert officer.send(twice, button="Sembunyikan", token=token, reason="Wajah.").status == 200
    again = officer.send(twice, button="Sembunyikan", token=token, reason="Pelat nomor.")
    assert again.status == 409
    assert "Pelat nomor." in again.html
    for nobody in (reader, readers(), readers().sign_in(world.other_officer), readers().sign_in(world.inspector)):
        assert nobody.open(f"/laporan/{number}/lampiran").status == 404
    assert [one.hidden for one in rows()] == [True]


def test_not_yours_is_the_same_answer_as_not_there(world: World, reader: Reader, readers: New) -> None:
    number = send(reader, world, [PHOTO], confidential="y")
    token = rows()[0].token
    visitor = readers()
    for ending in (token, f"{token}/320", f"{token}/1600"):
        theirs = visitor.client.get(f"/laporan/{number}/lampiran/{ending}")
        nothing = visitor.client.get(f"/laporan/MB-0000-0000/lampiran/{ending}")
        assert (theirs.status_code, nothing.status_code) == (404, 404)
        assert theirs.get_data(as_text=True).replace(number, "X") == nothing.get_data(as_text=True).replace("MB-0000-0000", "X")
        assert sorted(theirs.headers.keys()) == sorted(nothing.headers.keys())
    other = send(reader, world, [OTHER])
    assert reader.client.get(f"/laporan/{other}/lampiran/{token}").status_code == 404, "a file of another ticket"
    assert reader.client.get(f"/laporan/{number}/lampiran/{token}/640").status_code == 404
    assert reader.client.get(f"/lampiran/{token}/320").status_code == 404, "no longer pending"


@pytest.mark.parametrize(("asked", "status", "length"), [("bytes=0-99", 206, 100), ("bytes=-10", 206, 10), ("bytes=9999999-", 416, None), ("bytes=x", 416, None)])
def test_a_part_of_a_file(world: World, reader: Reader, asked: str, status: int, length: int | None) -> None:
    number = send(reader, world, [PAPER])
    [link] = links(reader.open(at(number)))
    whole = reader.client.get(link)
    part = reader.client.get(link, headers={"Range": asked})
    assert part.status_code == status
    if length is not None:
        assert len(part.data) == length
        assert part.data in whole.data
        assert re.fullmatch(r"bytes \d+-\d+/\d+", part.headers["Content-Range"])


def test_the_statements_of_officials_stay_few(world: World, reader: Reader, readers: New, statements: list[str]) -> None:
    number = send(reader, world, [PHOTO, OTHER, PAPER])
    move(number, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    officer = readers().sign_in(world.officer)
    hide(officer, number, rows()[0].token)
    officer.open(at(number))
    statements.clear()
    officer.open(at(number))
    assert len(statements) <= 10, statements
    assert db.session.query(Attachment).count() == 3
    assert samples.size_of(officer.client.get(links(officer.open(at(number)))[1]).data)
