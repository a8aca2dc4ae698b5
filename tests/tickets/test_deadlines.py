"""The page that says why each date is that date, and the same on the terminal."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from feedback.clocks.cli import cli
from feedback.clocks.queries import Explanation, explanations
from feedback.clocks.rules.explain import Line, What
from feedback.clocks.rules.policy import ClockKind
from feedback.tickets.rules.words import MoveName
from feedback.tickets.views.deadlines import line_text
from tests.factories import MONDAY, World, make_report
from tests.site import Reader
from tests.tickets.steps import answered, assigned, clocks_by_kind, make


def page_of(number: str) -> str:
    return f"/laporan/{number}/tenggat"


def test_the_public_reads_plain_words_and_officials_all_of_it(world: World, reader: Reader) -> None:
    receipt = assigned(world)
    page = reader.open(page_of(receipt.number))
    assert page.status == 200
    assert "14 hari kerja sejak" in page.text
    assert "Dimulai; hari ini belum dihitung." in page.text
    assert "Hari kerja ke-1" in page.text
    assert "Tenggat: paling lambat akhir hari ini." in page.text
    assert "Rincian untuk petugas" not in page.text
    official = reader.sign_in(world.officer).open(page_of(receipt.number))
    assert "Rincian untuk petugas" in official.text
    assert "Aturan resolve_non_oversight." in official.text
    assert "Kantor pemerintah WIT, versi 1" in official.text


def test_the_ticket_leads_there(world: World, reader: Reader) -> None:
    receipt = assigned(world)
    assert page_of(receipt.number) in reader.open(f"/laporan/{receipt.number}").links


def test_a_pause_is_told_with_its_reason(world: World, reader: Reader) -> None:
    receipt = assigned(world)
    make(world, receipt, MoveName.HOLD, world.officer)
    page = reader.open(page_of(receipt.number))
    assert "Sedang ditunda" in page.text
    assert "Ditunda: Menunggu bahan atau suku cadang." in page.text


def test_it_is_seen_by_whoever_sees_the_ticket(world: World, reader: Reader) -> None:
    receipt = make_report(world, confidential=True, email="rahasia@contoh.example")
    assert reader.open(page_of(receipt.number)).status == 404
    assert reader.open("/laporan/MB-0000-0000/tenggat").status == 404
    assert reader.open("/laporan/apa/tenggat").status == 404
    assert reader.sign_in(world.coordinator).open(page_of(receipt.number)).status == 200


def test_a_number_typed_loosely_is_sent_on(world: World, reader: Reader) -> None:
    receipt = make_report(world)
    page = reader.open(page_of(receipt.number.lower().replace("-", "")))
    assert (page.status, page.path) == (200, page_of(receipt.number))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (Line(date(2026, 3, 16), date(2026, 3, 16), What.COUNTED, 1), "Hari kerja ke-1."),
        (Line(date(2026, 3, 16), date(2026, 3, 18), What.COUNTED, 4), "Hari kerja ke-2 sampai ke-4."),
        (Line(date(2026, 3, 19), date(2026, 3, 19), What.CLOSED_DATE, name="Nyepi"), "Libur: Nyepi."),
        (Line(date(2026, 3, 19), date(2026, 3, 19), What.PAUSED, name="kata lama"), "Ditunda: kata lama."),
        (Line(date(2026, 3, 19), date(2026, 3, 19), What.MOVED, name="wit"), "Sejak hari ini dihitung dengan kalender Kantor pemerintah WIT."),
    ],
)  # fmt: skip
def test_each_line_is_a_sentence(app: Flask, world: World, line: Line, text: str) -> None:
    receipt = assigned(world)
    with app.test_request_context():
        assert line_text(line, explained(receipt.ticket_id, ClockKind.RESOLVE)) == text


def test_dates_are_short_with_their_weekday(world: World, reader: Reader) -> None:
    with time_machine.travel(MONDAY, tick=False):
        receipt = assigned(world)
        page = reader.open(page_of(receipt.number))
    assert "Sen 2 Mar 2026 : Dimulai" in page.text
    assert "Sel 3 Mar – Jum 6 Mar 2026 : Hari kerja ke-1 sampai ke-4." in page.text
    assert "Rab 18 Mar 2026 : Libur: Cuti bersama" in page.text


def explained(ticket_id: int, kind: ClockKind) -> Explanation:
    return next(each for each in explanations(ticket_id) if each.clock.kind is kind)


def test_the_last_line_is_the_stored_date(world: World) -> None:
    receipt = answered(world)
    for each in explanations(receipt.ticket_id):
        if each.lines:
            assert (each.lines[-1].what, each.lines[-1].last) == (What.DUE, each.clock.due_date)


def ask(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(cli, ["explain", *arguments])


def test_the_terminal_tells_the_same(app: Flask, world: World) -> None:
    receipt = assigned(world)
    due = clocks_by_kind(receipt)[ClockKind.RESOLVE].due_date
    told = [json.loads(line) for line in ask(app, receipt.number, "--json").stdout.splitlines()]
    (resolve,) = [each for each in told if each["clock"] == "resolve"]
    assert due is not None
    assert (resolve["due_date"], resolve["lines"][-1]["what"], resolve["state"]) == (due.isoformat(), "due", "running")
    text = ask(app, receipt.number.lower()).stdout
    assert f"resolve (cycle 1, resolve_non_oversight, 14 working_day): running, due {due}" in text
    assert "counted 14" in text


def test_the_terminal_says_when_there_is_none(app: Flask, world: World) -> None:
    for number in ("MB-0000-0000", "apa"):
        result = ask(app, number)
        assert (result.exit_code, result.stdout) == (1, "")
        assert number in result.stderr
