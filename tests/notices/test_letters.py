from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from config import ROOT
from feedback.clocks.rules.policy import ClockKind
from feedback.notices.handlers.letters import write
from feedback.notices.queries.letters import EventFacts, TicketFacts
from feedback.notices.rules.letters import Letter
from feedback.tickets.rules.words import MoveName

NUMBER = "MB-0000-0000"
UNIT, TOPIC, WORDS = "Dinas Perhubungan", "Lampu jalan", "Lampu sudah diganti <baru> & menyala."
FOLDER = Path(ROOT) / "templates" / "mail"


def ticket(**changes: Any) -> TicketFacts:
    values: dict[str, Any] = {
        "number": NUMBER,
        "is_sealed": False,
        "is_answered": True,
        "has_account": True,
        "cycle": 1,
        "unit": UNIT,
        "topic": TOPIC,
        "zone": "Asia/Jayapura",
        "received_at": datetime(2026, 3, 1, 16, 30, tzinfo=UTC),
        "due": {kind: (date(2026, 3, 20), "Asia/Jayapura") for kind in ClockKind},
    }
    return TicketFacts(**{**values, **changes})


EVENT = EventFacts(
    move=MoveName.JOIN,
    words=WORDS,
    detail={
        "hold_reason": "waiting_material",
        "promised_date": "2026-04-01",
        "reject_reason": "personal_dispute",
        "authority": "PLN",
        "channel": "Telepon 123",
        "joined_number": "MB-1111-1111",
    },
)


def written(letter: Letter, facts: TicketFacts | None = None, event: EventFacts | None = EVENT, name: str = "") -> tuple[str, str]:
    return write(letter, facts or ticket(), event, name)


@pytest.fixture(autouse=True)
def indonesian(app: Flask) -> Any:
    with force_locale("id"):
        yield


def test_every_letter_has_a_template_and_every_template_a_letter(app: Flask) -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*Letter, "letter"}


def test_every_letter_can_be_written_with_everything_and_with_nothing(app: Flask) -> None:
    contents = ((ticket(), EVENT), (ticket(due={}, topic=""), EventFacts(move=MoveName.ANSWER, words="", detail={})), (ticket(due={}), None))
    for letter, name, locale, (facts, event) in product(Letter, ("", "Petugas Satu"), ("id", "en"), contents):
        with force_locale(locale):
            subject, text = written(letter, facts, event, name)
        assert NUMBER in subject
        assert NUMBER in text
        assert text.count("http") == 1
        assert not re.search(r"\n\n\n| \n|[{}%]|None|Undefined", text), text
        assert text == text.strip() + "\n"


def test_a_sealed_letter_is_its_number_and_where_to_read_on(app: Flask) -> None:
    for letter, has_account in product(Letter, (True, False)):
        subject, text = written(letter, ticket(is_sealed=True, has_account=has_account))
        assert subject == f"Laporan {NUMBER}: ada kabar baru"
        for word in (UNIT, TOPIC, "diganti", "PLN", "2026", "Telepon 123"):
            assert word not in text
        assert NUMBER in text
        assert text.count("http") == 1


def test_sealed_letters_to_a_reporter_are_all_alike(app: Flask) -> None:
    letters = [letter for letter in Letter if not letter.startswith("staff_")]
    assert len({written(letter, ticket(is_sealed=True)) for letter in letters}) == 1


def test_subjects_say_nothing_but_the_number(app: Flask) -> None:
    subjects = {written(letter)[0] for letter in Letter}
    assert subjects == {f"Laporan {NUMBER}: ada kabar baru", f"Laporan {NUMBER}: tanda terima"}


def test_links_come_from_the_settings(app: Flask) -> None:
    with app.test_request_context("/", headers={"Host": "evil.example"}), force_locale("id"):
        _, text = written(Letter.ANSWERED)
    assert f"\nhttp://localhost/laporan/{NUMBER}\n" in text
    assert "evil" not in text


def test_who_has_no_account_is_sent_to_the_page_that_asks_for_the_code(app: Flask) -> None:
    _, text = written(Letter.RECEIPT, ticket(has_account=False))
    assert "\nhttp://localhost/lacak\n" in text
    assert "kode rahasia" in text
    assert NUMBER in text


def test_staff_open_the_ticket_itself(app: Flask) -> None:
    _, text = written(Letter.STAFF_ASSIGNED, ticket(has_account=False), name="Petugas Satu")
    assert text.startswith("Yth. Petugas Satu,\n")
    assert f"\nhttp://localhost/laporan/{NUMBER}\n" in text
    assert TOPIC in text
    assert "20 Maret 2026 (WIT)" in text


def test_a_receipt_says_when_with_the_zone(app: Flask) -> None:
    _, text = written(Letter.RECEIPT)
    assert "2 Maret 2026, 01.30 WIT" in text
    assert "paling lambat 20 Maret 2026 (WIT)" in text


def test_the_dates_of_a_letter_are_those_of_its_clocks(app: Flask) -> None:
    due = {
        ClockKind.FIRST_RESPONSE: (date(2026, 3, 9), "Asia/Jakarta"),
        ClockKind.RESOLVE: (date(2026, 3, 24), "Asia/Makassar"),
        ClockKind.CONFIRMATION: (date(2026, 4, 7), "Asia/Jayapura"),
        ClockKind.COMPLETION: (date(2026, 4, 8), "Asia/Jayapura"),
    }
    expected = {
        Letter.ASSIGNED: ["9 Maret 2026 (WIB)", "24 Maret 2026 (WITA)"],
        Letter.ANSWERED: ["7 April 2026 (WIT)"],
        Letter.LAPSING: ["7 April 2026 (WIT)"],
        Letter.ASKED: ["8 April 2026 (WIT)"],
        Letter.ON_HOLD: ["1 April 2026 (WIT)"],
        Letter.LAPSED: [],
    }
    for letter, dates in expected.items():
        _, text = written(letter, ticket(due=due))
        assert re.findall(r"\d+ \w+ 2026 \(\w+\)", text) == dates


def test_a_public_reply_is_quoted_as_plain_text(app: Flask) -> None:
    for letter in (Letter.ANSWERED, Letter.INTERIM_REPLY, Letter.ASKED, Letter.REJECTED, Letter.REFERRED):
        assert f'"{WORDS}"' in written(letter)[1]


def test_a_long_reply_is_cut(app: Flask) -> None:
    _, text = written(Letter.ANSWERED, event=EventFacts(move=MoveName.ANSWER, words="kata " * 2000, detail={}))
    assert len(text) < 1300
    assert "…" in text


def test_staff_get_no_words_of_anybody(app: Flask) -> None:
    for letter in Letter:
        assert not letter.startswith("staff_") or "diganti" not in written(letter)[1]


def test_reasons_and_the_right_channel(app: Flask) -> None:
    rejected, referred = written(Letter.REJECTED)[1], written(Letter.REFERRED)[1]
    assert "Urusan pribadi antarwarga" in rejected
    assert "lembaga bantuan hukum" in rejected
    assert "PLN" in referred
    assert "Telepon 123" in referred
    assert "Menunggu bahan" in written(Letter.ON_HOLD)[1]


def test_what_has_no_letter_of_its_own_is_named(app: Flask) -> None:
    text = written(Letter.NEWS)[1]
    assert "Digabung dengan laporan lain." in text
    assert "MB-1111-1111" in text
