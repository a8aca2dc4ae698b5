"""A forgotten password: a link by mail, for half an hour, once, that a mail program may look at (SECURITY.md section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedback.adapters.mail import Mail
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.people.actions import CreatePerson, change_own_password, create_person, set_active, sign_in
from feedback.people.actions.links import forget_old_links, use_link
from feedback.people.models import AccountLink, BrowserSession, Passkey
from feedback.people.queries.passkeys import passkeys_of
from feedback.people.queries.vouching import is_vouched_for
from feedback.people.rules import noted
from feedback.people.rules.links import MOST_RECOVERIES, LinkKind
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from tests.factories import PASSWORD, World
from tests.notices.post import work
from tests.people.test_views import email_of
from tests.site import Page, Reader

NEW = "sepeda hijau di tepi laut"
LINK = re.compile(r"http://localhost(/masuk/pulihkan/(\S{43}))\n")
New = Callable[[], Reader]
Sent = list[Mail]


def ask(reader: Reader, email: str) -> Page:
    return reader.send(reader.open("/masuk/lupa"), button="Kirim tautan", email=email)


def link_in(sent: Sent) -> str:
    """The path of the last link that was sent."""
    work()
    found = [match[1] for mail in sent if (match := LINK.search(mail.text))]
    assert found, [mail.text for mail in sent]
    return found[-1]


@pytest.fixture
def link(world: World, reader: Reader, sent: Sent) -> str:
    """A link sent to the citizen."""
    assert ask(reader, email_of(world.citizen.person_id)).status == 200
    return link_in(sent)


def links() -> list[AccountLink]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(AccountLink)))


def test_the_link_sets_a_new_password_and_ends_every_session(world: World, link: str, readers: New, sent: Sent) -> None:
    elsewhere, reader = readers().sign_in(world.citizen), readers()
    email = email_of(world.citizen.person_id)
    page = reader.send(reader.open(link), button="Ganti kata sandi", password=NEW)
    assert (page.status, page.path) == (200, "/masuk")
    assert "Masuk dengan yang baru." in page.text
    assert elsewhere.open("/akun").path == "/masuk"
    [row] = links()
    assert row.used_at == row.expires_at == noted(utc_now(), works=False), "an hour beside a sealed report's"
    assert reader.send(page, has="password", email=email, password=NEW).path == "/akun"
    work()
    assert any("baru saja diganti lewat tautan" in mail.text and mail.recipient == email for mail in sent)


def test_looking_changes_nothing_and_the_link_works_once(link: str, readers: New) -> None:
    first, second = readers(), readers()
    for _ in range(3):
        assert first.open(link).status == 200
        assert first.client.head(link).status_code == 200
    page = second.open(link)
    assert first.send(first.open(link), button="Ganti kata sandi", password=NEW).path == "/masuk"
    again = second.send(page, button="Ganti kata sandi", password="kapal besar di langit jingga")
    assert again.status == 404
    assert second.open(link).status == 404


def test_of_two_that_use_a_link_at_once_one_is_refused(link: str) -> None:
    """Both found it open: the row decides."""
    token = link.rsplit("/", 1)[1]
    with transaction():
        use_link(token, LinkKind.RECOVERY, at=utc_now())
    with pytest.raises(NotFound), transaction():
        use_link(token, LinkKind.RECOVERY, at=utc_now())


def test_a_weak_password_uses_nothing_up(link: str, reader: Reader) -> None:
    page = reader.send(reader.open(link), button="Ganti kata sandi", password="pendek")
    assert page.status == 422
    assert "paling sedikit 12" in page.text
    assert reader.send(page, button="Ganti kata sandi", password=NEW).path == "/masuk"


def test_after_half_an_hour_it_is_over(link: str, reader: Reader) -> None:
    (row,) = links()
    assert timedelta(minutes=29) < row.expires_at - utc_now() <= timedelta(minutes=30)
    with transaction():
        db.session.execute(update(AccountLink).values(expires_at=utc_now()))
    page = reader.open(link)
    assert page.status == 404
    assert "/masuk/lupa" in page.links


def test_the_answer_is_the_same_for_an_address_nobody_has(world: World, reader: Reader, sent: Sent) -> None:
    known = email_of(world.citizen.person_id)
    pages = [ask(reader, email) for email in (known, "tidak.ada@contoh.example")]
    assert pages[0].text.replace(known, "X") == pages[1].text.replace("tidak.ada@contoh.example", "X")
    posted = db.session.scalars(select(Outbox.payload).where(Outbox.kind == "mail.recovery")).all()
    assert [sorted(one) for one in posted] == [["nonce", "person_id"]] * 2  # as much is written for both
    work()
    assert [mail.recipient for mail in sent] == [known]


def test_a_closed_account_gets_none(world: World, reader: Reader, sent: Sent) -> None:
    set_active(world.citizen.person_id or 0, False, by=None)
    ask(reader, email_of(world.citizen.person_id))
    work()
    assert [mail for mail in sent if LINK.search(mail.text)] == []


def test_only_a_hash_is_kept_and_the_log_of_jobs_forgets(link: str) -> None:
    token = link.rsplit("/", 1)[1]
    (row,) = links()
    assert token not in row.token_hash
    for job in db.session.scalars(select(Outbox)):
        assert token not in f"{job.key} {job.payload}"
        assert job.payload == {}


def test_a_newer_link_and_a_new_password_end_an_older_link(world: World, link: str, readers: New, sent: Sent) -> None:
    email, reader = email_of(world.citizen.person_id), readers()
    ask(reader, email)
    newer = link_in(sent)
    assert newer != link
    assert (reader.open(link).status, reader.open(newer).status) == (404, 200)
    change_own_password(email, PASSWORD, NEW, source="10.0.0.1")
    assert reader.open(newer).status == 404


def test_a_letter_that_is_tried_again_brings_the_same_link_and_no_used_one(world: World, reader: Reader, sent: Sent) -> None:
    ask(reader, email_of(world.citizen.person_id))
    link = link_in(sent)
    nonce = {"person_id": world.citizen.person_id, "nonce": _nonce_of()}
    again = _again(nonce, sent)
    assert again == link
    reader.send(reader.open(link), button="Ganti kata sandi", password=NEW)
    before = len(sent)
    _repeat(nonce)
    assert [mail for mail in sent[before:] if LINK.search(mail.text)] == []
    assert reader.open(link).status == 404


def _nonce_of() -> str:
    db.session.rollback()
    key = db.session.scalars(select(Outbox.key).where(Outbox.kind == "mail.recovery")).one()
    return key.split(":", 1)[1]


def _repeat(payload: dict[str, object]) -> None:
    with transaction():
        values = {"payload": payload, "state": "pending", "available_at": utc_now()}
        db.session.execute(update(Outbox).where(Outbox.kind == "mail.recovery").values(**values))
    work()


def _again(payload: dict[str, object], sent: Sent) -> str:
    _repeat(payload)
    return link_in(sent)


def test_a_link_does_not_go_past_the_second_factor(world: World, reader: Reader, sent: Sent) -> None:
    email = email_of(world.officer.person_id)
    ask(reader, email)
    page = reader.open(link_in(sent))
    assert "Paling sedikit 15 karakter." in page.text
    assert reader.send(page, button="Ganti kata sandi", password=NEW + " lima").path == "/masuk"
    page = reader.send(reader.open("/masuk"), has="password", email=email, password=NEW + " lima")
    assert page.path == "/masuk/kode"


def test_who_registered_somebody_elses_address_is_out_when_its_owner_comes(world: World, readers: New, sent: Sent) -> None:
    """The thief registers first and adds a passkey; the owner of the address recovers the account."""
    person_id = create_person(CreatePerson("korban@contoh.example", "Nur", PASSWORD), by_themselves=True)
    with transaction():
        db.session.add(Passkey(person_id=person_id, credential_id="x", public_key="y", sign_count=0, name="z", created_at=utc_now()))
    assert not is_vouched_for(person_id)
    for password, kept in ((NEW, 0), ("kapal besar di langit jingga", 1)):
        reader = readers()
        ask(reader, "korban@contoh.example")
        reader.send(reader.open(link_in(sent)), button="Ganti kata sandi", password=password)
        db.session.rollback()
        assert is_vouched_for(person_id)
        assert len(passkeys_of(person_id)) == kept
        with transaction():  # their own, made afterwards, stays at the next recovery
            db.session.merge(Passkey(person_id=person_id, credential_id=f"own-{kept}", public_key="y", sign_count=0, name="z", created_at=utc_now()))


def test_asking_for_one_address_is_limited_and_guessing_links_too(world: World, readers: New) -> None:
    for number in range(MOST_RECOVERIES):
        assert ask(readers(), f"nur+{number}@contoh.example").status == 200
    assert ask(readers(), "nur@contoh.example").status == 429
    reader = readers()
    statuses = {reader.open(f"/masuk/pulihkan/{number:043}").status for number in range(102)}
    assert statuses == {404, 429}


def test_what_is_long_over_is_forgotten(link: str) -> None:
    assert forget_old_links(utc_now()) == 0
    assert forget_old_links(utc_now() + timedelta(days=4)) == 1
    assert links() == []


def test_sessions_end_by_the_link_alone(world: World, link: str, reader: Reader) -> None:
    sign_in(email_of(world.citizen.person_id), PASSWORD, source="10.0.0.1")
    reader.send(reader.open(link), button="Ganti kata sandi", password=NEW)
    db.session.rollback()
    held = db.session.scalars(select(BrowserSession).where(BrowserSession.person_id == world.citizen.person_id))
    assert held.all() == []
