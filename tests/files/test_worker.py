"""What the worker and the commands do for attached files: scan, sweep, check, doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from feedback.admin.actions.check import findings
from feedback.admin.actions.work import Worker, do_one
from feedback.files.actions import quota
from feedback.files.actions.sweep import check_files, order_sweep, sweep_orphans, sweep_pending
from feedback.files.models import Attachment, UploadCount
from feedback.files.rules.quota import Uploader
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import TooMany
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from tests.adapters.clamd import scanner
from tests.factories import World
from tests.files import samples
from tests.files.test_report_photos import OTHER, PAPER, PHOTO, links, rows, send, verify, write
from tests.site import Reader

New = Callable[[], Reader]


@pytest.fixture
def app(app: Flask, tmp_path: Path) -> Flask:
    """An instance folder of its own: these tests look at every stored file."""
    app.config["SETTINGS"] = samples.replaced(app.config["SETTINGS"], instance=tmp_path / "instance")
    (tmp_path / "instance").mkdir(mode=0o700)
    return app


def folder(app: Flask) -> Path:
    return Path(app.config["SETTINGS"].instance) / "files"


def stored(app: Flask) -> set[str]:
    return {file.name for file in folder(app).rglob("*") if file.is_file()}


def make_older() -> None:
    with transaction():
        db.session.execute(update(Attachment).values(created_at=utc_now() - timedelta(days=1, minutes=1)))


# the scanner


def test_a_file_is_shown_only_after_the_scanner_said_so(app: Flask, world: World, reader: Reader, readers: New) -> None:
    with scanner() as server:
        app.config["SETTINGS"] = samples.replaced(app.config["SETTINGS"], clamav=server.address)
        checked = write(reader, world, [PHOTO, PAPER])
        assert checked.text.count("Sedang diperiksa") == 2
        [first, second] = [one.token for one in rows()]
        assert reader.client.get(f"/lampiran/{first}/320").status_code == 404
        number = send(reader, world, [OTHER])
        verify(world, number)
        [third] = [one.token for one in rows() if one.ticket_id]
        page = readers().open(f"/laporan/{number}")
        assert "Sedang diperiksa" in page.text
        assert third not in page.html
        for link in (f"/laporan/{number}/lampiran/{third}", f"/laporan/{number}/lampiran/{third}/320"):
            assert readers().client.get(link).status_code == 404
            assert reader.client.get(link).status_code == 404
        server.finds = lambda data: data.startswith(b"%PDF")
        while do_one({"files.scan": app.extensions["handlers"]["files.scan"], "ticket.moved": lambda _job: None}):
            pass
        assert {one.token: one.scan for one in rows()} == {first: "ready", second: "infected", third: "ready"}
        assert reader.client.get(f"/laporan/{number}/lampiran/{third}/320").status_code == 200
    assert not any(name.startswith(second) for name in stored(app))
    again = reader.send(checked, button="kirim")
    assert again.status == 422
    assert "tidak lolos pemeriksaan virus" in again.text
    done = reader.send(reader.send(again, button=f"buang:{second}"), button="periksa")
    assert reader.send(done, button="kirim").status == 200
    assert {one.token for one in rows() if one.ticket_id} == {first, third}


def test_without_an_answer_of_the_scanner_it_stays_closed(app: Flask, world: World, reader: Reader) -> None:
    app.config["SETTINGS"] = samples.replaced(app.config["SETTINGS"], clamav="127.0.0.1:9")
    number = send(reader, world, [PHOTO])
    while do_one({"files.scan": app.extensions["handlers"]["files.scan"], "ticket.moved": lambda _job: None}):
        pass
    assert [one.scan for one in rows()] == ["waiting"]
    assert links(reader.open(f"/laporan/{number}")) == []
    job = db.session.scalars(select(Outbox).where(Outbox.kind == "files.scan")).one()
    assert (job.state, job.attempts) == ("pending", 1)
    app.config["SETTINGS"] = samples.replaced(app.config["SETTINGS"], clamav="")
    with transaction():
        db.session.execute(update(Outbox).values(available_at=utc_now()))
    do_one(app.extensions["handlers"])
    assert [one.scan for one in rows()] == ["waiting"], "a scanner that was taken away says nothing"


# the sweep


def test_what_was_never_sent_is_forgotten_after_a_day(app: Flask, world: World, reader: Reader) -> None:
    send(reader, world, [PHOTO])
    write(reader, world, [OTHER], button="unggah")
    make_older()
    write(reader, world, [PAPER], button="unggah")
    assert sweep_pending(utc_now()) == 1
    left = rows()
    assert [(one.name, one.ticket_id is None) for one in left] == [(PHOTO[0], False), (PAPER[0], True)]
    assert {name[:32] for name in stored(app)} == {one.token for one in left}


def test_a_form_whose_files_are_gone_is_still_sent(app: Flask, world: World, reader: Reader) -> None:
    checked = write(reader, world, [PHOTO])
    make_older()
    sweep_pending(utc_now())
    assert reader.send(checked, button="kirim").status == 200


def test_what_no_row_names_is_removed_after_a_day(app: Flask, world: World, reader: Reader) -> None:
    send(reader, world, [PHOTO])
    [row] = rows()
    orphan, young = ("ab" + "0" * 30 + "-320", "ab" + "1" * 30 + "-320")
    (folder(app) / "ab").mkdir(exist_ok=True)
    for name in (orphan, young):
        (folder(app) / "ab" / name).write_bytes(b"x")
    past = (utc_now() - timedelta(days=2)).timestamp()
    for file in folder(app).rglob("*"):
        if file.is_file() and file.name != young:
            os.utime(file, (past, past))
    before = stored(app)
    assert sweep_orphans(utc_now()) == 1
    assert stored(app) == before - {orphan}
    assert any(name.startswith(row.token) for name in stored(app))


def test_the_sweep_is_ordered_once_a_day_and_counts_are_forgotten(app: Flask, world: World, reader: Reader) -> None:
    write(reader, world, [PHOTO], button="unggah")
    now = utc_now()
    order_sweep(now)
    order_sweep(now + timedelta(seconds=1))
    assert db.session.query(Outbox).filter(Outbox.kind == "files.sweep").count() == 1
    assert db.session.query(UploadCount).count() == 2
    sweep_orphans(now + timedelta(days=4))
    assert db.session.query(UploadCount).count() == 0
    worker = Worker(handlers={}, timers=app.extensions["timers"], instance=folder(app))
    worker.run_timers(now)


# limits a day


def test_each_is_counted_apart_and_past_the_limit_counts_nothing(app: Flask, world: World) -> None:
    app.config["SETTINGS"] = samples.replaced(app.config["SETTINGS"], files_person_mb=2, files_network_mb=3, files_site_mb=5)
    now, megabyte = utc_now(), 1024 * 1024

    def take(person: int | None, address: str) -> None:
        quota.take_quota(megabyte, Uploader(person, address), now)

    take(1, "10.0.0.1")
    take(1, "10.0.0.2")
    with pytest.raises(TooMany, match="akun"):
        take(1, "10.0.0.3")
    take(2, "10.0.0.1")
    take(None, "10.0.0.1")
    with pytest.raises(TooMany, match="jaringan"):
        take(None, "10.0.0.1")
    take(None, "10.0.0.4")
    with pytest.raises(TooMany, match="situs") as refused:
        take(3, "10.0.0.5")
    assert 0 < refused.value.retry_after <= 86_401
    quota.take_quota(megabyte, Uploader(1, "10.0.0.1"), now + timedelta(days=1))
    counted = db.session.scalars(select(UploadCount.bucket)).all()
    assert not any("10.0.0" in bucket for bucket in counted)


# the commands


def test_check_finds_what_is_missing_or_changed(app: Flask, world: World, reader: Reader) -> None:
    send(reader, world, [PHOTO, PAPER])
    run = app.test_cli_runner().invoke
    whole = run(args=["files", "check", "--json"])
    assert (whole.exit_code, json.loads(whole.stdout)) == (0, {"checked": 3, "flaws": []})
    first, second, _third = sorted(file for file in folder(app).rglob("*") if file.is_file())
    first.unlink()
    data = bytearray(second.read_bytes())
    data[40] ^= 1
    second.write_bytes(data)
    told = run(args=["files", "check"])
    assert told.exit_code == 1
    assert f"{first.name} is missing" in told.stdout
    assert f"{second.name} is changed" in told.stdout
    assert sum(flaw is not None for flaw in check_files()) == 2
    assert run(args=["files", "sweep"]).exit_code == 0


def test_a_changed_file_is_not_served(app: Flask, world: World, reader: Reader) -> None:
    number = send(reader, world, [PAPER])
    [file] = [file for file in folder(app).rglob("*") if file.is_file()]
    [link] = links(reader.open(f"/laporan/{number}"))
    assert reader.client.get(link).status_code == 200
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert reader.client.get(link).status_code == 404
    file.unlink()
    assert reader.client.get(link).status_code == 404
    assert reader.open(f"/laporan/{number}").status == 200


def test_the_doctor_looks_at_the_folder(app: Flask, world: World, reader: Reader) -> None:
    def told() -> list[tuple[bool, str]]:
        found = findings(app.config["SETTINGS"], utc_now())
        return [(one.is_fine, one.text) for one in found if "ttached" in one.text or "files" in one.text or "No file" in one.text]

    assert told() == [(True, "No file was attached yet; the folder is made with the first.")]
    write(reader, world, [PHOTO], button="unggah")
    assert told() == [(True, "The folder of attached files can be written, by this user alone.")]
    folder(app).chmod(0o755)
    assert [fine for fine, text in told() if "chmod 700" in text] == [False]
    folder(app).chmod(0o700)
