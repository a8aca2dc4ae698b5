"""Every text as a report: the right answer, the text kept when refused, stored exactly when accepted."""

from __future__ import annotations

import itertools
from urllib.parse import urlencode

from sqlalchemy import select

from feedback.kernel.text import clean
from feedback.storage.session import db
from feedback.tickets.forms.shield import PREFIX
from feedback.tickets.models import Ticket
from feedback.tickets.rules.shield import look
from feedback.web.form import new_form_key
from tests.corpus.inputs import KINDS, Input, inputs
from tests.corpus.watch import Watch, watching
from tests.factories import World
from tests.proof import solved
from tests.site import FoundForm, Page, Reader

STATUS = {"accept": 200, "refuse": 422, "large": 413, "malformed": 400}
FORM = "application/x-www-form-urlencoded"


def test_there_are_enough_classes_and_no_two_share_a_name() -> None:
    everything = [one for kind in KINDS for one in inputs(kind)]
    assert len(everything) >= 250
    assert len({one.name for one in everything}) == len(everything)


def test_every_text_as_a_report(world: World, reader: Reader) -> None:
    form = reader.open("/lapor").form(has="text")
    with watching() as watch:
        for one in inputs("text"):
            _send(watch, world, reader, form, one)
        assert watch.count >= len(inputs("text"))


def _send(watch: Watch, world: World, reader: Reader, form: FoundForm, one: Input) -> None:
    given = {**dict(form.fields), "langkah": "kirim", "topic": str(world.topic), "region": world.village, "region_next": ""}
    given["form_key"] = new_form_key()
    # Whoever is asked about private data says that it stays: the text is to come back exactly as it was written.
    given |= {f"{PREFIX}{found.key}": "keep" for found in look({"text": clean(one.text)})} if one.answer == "accept" else {}
    body = urlencode({**given, "text": one.raw})
    before = _newest()
    page = Page(watch.ask(one.name, lambda: reader.client.post("/lapor", data=body, content_type=FORM)))
    if "data-proof" in page.html:  # many texts in no time, some of many links: shown to be no machine
        given["bukti"] = solved(page)
        body = urlencode({**given, "text": one.raw})
        page = Page(watch.ask(one.name, lambda: reader.client.post("/lapor", data=body, content_type=FORM)))
    assert page.status == STATUS[one.answer], f"{page.status} for {one.name}"
    newest = _newest()
    if one.answer == "accept":
        assert "Laporan diterima" in page.text, f"{one.name}: {page.text[:300]}"
        assert newest[0] > before[0]
        assert newest[1] == clean(one.text), one.name
        assert clean(newest[1]) == newest[1], one.name
    else:
        assert newest == before
    if one.answer == "refuse":
        assert dict(page.form(has="text").fields)["text"] == clean(one.text), one.name


def _newest() -> tuple[int, str]:
    db.session.rollback()
    row = db.session.execute(select(Ticket.id, Ticket.text).order_by(Ticket.id.desc()).limit(1)).one_or_none()
    return (row.id, row.text) if row else (0, "")


def test_accepted_texts_stay_as_they_are_on_the_ticket_and_in_search(world: World, reader: Reader) -> None:
    coordinator = Reader(reader.client.application.test_client()).sign_in(world.coordinator)
    for one in itertools.islice((one for one in inputs("text") if one.answer == "accept" and len(one.raw) < 200), 0, None, 8):
        _send_quietly(world, reader, one)
        number = db.session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()
        shown = coordinator.open(f"/laporan/{number}")
        assert shown.status == 200, one.name
        for word in clean(one.text).split():
            assert word in shown.text, (one.name, word)


def _send_quietly(world: World, reader: Reader, one: Input) -> None:
    with watching() as watch:
        _send(watch, world, reader, reader.open("/lapor").form(has="text"), one)
