"""Every input at every field, address, header and body of the site (SECURITY.md section 7).

In a usual run each field and each address meets some of the inputs, and each input some of the fields; the slow run gives every field forty of them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.references import new_number
from feedback.kernel.text import clean
from feedback.people.models import Person
from feedback.rights.actions import AskRight, ask
from feedback.rights.rules import RightsKind
from feedback.storage.session import db
from feedback.tickets.rules.words import MoveName, State
from tests.corpus.inputs import Input, inputs, typed
from tests.corpus.walk import Field, endpoint_of, fields_of, query_names, rules
from tests.corpus.watch import Watch, watching
from tests.factories import PASSWORD, World, make_report, move
from tests.site import Page, Reader
from tests.tickets.steps import bring

FORM = "application/x-www-form-urlencoded"
ROLES = ("visitor", "citizen", "officer", "coordinator", "governor", "inspector", "administrator")
STATES = (State.RECEIVED, State.INCOMPLETE, State.ASSIGNED, State.ON_HOLD, State.ANSWERED, State.DISPUTED, State.CLOSED)
KEEPS = frozenset({"text", "textarea", "search", "email", "tel", "number", "date", "time"})
# Forms that ask for nothing but a press, and forms behind a link by mail or a half-finished sign-in, whose fields meet their bad
# input in the named tests.
BUTTONS = {
    "admin.calendars_approve", "admin.calendars_discard", "admin.calendars_publish", "admin.home_retry", "admin.people_password",
    "admin.people_revoke", "admin.people_second_factor", "admin.people_status", "admin.rules_removed", "insight.end_subscription",
    "insight.make_report", "notices.letters", "people.absence_end", "people.address_proof", "people.authenticator_end",
    "people.invitation_resend", "people.invitation_withdraw", "people.passkey_new_question", "people.passkey_question", "people.passkey_remove",
    "people.provider_link", "people.provider_part", "people.recovery_codes", "people.session_end", "people.sessions_end", "people.sign_out",
    "tickets.originals",
}  # fmt: skip
ELSEWHERE = {
    "admin.calendars_roll_back": "admin/test_timing.py", "people.invitation": "people/test_invitations.py", "people.recovery": "people/test_recovery.py",
    "people.second_factor": "people/test_second_factor.py", "people.prove_again": "people/test_step_up.py", "people.register_begin": "people/test_views.py",
    "people.staff_extend": "people/test_expiry.py", "tickets.attachments": "files/test_move_photos.py", "tickets.decide_opening": "tickets/test_opening.py", "tickets.decline_masking": "tickets/test_masking.py",
}  # fmt: skip
# Rows such a text could only come from our own pages; a browser sends no text that is not Unicode.
PLAIN = tuple(one for one in typed() if one.is_text and len(one.raw) < 100_000)


@pytest.fixture
def people(app: Flask, world: World) -> dict[str, Reader]:
    """Somebody of each role, and reports in many states for them to act on."""
    for state in STATES:
        bring(world, state)
    make_report(world, confidential=True)
    ask(AskRight(kind=RightsKind.CORRECTION, person_id=world.citizen.person_id, words="Nama saya salah."), world.citizen)
    asked = make_report(world, text="Lampu mati sejak Senin di depan masjid.")
    move(asked.number, MoveName.ASK_MASKING, world.citizen, passages="depan masjid")
    found = {"visitor": Reader(app.test_client())}
    for role in ROLES[1:]:
        actor: Actor = getattr(world, role)
        found[role] = Reader(app.test_client()).sign_in(actor)
    return found


@pytest.fixture
def fields(app: Flask, people: dict[str, Reader]) -> list[Field]:
    """Every field that somebody finds, once for each form and by whoever finds it first."""
    found: dict[tuple[str, str], Field] = {}
    for role, reader in people.items():
        for one in fields_of(app, role, reader):
            found.setdefault((urlsplit(one.target).path if one.method == "get" else one.target, one.name), one)
    return list(found.values())


def _fill(watch: Watch, reader: Reader, one: Field, given: Input) -> None:
    what = f"{one} with {given.name}"
    if one.method == "get":
        if len(given.raw) < 2000:
            watch.ask(what, lambda: reader.client.get(urlsplit(one.target).path + "?" + urlencode([*one.rest, (one.name, given.raw)])))
        return
    kind = {"Sec-Fetch-Site": "same-origin"}
    if one.kind == "file":
        data = {**dict(one.rest), one.name: (io.BytesIO(given.raw), given.text[:200])}
        answer = watch.ask(what, lambda: reader.client.post(one.target, data=data, headers=kind))
    else:
        body = urlencode([*one.rest, (one.name, given.raw)])
        answer = watch.ask(what, lambda: reader.client.post(one.target, data=body, content_type=FORM, headers=kind))
    if answer.status_code in (409, 422) and answer.mimetype == "text/html" and one.kind in KEEPS and given.is_text:
        _check_kept(Page(answer), one, given, what)


def _check_kept(page: Page, one: Field, given: Input, what: str) -> None:
    """What was typed stands in its field again, as it would be stored; one line in a field of one line."""
    possible = {given.text, clean(given.text), clean(given.text, lines=False), given.text.strip(), given.text.strip().lower()}
    shown = [value for form in page.forms for name, value in form.fields if name == one.name]
    if shown:  # a page may show another form in its place: the text is then on it as words
        assert any(value in possible or value.replace("\n", "") in {text.replace("\r", "").replace("\n", "") for text in possible} for value in shown), f"{what}: {shown[0][:80]!r}"
    elif one.kind == "textarea":
        # An address in it is parted from its words by a link.
        assert "".join(clean(given.text).split())[:60] in "".join(page.text.split()), what


def _pairs(many: list[Field], each: int) -> Iterator[tuple[Field, Input]]:
    """Each field with `each` inputs, every input in turn."""
    turn = cycle(PLAIN)
    for one in many:
        for given in islice(turn, each):
            yield one, given


def test_every_field_meets_bad_input(people: dict[str, Reader], fields: list[Field]) -> None:
    assert len(fields) > 150, "the walk found too little"
    assert {one.role for one in fields} >= {"visitor", "citizen", "officer", "coordinator", "administrator"}
    with watching() as watch:
        for one, given in _pairs(fields, 1):
            _fill(watch, people[one.role], one, given)


def test_no_post_is_left_out(app: Flask, fields: list[Field]) -> None:
    """Whoever adds a form adds a way to it in `people`, or says above why the walk cannot find one."""
    posts = {rule.endpoint for rule in rules(app) if "POST" in (rule.methods or set())}
    json_bodies = {name for name in posts if getattr(app.view_functions[name], "body", None) == "application/json"}
    found = {endpoint_of(app, one.target, "POST") for one in fields if one.method == "post"}
    missed = sorted(posts - json_bodies - found)
    assert missed == sorted(BUTTONS | set(ELSEWHERE)), " ".join(missed)
    assert all((Path(__file__).parents[1] / name).is_file() for name in ELSEWHERE.values())


@pytest.mark.slow
def test_every_field_meets_a_great_deal(people: dict[str, Reader], fields: list[Field]) -> None:
    with watching() as watch:
        for one, given in _pairs(fields, 40):
            _fill(watch, people[one.role], one, given)


def test_every_address_meets_bad_input(app: Flask, people: dict[str, Reader]) -> None:
    turn, names = cycle(PLAIN), query_names()
    assert len(names) > 10
    with watching() as watch:
        for rule in rules(app):
            for role in ("visitor", "coordinator", "administrator"):
                parts = {name: quote(next(turn).raw[:300], safe="") for name in rule.arguments}
                path = rule.rule
                for name, value in parts.items():
                    path = re.sub(rf"<(?:[a-z]+(?:\([^)]*\))?:)?{name}>", (value or "x").replace("\\", r"\\"), path)
                assert "<" not in path, path
                query = urlencode([(name, next(turn).raw[:150]) for name in names])
                address = f"{path}?{query}"[:7900]
                watch.ask(address[:300], lambda address=address, role=role: people[role].client.get(address))


def test_every_post_refuses_the_wrong_kinds_of_bodies(app: Flask, world: World) -> None:
    client = app.test_client()
    posts = [rule for rule in rules(app) if "POST" in (rule.methods or set()) and not rule.arguments]
    with watching() as watch:
        for rule, given in zip(cycle(posts), (*inputs("multipart"), *inputs("json")), strict=False):
            kind = given.type or "application/json"
            answer = watch.ask(f"{rule.rule} {given.name}", lambda rule=rule, given=given, kind=kind: client.post(rule.rule, data=given.raw, content_type=kind))
            assert answer.status_code >= 400


def test_whatever_views_read_json_take_no_broken_json(app: Flask, world: World) -> None:
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    views = [rule for rule in rules(app) if getattr(app.view_functions[rule.endpoint], "body", None) == "application/json"]
    with watching() as watch:
        for rule in views:
            for given in inputs("json"):
                answer = watch.ask(f"{rule.rule} {given.name}", lambda rule=rule, given=given: client.post(rule.rule, data=given.raw, content_type="application/json"))
                assert answer.status_code >= 400


def test_odd_headers(world: World, reader: Reader) -> None:
    token = dict(reader.open("/lacak").form(has="kode").fields)["csrf_token"]
    with watching() as watch:
        for given in inputs("headers"):
            environ = {"HTTP_" + given.header.upper().replace("-", "_"): given.raw.decode()}
            for path in ("/laporan?q=lampu", "/", "/masuk"):
                watch.ask(f"{path} {given.name}", lambda path=path, environ=environ: reader.client.get(path, environ_overrides=environ))
            data = {"csrf_token": token, "nomor": new_number(), "kode": "A" * 16}
            watch.ask(given.name, lambda environ=environ, data=data: reader.client.post("/lacak", data=data, environ_overrides=environ))


def test_nobody_is_led_away_after_signing_in(app: Flask, world: World) -> None:
    email = db.session.scalar(select(Person.email).where(Person.id == world.citizen.person_id))
    with watching() as watch:
        for given in inputs("redirects"):
            reader = Reader(app.test_client())
            data = {**dict(reader.open("/masuk").form(has="password").fields), "email": email, "password": PASSWORD, "lanjut": given.raw}
            answer = watch.ask(given.name, lambda reader=reader, data=data: reader.client.post("/masuk", data=urlencode(data), content_type=FORM))
            assert answer.status_code == 303, given.name
            there = answer.headers["Location"]
            assert urlsplit(urljoin("http://localhost/", there.replace("\\", "/"))).netloc == "localhost", f"{given.name}: {there}"
            assert there.startswith("/"), given.name
            assert not there.startswith("//"), given.name


def test_files_that_are_none(world: World, reader: Reader) -> None:
    form = reader.open("/lapor").form(has="text")
    names = [name for name, kind in form.kinds.items() if kind == "file"]
    assert names
    with watching() as watch:
        for given in inputs("files"):
            data = {**dict(form.fields), "langkah": "periksa", names[0]: (io.BytesIO(given.raw), "foto.jpg")}
            answer = watch.ask(given.name, lambda data=data: reader.client.post("/lapor", data=data))
            assert answer.status_code in (413, 415, 422), given.name
