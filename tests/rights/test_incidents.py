"""A failure to protect data: who it is about is found without opening a seal, and everybody is told once (UU 27/2022 article 46)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.admin.actions.work import Worker
from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.people.models import Person
from feedback.rights.models import IncidentRow, IncidentSubject
from feedback.rights.rules.incidents import read_incident
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.vault import queries as vault
from tests.factories import World, make_report
from tests.notices.conftest import sent
from tests.site import Reader

__all__ = ["sent"]

WORDS = """
[id]
data = "Isi laporan dan alamat surel."
happened = "19 November malam, cadangan terbaca orang luar."
done = "Kunci diganti dan cadangan dihapus."
contact = "Pejabat PDP, telepon 112"
[en]
data = "Words of reports and mail addresses."
happened = "On 19 November at night an outsider read a backup."
done = "Keys were changed and the backup deleted."
contact = "Data protection officer, telephone 112"
"""


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


@pytest.fixture
def told(app: Flask, tmp_path: Path) -> Callable[..., Any]:
    """Run a command on a file with these lines."""

    def run(command: str, head: str, *options: str, words: str = WORDS) -> Any:
        file = tmp_path / "insiden.toml"
        file.write_text(f'code = "2026-11-a"\nfound_at = 2027-01-20T08:00:00+07:00\n{head}\n{words}', encoding="utf-8")
        fresh()
        return app.test_cli_runner().invoke(args=["incident", command, str(file), *options])

    return run


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No private key anywhere: whoever tries to open a seal fails."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("a seal was opened")

    monkeypatch.setattr(vault, "private_keys", refuse)


def reports(world: World) -> dict[str, str]:
    """One report for each way somebody can be told."""
    made = {
        "account": make_report(world),
        "sealed": make_report(world, actor=Actor(), anonymous=True, email="nur@contoh.example", text="Pungutan di loket."),
        "hidden": make_report(world, actor=Actor(), anonymous=True, text="Pungutan di loket."),
        "silent": make_report(world, actor=Actor(), text="Lampu jalan mati sejak kemarin."),
    }
    return {name: receipt.number for name, receipt in made.items()}


def test_who_is_affected_is_told_apart_without_opening_a_seal(world: World, told: Callable[..., Any], locked: None) -> None:
    numbers = reports(world)
    result = told("report", 'tables = ["ticket"]', "--json")
    found = json.loads(result.output)
    assert found["people"] == [world.citizen.person_id]
    ways = {one["number"]: one["way"] for one in found["reports"]}
    assert ways == {numbers["sealed"]: "mail", numbers["hidden"]: "mail", numbers["silent"]: "page"}, "who gave no address looks alike"
    assert found["due_at"] == "2027-01-23T08:00:00+07:00"
    text = told("report", 'tables = ["ticket"]').output
    assert f"report {numbers['silent']}  on the page of the report" in text
    assert "nur@contoh.example" not in text
    fresh()
    deeds = db.session.execute(select(AuditEntry.subject, AuditEntry.detail).where(AuditEntry.deed == "incident.looked_up")).all()
    assert deeds[0] == ("incident:2026-11-a", {"person_mail": 1, "report_mail": 2, "report_page": 1})
    assert db.session.query(IncidentRow).count() == 0, "a look tells nobody"


@pytest.mark.parametrize(
    ("head", "people", "sealed", "silent"),
    [
        ('tables = ["sealed_identity"]', {"citizen"}, True, False),
        ('tables = ["attachment"]', set(), False, False),
        ('tables = ["data_copy"]', set(), False, False),
        ('tables = ["ticket"]\nuntil = 2020-01-01T00:00:00+07:00', set(), False, False),
        ('tables = ["ticket"]\nsince = 2027-01-01T00:00:00+07:00', set(), False, False),
        ('numbers = ["{silent}"]', set(), False, True),
        ('tables = ["person"]', {"all"}, False, False),
    ],
)
def test_tables_window_and_numbers_say_whose_data(
    world: World, told: Callable[..., Any], head: str, people: set[str], sealed: bool, silent: bool
) -> None:
    numbers = reports(world)
    found = json.loads(told("report", head.format(**numbers), "--json").output)
    everybody = set(db.session.scalars(select(Person.id)))
    assert set(found["people"]) == {"all": everybody, "citizen": {world.citizen.person_id}, "": set()}["".join(people)]
    expected = {numbers[name] for name, is_in in (("sealed", sealed), ("hidden", sealed), ("silent", silent)) if is_in}
    assert {one["number"] for one in found["reports"]} == expected


def test_everybody_is_told_once_in_their_language(
    app: Flask, world: World, told: Callable[..., Any], sent: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = reports(world)
    with transaction():
        db.session.get_one(Person, world.citizen.person_id).locale = "en"
        db.session.execute(Ticket.__table__.update().values(locale="id"))
    with monkeypatch.context() as patch:
        patch.setattr(vault, "private_keys", lambda *_: pytest.fail("a seal was opened"))
        for _ in range(2):
            result = told("notify", 'tables = ["ticket"]\nagency = "lembaga@pdp.example"', "--yes")
            assert result.exit_code == 0, result.output
    fresh()
    Worker(app.extensions["handlers"], (), app.config["SETTINGS"].instance).drain()
    fresh()
    letters = {letter.recipient: letter for letter in sent if "data pribadi" in letter.subject or "personal data" in letter.subject}
    citizen = db.session.get_one(Person, world.citizen.person_id).email
    assert set(letters) == {citizen, "nur@contoh.example", "lembaga@pdp.example"}
    assert len([letter for letter in sent if letter.recipient == "lembaga@pdp.example"]) == 1
    assert "an outsider read a backup" in letters[citizen].text
    assert "cadangan terbaca orang luar" in letters["nur@contoh.example"].text
    assert numbers["sealed"] not in letters["nur@contoh.example"].text
    assert "1 akun" in letters["lembaga@pdp.example"].text
    assert "3 laporan tanpa akun" in letters["lembaga@pdp.example"].text
    assert "nur@" not in letters["lembaga@pdp.example"].text
    assert json.loads(told("report", 'tables = ["ticket"]', "--json").output)["letters"] == {"dealt_with": 3, "waiting": 0}
    fresh()
    assert db.session.query(IncidentSubject).count() == 4
    assert set(db.session.scalars(select(IncidentSubject.way))) == {"mail", "page"}
    assert db.session.query(AuditEntry).filter(AuditEntry.deed == "incident.notified").count() == 1


def test_a_sender_without_address_reads_it_on_the_page(world: World, told: Callable[..., Any], readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, actor=Actor(), anonymous=True, text="Pungutan di loket.")
    told("notify", 'tables = ["ticket"]', "--yes")
    holder, other = readers(), readers().sign_in(world.coordinator)
    holder.send(holder.open("/lacak"), has="nomor", nomor=receipt.number, kode=receipt.code)
    assert "Pelindungan data laporan ini gagal" in holder.open(f"/laporan/{receipt.number}").text
    assert "cadangan terbaca orang luar" in holder.open(f"/laporan/{receipt.number}/data").text
    assert "Pelindungan data laporan ini gagal" not in other.open(f"/laporan/{receipt.number}").text
    assert other.open(f"/laporan/{receipt.number}/data").status == 404


def test_an_account_reads_it_among_its_data(world: World, told: Callable[..., Any], readers: Callable[[], Reader]) -> None:
    told("notify", 'tables = ["person"]', "--yes")
    reader = readers().sign_in(world.citizen)
    assert "cadangan terbaca orang luar" in reader.open("/akun/data").text
    assert "an outsider read a backup" in reader.open("/akun/data?bahasa=en").text


def test_whoever_is_found_later_is_told_then(world: World, told: Callable[..., Any]) -> None:
    make_report(world, actor=Actor(), email="satu@contoh.example")
    told("notify", 'tables = ["ticket"]', "--yes")
    make_report(world, actor=Actor(), email="dua@contoh.example")
    told("notify", 'tables = ["ticket"]', "--yes")
    fresh()
    assert db.session.query(IncidentSubject).count() == 2
    other = told("notify", 'tables = ["ticket"]', "--yes", words=WORDS.replace("malam", "pagi"))
    assert other.exit_code == 2
    assert "told with other words" in other.output


def test_nobody_is_told_half_a_notice(world: World, told: Callable[..., Any]) -> None:
    result = told("notify", 'tables = ["ticket"]', "--yes", words=WORDS.replace("Kunci diganti dan cadangan dihapus.", " "))
    assert result.exit_code == 2
    assert "id.done" in result.output
    asked = told("notify", 'tables = ["ticket"]')
    assert asked.exit_code == 1, "without an answer nothing is sent"
    assert "2027-01-23T08:00:00+07:00" in asked.output
    fresh()
    assert db.session.query(IncidentRow).count() == 0


def test_a_deadline_that_passed_is_shouted(world: World, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.rights.cli import incidents

    moment = datetime(2027, 1, 23, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(incidents, "utc_now", lambda: moment)
    assert "LATE" not in told("report", 'tables = ["ticket"]').output
    monkeypatch.setattr(incidents, "utc_now", lambda: moment + timedelta(seconds=1))
    assert "LATE" in told("report", 'tables = ["ticket"]').output


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("", "tables or numbers"),
        ('tables = ["person", "password"]', "password is none of"),
        ('tables = "person"', "a list of texts"),
        ('numbers = ["MB-0000-0000"]', "no report is called MB-0000-0000"),
        ('tables = ["person"]\nsince = 2026-01-01', "since: a date, a time and its offset"),
        ('tables = ["person"]\ncolour = 1', "colour: not known"),
        ("tables = [", "Invalid"),
    ],
)
def test_a_file_that_says_nonsense_is_refused(told: Callable[..., Any], head: str, says: str) -> None:
    result = told("report", head)
    assert result.exit_code == 2
    assert says in result.output


@pytest.mark.parametrize("given", [{}, {"code": 1}, {"code": "x" * 41}, {"code": "x"}, {"code": "x", "found_at": "today"}])
def test_a_file_without_code_or_hour_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"code|found_at"):
        read_incident({**given, "tables": ["person"]})
