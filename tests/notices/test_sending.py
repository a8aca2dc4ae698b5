from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select, update

from feedback.adapters import mail_smtp
from feedback.adapters.mail import Mail
from feedback.doors import HANDLERS
from feedback.kernel.clock import utc_now
from feedback.notices.actions.consent import note_asked, say
from feedback.notices.actions.letters import post_lapsing
from feedback.notices.queries.consent import link_token
from feedback.notices.rules.consent import Consent
from feedback.people.models import Person
from feedback.storage.outbox import Outbox, OutboxState, post
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName
from tests.adapters.mailbox import Mailbox, free_port, serving
from tests.factories import World
from tests.notices.post import SECRET_WORDS, assign, move, report, work

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ADDRESS = "warga@contoh.example"


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """The site's mail server."""
    with serving() as mailbox:
        use(app, mailbox.port)
        yield mailbox


def use(app: Flask, port: int) -> None:
    app.config["SETTINGS"] = dataclasses.replace(
        app.config["SETTINGS"], mail="smtp", smtp_host="127.0.0.1", smtp_port=port, public_url="https://lapor.example"
    )


@pytest.fixture
def clock() -> Iterator[Any]:
    """Stands still until a test moves it."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def confirmed(address: str) -> None:
    """Its owner said yes before: news go on after the first letter."""
    note_asked(address)
    say(link_token(address), Consent.CONFIRMED)
    db.session.rollback()


def texts(mailbox: Mailbox) -> str:
    return "\n".join(f"{dict(letter.items())}\n{letter.get_content()}" for letter in mailbox.letters)


def outbox() -> list[tuple[str, str, int]]:
    db.session.rollback()
    rows = db.session.execute(select(Outbox.kind, Outbox.state, Outbox.attempts).order_by(Outbox.id))
    return [(row.kind, row.state, row.attempts) for row in rows]


# To whom


def test_a_visitor_gets_a_receipt_at_the_sealed_address(app: Flask, world: World, mailbox: Mailbox) -> None:
    receipt = report(world, email=ADDRESS)
    assert work() == ["ticket.moved: done", "mail: done"]
    (letter,) = mailbox.letters
    assert mailbox.recipients == [ADDRESS]
    assert letter["subject"] == f"Laporan {receipt.number}: tanda terima"
    assert "https://lapor.example/lacak" in letter.get_content()
    assert letter["message-id"].endswith("@lapor.example>")


def test_the_secret_code_is_never_mailed(app: Flask, world: World, mailbox: Mailbox) -> None:
    confirmed(ADDRESS)
    receipt = report(world, email=ADDRESS)
    assign(receipt, world)
    work()
    assert len(mailbox.letters) == 4
    assert receipt.code not in texts(mailbox)
    assert receipt.code.replace("-", "") not in texts(mailbox)


def test_without_an_address_nothing_is_sent_and_nothing_fails(app: Flask, world: World, mailbox: Mailbox) -> None:
    report(world)
    assert work() == ["ticket.moved: done", "mail: done"]
    assert mailbox.letters == []


def test_an_account_gets_it_at_the_address_of_now(app: Flask, world: World, mailbox: Mailbox) -> None:
    report(world, world.citizen)
    with transaction():
        mine = Person.id == world.citizen.person_id
        db.session.execute(update(Person).where(mine).values(email="baru@contoh.example", locale="en"))
    work()
    assert mailbox.recipients == ["baru@contoh.example"]


def test_a_closed_account_gets_nothing(app: Flask, world: World, mailbox: Mailbox) -> None:
    report(world, world.citizen)
    with transaction():
        db.session.execute(update(Person).where(Person.id == world.citizen.person_id).values(is_active=False))
    work()
    assert mailbox.letters == []


def test_an_anonymous_account_is_reached_through_its_seal(app: Flask, world: World, mailbox: Mailbox) -> None:
    report(world, world.citizen, anonymous=True)
    work()
    address = db.session.scalar(select(Person.email).where(Person.id == world.citizen.person_id))
    assert mailbox.recipients == [address]


@pytest.mark.parametrize("flags", [{"anonymous": True}, {"confidential": True}, {"anonymous": True, "confidential": True}])
def test_sealed_tickets_are_mailed_as_a_number_only(app: Flask, world: World, mailbox: Mailbox, flags: dict[str, bool]) -> None:
    confirmed(ADDRESS)
    receipt = report(world, email=ADDRESS, name="Nur Rahasia", place="Jalan Rahasia 7", **flags)
    assign(receipt, world)
    work()
    move(receipt, MoveName.ANSWER, world.officer, text="Sudah diganti di Jalan Rahasia 7")
    work()
    told = texts(mailbox)
    assert len(mailbox.letters) == 5
    for word in (SECRET_WORDS, "Rahasia 7", "Nur Rahasia", "Dinas", "Lampu jalan", "Sudah diganti"):
        assert word not in told
    assert receipt.number in told


def test_a_ticket_sealed_meanwhile_is_written_of_as_sealed(app: Flask, world: World, mailbox: Mailbox) -> None:
    report(world, email=ADDRESS)
    with transaction():
        db.session.execute(update(Ticket).values(confidential=True))
    work()
    assert "lacak" in texts(mailbox)
    assert "tanda terima Anda" in texts(mailbox)
    assert "terima dengan nomor" not in texts(mailbox)


def test_words_of_citizens_are_in_no_letter(app: Flask, world: World, mailbox: Mailbox) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    move(receipt, MoveName.ANSWER, world.officer, text="<p>Sudah <strong>diganti</strong></p>")
    move(receipt, MoveName.DISPUTE, world.citizen, text="Kata-kata sanggahan saya")
    work()
    told = texts(mailbox)
    assert SECRET_WORDS not in told
    assert "sanggahan saya" not in told
    assert '"Sudah diganti"' in told
    assert "<strong>" not in told


def test_words_not_meant_for_the_public_are_not_quoted(app: Flask, world: World, mailbox: Mailbox) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    move(receipt, MoveName.INTERIM_REPLY, world.officer, text="Hanya untuk pelapor", is_public=False)
    work()
    assert "Hanya untuk" not in texts(mailbox)


def test_the_letter_before_lapsing(app: Flask, world: World, mailbox: Mailbox) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    move(receipt, MoveName.ANSWER, world.officer, text="Sudah diganti")
    post_lapsing(receipt.ticket_id)
    work()
    assert texts(mailbox).count("belum tahu apakah") == 1


def test_a_letter_that_is_no_longer_true_is_not_sent(app: Flask, world: World, mailbox: Mailbox) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    move(receipt, MoveName.ANSWER, world.officer, text="Sudah diganti")
    work()
    post_lapsing(receipt.ticket_id)
    move(receipt, MoveName.CONFIRM, world.citizen)
    work()
    assert "belum tahu apakah" not in texts(mailbox)


@pytest.mark.parametrize(("locale", "greeting"), [("id", "Yth. pelapor,"), ("en", None)])
def test_each_reads_their_own_language(app: Flask, world: World, mailbox: Mailbox, locale: str, greeting: str | None) -> None:
    report(world, email=ADDRESS, locale=locale)
    work()
    with force_locale(locale):
        expected = greeting or gettext("Yth. pelapor,")
    assert mailbox.letters[0].get_content().startswith(expected)


# What can go wrong


def test_a_mail_failure_never_fails_what_caused_it(app: Flask, world: World, clock: Any) -> None:
    use(app, free_port())
    receipt = report(world, email=ADDRESS)
    assert receipt.number
    assert work() == ["ticket.moved: done", "mail: pending"]
    assign(receipt, world)
    assert db.session.scalar(select(Ticket.state)) == "assigned"


def test_the_server_comes_back_and_the_letter_arrives_once(app: Flask, world: World, clock: Any) -> None:
    use(app, free_port())
    report(world, email=ADDRESS)
    work()
    for _ in range(5):
        clock.shift(timedelta(minutes=10))
        assert work() == ["mail: pending"]
    with serving() as mailbox:
        use(app, mailbox.port)
        clock.shift(timedelta(hours=1))
        assert work() == ["mail: done"]
        clock.shift(timedelta(days=2))
        assert work() == []
        assert len(mailbox.letters) == 1


@pytest.mark.parametrize("fault", ["busy", "drop"])
def test_each_try_carries_the_same_message_id(
    app: Flask, world: World, mailbox: Mailbox, clock: Any, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    whole = mail_smtp.as_message

    def note(mail: Mail) -> EmailMessage:
        seen.append(mail.message_id)
        return whole(mail)

    monkeypatch.setattr(mail_smtp, "as_message", note)
    mailbox.drop, mailbox.data = fault == "drop", lambda: "451 later" if fault == "busy" else None
    report(world, email=ADDRESS)
    work()
    clock.shift(timedelta(minutes=1))
    work()
    mailbox.drop, mailbox.data = False, lambda: None
    clock.shift(timedelta(minutes=5))
    work()
    assert len(seen) == 3
    assert set(seen) == {letter["message-id"] for letter in mailbox.letters}
    assert len(mailbox.letters) == 1


def test_different_letters_have_different_message_ids(app: Flask, world: World, mailbox: Mailbox) -> None:
    confirmed(ADDRESS)
    receipt = report(world, email=ADDRESS)
    assign(receipt, world)
    work()
    ids = [letter["message-id"] for letter in mailbox.letters]
    assert len(set(ids)) == len(ids) == 4
    assert not any(str(receipt.ticket_id) == part or receipt.number in part for part in ids)


def test_a_refused_address_is_put_aside_and_the_others_go_on(app: Flask, world: World, mailbox: Mailbox) -> None:
    answers = iter(["550 5.1.1 <warga@contoh.example> unknown"])
    mailbox.rcpt = lambda: next(answers, None)
    receipt = report(world, email=ADDRESS)
    assert work() == ["ticket.moved: done", "mail: dead"]
    assign(receipt, world)
    assert "mail: dead" not in work()
    assert len(mailbox.letters) == 3
    error = db.session.scalar(select(Outbox.last_error).where(Outbox.state == OutboxState.DEAD))
    assert error == "SMTP 550 5.1.1"


def test_a_server_gone_for_a_day_leaves_the_letter_visible(app: Flask, world: World, clock: Any) -> None:
    use(app, free_port())
    report(world, email=ADDRESS)
    work()
    for _ in range(40):
        clock.shift(timedelta(hours=1))
        work()
    assert outbox()[1][:2] == ("mail", "dead")
    assert "no connection" in (db.session.scalar(select(Outbox.last_error).where(Outbox.kind == "mail")) or "")


def test_a_worker_that_dies_after_sending_sends_the_same_letter(
    app: Flask, world: World, mailbox: Mailbox, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send: Callable[[Any], None] = HANDLERS["mail"]

    def die(job: Any) -> None:
        send(job)
        raise KeyboardInterrupt

    confirmed(ADDRESS)
    report(world, email=ADDRESS)
    monkeypatch.setitem(HANDLERS, "mail", die)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.setitem(HANDLERS, "mail", send)
    assert work() == []
    clock.shift(timedelta(minutes=6))
    assert work() == ["mail: done"]
    first, second = (letter["message-id"] for letter in mailbox.letters)
    assert first == second


def test_that_a_seal_was_handed_out_is_news_and_no_more(world: World, mailbox: Mailbox) -> None:
    sealed = report(world, email=ADDRESS, anonymous=True)
    open_one = report(world, email="lain@contoh.example")
    work(only="nothing")
    with transaction():
        for number, receipt in enumerate((sealed, open_one)):
            post("ticket.unsealed", f"unsealed:{number}", {"ticket_id": receipt.ticket_id, "opening_id": number}, at=utc_now())
    assert work() == ["ticket.unsealed: done"] * 2 + ["mail: done"] * 2
    assert [letter["To"] for letter in mailbox.letters] == [ADDRESS, "lain@contoh.example"]
    first, second = (letter.get_content().replace(one.number, "X") for letter, one in zip(mailbox.letters, (sealed, open_one), strict=True))
    assert first == second, "the letter of an open report says more"
    for letter, receipt in zip(mailbox.letters, (sealed, open_one), strict=True):
        assert letter["Subject"] == f"Laporan {receipt.number}: ada kabar baru"
        text = letter.get_content()
        assert "Ada kabar baru" in text
        assert not any(word in text.lower() for word in ("identitas", "segel", "dibuka", SECRET_WORDS))
