"""Photos on the report form without scripts, and on the page of the ticket (SECURITY.md section 5)."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.adapters import files_local
from feedback.files.models import Attachment
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName
from tests.factories import World, move
from tests.files import samples
from tests.site import Page, Reader

New = Callable[[], Reader]
SOFIFI = "/lapor?wilayah=82.72.02.1003"
TEXT = "Lampu jalan di depan masjid mati sejak tiga hari."
PHOTO = ("IMG_20260301_2215 Budi.jpg", samples.telling_photo())
OTHER = ("lain.png", samples.picture("PNG", color="red"))
PAPER = ("surat.pdf", samples.document(3))


def write(reader: Reader, world: World, files: list[tuple[str, bytes]], *, button: str = "periksa", **values: Any) -> Page:
    page = reader.open(SOFIFI)
    return reader.send(page, button=button, files={"files": files}, text=TEXT, topic=str(world.topic), **values)


def rows() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id).execution_options(populate_existing=True)))


def number_on(page: Page) -> str:
    found = re.search(r"MB-\w{4}-\w{4}", page.text)
    assert found, page.text
    return found[0]


def send(reader: Reader, world: World, files: list[tuple[str, bytes]], **values: Any) -> str:
    """A report with files, checked and sent; its number."""
    checked = write(reader, world, files, **values)
    assert checked.status == 200, checked.text
    sent = reader.send(checked, button="kirim")
    assert sent.status == 200, sent.text
    return number_on(sent)


def verify(world: World, number: str) -> None:
    db.session.rollback()  # the site has written since this test last read
    move(number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")


def links(page: Page) -> list[str]:
    return sorted(set(re.findall(r'/laporan/MB-\w{4}-\w{4}/lampiran/[0-9a-f]{32}(?:/\d+)?', page.html)))


def test_three_files_from_writing_to_the_page_of_the_ticket(world: World, reader: Reader) -> None:
    checked = write(reader, world, [PHOTO, OTHER, PAPER])
    assert checked.html.count('class="files-thumb') == 3
    assert [one.ticket_id for one in rows()] == [None] * 3
    number = number_on(reader.send(checked, button="kirim"))
    bound = [one.ticket_id for one in rows()]
    assert bound == [db.session.scalars(select(Ticket)).one().id] * 3
    page = reader.open(f"/laporan/{number}")
    assert page.html.count('class="gallery-item"') == 3
    assert "Foto 1 dari pelapor" in page.html
    assert "PDF, 3 halaman" in page.text
    for link in links(page):
        answer = reader.client.get(link)
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        as_file = answer.headers.get("Content-Disposition", "")
        assert as_file.startswith("attachment") is not link.endswith(("/1600", "/320"))
        assert not any(word in answer.data for word in (b"Rahasia", b"Pemotret", b"Exif"))


def test_the_form_keeps_files_whatever_else_is_wrong(world: World, reader: Reader) -> None:
    page = reader.open(SOFIFI)
    page = reader.send(page, button="periksa", files={"files": [PHOTO]}, text="", topic="")
    assert page.status == 422
    assert PHOTO[0] in page.text
    token = rows()[0].token
    assert f"/lampiran/{token}/320" in page.html
    assert reader.client.get(f"/lampiran/{token}/320").data.startswith(b"\xff\xd8\xff")
    page = reader.send(page, button="Ganti wilayah", files={"files": [OTHER]}, text=TEXT)
    page = reader.send(page, button="wilayah", region_next="82", topic=str(world.topic))
    page = reader.send(page, button="periksa", region_next="82.72", files={"files": []})
    assert page.status == 200, page.text
    page = reader.send(page, button="ubah")
    assert [PHOTO[0] in page.text, OTHER[0] in page.text] == [True, True]
    reader.send(reader.send(page, button="periksa", **{f"alt-{token}": "Tiang dan lampu mati"}), button="kirim")
    assert [(one.alt, one.ticket_id is not None) for one in rows()] == [("Tiang dan lampu mati", True), ("", True)]


def test_a_chosen_file_can_be_removed_and_added(world: World, reader: Reader) -> None:
    page = write(reader, world, [PHOTO, OTHER], button="unggah")
    assert page.status == 200
    assert page.form(has="form_key").fields
    first, second = (one.token for one in rows())
    page = reader.send(page, button=f"buang:{first}")
    assert [one.token for one in rows()] == [second]
    assert reader.client.get(f"/lampiran/{first}/320").status_code == 404
    page = reader.send(page, button="unggah", files={"files": [PAPER]})
    assert page.html.count('class="files-item"') == 2
    assert dict(page.form(has="form_key").fields)["text"] == TEXT


def test_the_same_file_twice_is_kept_once(world: World, reader: Reader) -> None:
    page = write(reader, world, [PHOTO], button="unggah")
    reader.send(page, button="unggah", files={"files": [PHOTO, ("nama lain.jpg", PHOTO[1])]})
    assert len(rows()) == 1


BAD = {
    "empty": (b"", "kosong"),
    "text": (b"hanya tulisan", "Hanya foto"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Hanya foto"),
    "html": (b"<!doctype html><script>alert(1)</script>", "Hanya foto"),
    "archive": (samples.archive(), "Hanya foto"),
    "gif": (samples.picture("GIF"), "Hanya foto"),
    "tiff": (samples.picture("TIFF"), "Hanya foto"),
    "script with the face of a document": (b"GIF89a/*%PDF-1.4*/=1;alert(1)//", "Hanya foto"),
    "cut short": (samples.picture()[:400], "rusak"),
    "bomb": (samples.bomb(), "40 megapiksel"),
    "too large": (b"\xff\xd8\xff" + b"a" * (10 * 1024 * 1024 - 2), "lebih dari 10 MB"),
    "locked": (samples.document(encryption=samples.pikepdf.Encryption(owner="a", user="b")), "kata sandi"),
    "too many pages": (samples.document(201), "200 halaman"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_at_the_field_and_the_others_stay(world: World, reader: Reader, name: str) -> None:
    data, told = BAD[name]
    page = write(reader, world, [OTHER, ("buruk.jpg", data), PAPER], place="RT 5")
    assert page.status == 422
    assert f"buruk.jpg: {told}" in page.text or re.search(f"buruk.jpg: [^:]*{told}", page.text), page.text
    assert 'href="#files"' in page.html
    assert 'id="files"' in page.html
    assert [one.name for one in rows()] == ["lain.png", "surat.pdf"]
    fields = dict(page.form(has="form_key").fields)
    assert (fields["text"], fields["place"]) == (TEXT, "RT 5")
    english = reader.client.get("/lapor?bahasa=en")
    assert english.status_code == 200
    assert reader.send(reader.send(page, button="periksa"), button="kirim").status == 200


@pytest.mark.parametrize(
    ("data", "wrong_name", "kind"),
    [(samples.picture("PNG"), "laporan.pdf", "image"), (samples.document(), "foto.jpg", "pdf"), (samples.picture("HEIF"), "IMG_1.HEIC", "image"),
     (samples.picture() + samples.archive(), "a.zip", "image"), (samples.animation(), "tanpa ujung", "image")],
    ids=["png", "pdf", "heic", "polyglot", "animation"],
)  # fmt: skip
def test_the_content_decides_never_the_name(world: World, reader: Reader, data: bytes, wrong_name: str, kind: str) -> None:
    number = send(reader, world, [(wrong_name, data)])
    assert [one.kind for one in rows()] == [kind]
    answer = reader.client.get(links(reader.open(f"/laporan/{number}"))[0])
    assert answer.mimetype == {"image": "image/jpeg", "pdf": "application/pdf"}[kind]


@pytest.mark.parametrize(
    ("given", "shown"),
    [("../../etc/passwd", "passwd"), ("a\u202egpj.exe", "agpj.exe"), (" .. ", ""),
     ("x" * 300 + ".jpeg", "x" * 74 + "….jpeg"), ("<b>tebal</b>.png", "b>.png"), ("Foto\u200d ünïk 'a\".jpg", None)],
)  # fmt: skip
def test_names_are_words_and_never_paths(world: World, reader: Reader, given: str, shown: str | None, app: Flask) -> None:
    write(reader, world, [(given, PAPER[1])])
    [row] = rows()
    if shown is not None:
        assert row.name == shown
    folder = app.config["SETTINGS"].instance / "files"
    assert [one.name for one in folder.glob(f"??/{row.token}*")] == [f"{row.token}-pdf"]


def test_more_than_ten_files_or_forty_megabytes(world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [(f"{number}.png", samples.picture("PNG", (20 + number, 20))) for number in range(11)]
    page = write(reader, world, many)
    assert page.status == 422
    assert "10.png: Paling banyak 10 berkas" in page.text
    assert len(rows()) == 10
    monkeypatch.setattr("feedback.files.actions.keeping.LARGEST_SENDING", 2000)
    page = write(reader, world, [OTHER, PHOTO])
    assert "paling besar 40 MB" in page.text
    assert len(rows()) == 11


def test_a_body_past_every_limit_is_413_that_says_what_to_do(world: World, reader: Reader) -> None:
    page = write(reader, world, [(f"{number}.jpg", b"\xff\xd8\xff" + bytes(9_000_000)) for number in range(8)])
    assert page.status == 413
    assert "40 MB" in page.text
    assert rows() == []


def test_only_forms_with_photos_take_large_bodies(world: World, reader: Reader) -> None:
    for path in ("/masuk", "/daftar", "/lacak"):
        data = {"berkas": (samples.io.BytesIO(bytes(400_000)), "a.jpg")}
        assert reader.client.post(path, data=data).status_code == 413
    body = b"text=" + b"a" * 400_000
    assert reader.client.post("/lapor", data=body, content_type="application/x-www-form-urlencoded").status_code == 413


def test_the_daily_limit_keeps_the_words_and_says_what_to_do(app: Flask, world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = samples.replaced(settings, files_network_mb=0)
    page = write(reader, world, [PHOTO])
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert "Kirim dulu tanpa foto" in page.text
    assert dict(page.form(has="form_key").fields)["text"] == TEXT
    assert rows() == []
    assert reader.send(reader.send(page, button="periksa"), button="kirim").status == 200


def test_a_full_disk_is_503_and_leaves_nothing_behind(app: Flask, world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    before = sorted((app.config["SETTINGS"].instance / "files").rglob("*"))
    monkeypatch.setattr(files_local.os, "fsync", full)
    page = write(reader, world, [PHOTO])
    assert page.status == 503
    assert page.response.headers["Retry-After"]
    assert "penuh" in page.text
    assert dict(page.form(has="form_key").fields)["text"] == TEXT
    monkeypatch.undo()
    left = [one for one in (app.config["SETTINGS"].instance / "files").rglob("*") if one.is_file() and one not in before]
    assert left == []
    assert rows() == []
    assert reader.send(reader.send(page, button="periksa"), button="kirim").status == 200


def test_sending_twice_tells_that_new_photos_are_not_in_it(world: World, reader: Reader) -> None:
    checked = write(reader, world, [PHOTO])
    back = reader.send(checked, button="ubah")
    reader.send(checked, button="kirim")
    again = reader.send(back, button="periksa", files={"files": [OTHER]})
    assert "Foto yang baru Anda pilih tidak ikut terkirim" in again.text
    assert len(rows()) == 1


def test_another_form_neither_sees_nor_takes_pending_files(world: World, reader: Reader, readers: New) -> None:
    write(reader, world, [PHOTO], button="unggah")
    [row] = rows()
    stranger = readers()
    page = write(stranger, world, [], button="unggah")
    assert row.token not in page.html
    stranger.send(page, button="unggah", **{f"alt-{row.token}": "diubah orang lain"})
    stranger.send(page, button="unggah", langkah=f"buang:{row.token}")
    stranger.send(stranger.send(page, button="periksa"), button="kirim")
    assert [(one.alt, one.ticket_id) for one in rows()] == [("", None)]


def test_names_of_sealed_reporters_files_are_left_behind(world: World, reader: Reader) -> None:
    number = send(reader, world, [PHOTO, PAPER], anonymous="y")
    assert [one.name for one in rows()] == ["", ""]
    verify(world, number)
    page = reader.open(f"/laporan/{number}")
    assert "Budi" not in page.html
    assert "surat.pdf" not in page.html
    answers = [reader.client.get(link) for link in links(page)]
    assert not any("Budi" in str(answer.headers) or "2215" in str(answer.headers) for answer in answers)


def test_nothing_is_stored_as_it_came_and_nothing_readable(app: Flask, world: World, reader: Reader) -> None:
    send(reader, world, [PHOTO, PAPER], confidential="y")
    tokens = {one.token for one in rows()}
    stored = [one for one in (app.config["SETTINGS"].instance / "files").rglob("*") if one.is_file() and one.name[:32] in tokens]
    assert len(stored) == 3
    for one in stored:
        data = one.read_bytes()
        assert b"\xff\xd8\xff" not in data[:64]
        assert b"%PDF" not in data
        assert one.stat().st_mode & 0o077 == 0
    assert (app.config["SETTINGS"].instance / "files").stat().st_mode & 0o077 == 0


def test_the_statements_of_the_page_do_not_grow_with_files(world: World, reader: Reader, readers: New, statements: list[str]) -> None:
    counted = []
    for files in ([PHOTO], [PHOTO, OTHER, PAPER]):
        number = send(reader, world, files)
        verify(world, number)
        visitor = readers()
        visitor.open(f"/laporan/{number}")
        statements.clear()
        visitor.open(f"/laporan/{number}")
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 5


def test_the_counter_takes_files_too(world: World, readers: New) -> None:
    clerk = readers().sign_in(world.coordinator)
    page = clerk.open("/meja/loket?wilayah=82.72.02.1003")
    page = clerk.send(page, button="periksa", files={"files": [PAPER]}, text=TEXT, topic=str(world.topic),
                      received_date="2026-03-03", received_time="09:15")  # fmt: skip
    assert page.status == 200, page.text
    assert clerk.send(page, button="kirim").status == 200
    assert [one.ticket_id is None for one in rows()] == [False]


def test_confidential_within_one_request(world: World, reader: Reader, readers: New) -> None:
    number = send(reader, world, [PHOTO])
    verify(world, number)
    visitor = readers()
    [download, small, large] = sorted(links(visitor.open(f"/laporan/{number}")), key=len)[:3]
    first = visitor.client.get(large)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" not in first.headers
    again = visitor.client.get(large, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with transaction():
        ticket = db.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.confidential, ticket.reporter_id = True, None
    for link in (download, small, large):
        answer = visitor.client.get(link, headers={"If-None-Match": first.headers["ETag"]})
        assert answer.status_code == 404
    inside = readers().sign_in(world.officer).client.get(large)
    assert (inside.status_code, inside.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in inside.headers
