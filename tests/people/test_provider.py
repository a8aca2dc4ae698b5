"""Signing in with a provider: proof is checked, an address alone opens nothing, and other ways in always stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from config import Settings
from feedback.adapters import oidc
from feedback.kernel.permissions import Role
from feedback.people.actions import CreatePerson, create_person, register_person, set_active
from feedback.people.actions.invitations import Invite, invite
from feedback.people.models import BrowserSession, Invitation, Person, ProviderIdentity
from feedback.people.queries import memberships_of, person_by_email, signed_in_person
from feedback.people.queries.invitations import invitation_token
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from tests.factories import PASSWORD, World
from tests.people import provider as providers
from tests.people.codes import set_up_app
from tests.people.provider import CLIENT, SECRET, Provider
from tests.site import Page, Reader
from tests.tickets.conftest import Hands

New = Callable[[], Reader]
ADDRESS = "nur@instansi.example"
NUR = {"sub": "248289761001", "email": ADDRESS, "email_verified": True, "name": "Nur'aini"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    oidc._known.clear()
    for one in providers.running():
        one.person = dict(NUR)
        yield one


@pytest.fixture
def settings(settings: Settings, provider: Provider) -> Settings:
    """With the provider, which the applications of this file know."""
    return replace(
        settings, oidc_issuer=provider.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="SSO Contoh"
    )


def configured(app: Flask, **values: Any) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)


def there_and_back(address: str) -> str:
    """What the provider answers a browser with: the address of ours it sends it back to."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://localhost"
    return f"{back.path}?{back.query}"


def sent(reader: Reader, path: str = "/masuk/penyedia") -> str:
    answer = reader.client.get(path)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def signed_in(reader: Reader, path: str = "/masuk/penyedia") -> Page:
    return reader.open(there_and_back(sent(reader, path)))


def test_the_way_there_is_counted_for_it_asks_elsewhere(app: Flask, world: World, readers: New) -> None:
    configured(app, rates={**app.config["SETTINGS"].rates, "sign_in": (2, 2)})
    reader = readers()
    for _ in range(2):
        sent(reader)
    for path in ("/masuk/penyedia", "/masuk/penyedia/kembali?state=x&code=y"):
        refused = reader.open(path)
        assert (refused.status, "Retry-After" in refused.response.headers) == (429, True), path


def linked() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ProviderIdentity)) or 0


def test_a_new_person_gets_an_account_and_enters_it_again(world: World, readers: New) -> None:
    page = signed_in(readers())
    assert (page.status, page.path) == (200, "/akun")
    person = person_by_email(ADDRESS)
    assert person is not None
    assert person.name == "Nur'aini"
    assert signed_in(readers(), "/masuk/penyedia?lanjut=/lapor").path == "/lapor"
    assert linked() == 1


def test_what_is_asked_for_is_bound_to_the_browser(world: World, readers: New) -> None:
    asked = parse_qs(urlsplit(sent(readers())).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/masuk/penyedia/kembali"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    mine, others = readers(), readers()
    back = there_and_back(sent(mine))
    sent(others)
    page = others.open(back)  # somebody's own way back, given to another browser
    assert (page.status, "Mulai lagi" in page.text) == (422, True)
    assert linked() == 0


def test_a_state_is_good_once_and_ten_minutes(hands: Hands, world: World, readers: New, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = readers()
    back = there_and_back(sent(reader))
    assert reader.open(back).status == 200
    again = reader.open(back)
    assert (again.status, "Mulai lagi" in again.text) == (422, True)
    tried = readers()
    back = there_and_back(sent(tried))
    assert tried.open(back.replace("code=", "tanpa=")).status == 422
    assert tried.open(back).status == 422  # the state is spent, whatever came back with it
    late = readers()
    back = there_and_back(sent(late))
    hands.at(3, 2, 11, 10)
    assert late.open(back).status == 422


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "lain"},
        {"nonce": None},
        {"aud": "situs lain"},
        {"aud": [CLIENT, "situs lain"]},
        {"azp": "situs lain"},
        {"aud": "situs lain", "azp": CLIENT},
        {"iss": "https://penipu.example"},
        {"iss": None},
        {"exp": 1_500_000_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_proves_nothing_is_refused(world: World, readers: New, provider: Provider, lie: dict[str, Any]) -> None:
    provider.lies = lie
    page = signed_in(readers())
    assert (page.status, "tidak memberi bukti siapa Anda" in page.text) == (422, True)
    assert 'name="password"' in page.html
    assert linked() == 0


def test_a_token_without_signature_is_refused(world: World, readers: New, provider: Provider) -> None:
    provider.unsigned = True
    assert signed_in(readers()).status == 422
    assert linked() == 0


def test_a_token_of_another_key_is_refused_and_a_new_key_is_learnt(world: World, readers: New, provider: Provider) -> None:
    assert signed_in(readers()).status == 200
    other = RSAKey.generate_key(2048, {"kid": "satu"})
    provider.signs_with = other
    assert signed_in(readers()).status == 422
    provider.key = other  # the provider changed its key
    assert signed_in(readers()).status == 200


def test_a_stolen_code_is_worth_nothing_without_our_verifier(world: World, readers: New, provider: Provider) -> None:
    reader = readers()
    back = there_and_back(sent(reader))
    code = parse_qs(urlsplit(back).query)["code"][0]
    provider.codes[code]["code_challenge"] = "milik orang lain"
    assert reader.open(back).status == 422


@pytest.mark.parametrize("back", ["", "?state=", "?code=x&state=x", "?error=access_denied&state=x", "?state=%00&code=%00", "?state=%F0%9F&code=" + "x" * 5000])
def test_coming_back_from_nowhere_is_told_kindly(world: World, readers: New, back: str) -> None:
    page = readers().open("/masuk/penyedia/kembali" + back)
    assert page.status == 422
    assert 'name="password"' in page.html


def test_who_says_no_there_finds_the_other_ways(world: World, readers: New) -> None:
    reader = readers()
    state = parse_qs(urlsplit(sent(reader)).query)["state"][0]
    page = reader.open(f"/masuk/penyedia/kembali?error=access_denied&state={state}")
    assert (page.status, 'name="password"' in page.html) == (422, True)


def test_an_address_alone_opens_no_account(world: World, readers: New) -> None:
    token = register_person(CreatePerson(ADDRESS, "Pemilik", PASSWORD))
    page = signed_in(readers())
    assert (page.status, "Masuk dengan kata sandi, lalu hubungkan" in page.text) == (409, True)
    assert linked() == 0
    assert signed_in_person(token) is not None


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_unverified_address_makes_no_account(world: World, readers: New, provider: Provider, verified: object) -> None:
    provider.person["email_verified"] = verified
    assert signed_in(readers()).status == 403
    assert person_by_email(ADDRESS) is None


def _linking(reader: Reader) -> Page:
    page = reader.send(reader.open("/akun/penyedia"), button="Hubungkan")
    assert "form-action 'self'" in page.response.headers["Content-Security-Policy"]
    return reader.open(there_and_back(next(one for one in page.links if "/authorize?" in one)))


def _nur(readers: New) -> Reader:
    create_person(CreatePerson(ADDRESS, "Nur", PASSWORD))
    reader = readers()
    reader.send(reader.open("/masuk"), has="password", email=ADDRESS, password=PASSWORD)
    return reader


def test_the_owner_links_signed_in_then_enters_and_parts(world: World, readers: New) -> None:
    owner = _nur(readers)
    assert "Akun ini sekarang dapat dibuka lewat SSO Contoh" in _linking(owner).text
    assert signed_in(readers()).path == "/akun"
    assert "Hubungan dilepas." in owner.send(owner.open("/akun/penyedia"), button="Lepaskan hubungan").text
    assert signed_in(readers()).status == 409
    posted = db.session.scalars(select(Outbox.payload).where(Outbox.kind == "mail.account"))
    assert [one["news"] for one in posted].count("ways_in") == 2, "who is told of what opens their account sees a thief's"


@pytest.mark.parametrize("change", [{"email": "lain@instansi.example"}, {"email_verified": False}], ids=str)
def test_another_address_or_an_unverified_one_is_not_linked(world: World, readers: New, provider: Provider, change: dict[str, Any]) -> None:
    owner = _nur(readers)
    provider.person |= change
    assert _linking(owner).status in (403, 409)
    assert linked() == 0


def test_one_there_opens_one_here(world: World, readers: New, provider: Provider) -> None:
    signed_in(readers())
    owner = readers().sign_in(world.citizen)
    email = db.session.scalars(select(Person.email).where(Person.id == world.citizen.person_id)).one()
    provider.person["email"] = email
    assert _linking(owner).status == 409
    assert linked() == 1


def test_a_changed_address_there_changes_nothing_here(world: World, readers: New, provider: Provider) -> None:
    signed_in(readers())
    victim = create_person(CreatePerson("korban@instansi.example", "Korban", PASSWORD))
    provider.person["email"] = "korban@instansi.example"
    signed_in(readers())
    newest = db.session.scalars(select(BrowserSession.person_id).order_by(BrowserSession.id.desc())).first()
    assert newest != victim


def test_a_closed_account_stays_closed(world: World, readers: New) -> None:
    signed_in(readers())
    person = person_by_email(ADDRESS)
    assert person is not None
    set_active(person.id, False, by=world.administrator.person_id)
    assert signed_in(readers()).status == 403


def _invitation(world: World) -> str:
    invite(Invite(ADDRESS, Role.OFFICER, world.agency), world.coordinator)
    return "/masuk/penyedia?undangan=" + invitation_token(db.session.scalars(select(Invitation.nonce)).one())


@pytest.mark.parametrize("before", ["nobody", "squatter", "known"])
def test_an_invitation_is_taken_with_the_verified_address(world: World, readers: New, before: str) -> None:
    if before == "squatter":
        token = register_person(CreatePerson(ADDRESS, "Siapa", PASSWORD))
    if before == "known":
        create_person(CreatePerson(ADDRESS, "Nur", PASSWORD, staff=True), by=world.administrator.person_id)
    reader = readers()
    page = signed_in(reader, _invitation(world))
    assert page.path == "/masuk/kode", page.text  # who works here owes a second factor
    set_up_app(reader, page)
    assert reader.open("/meja").path == "/meja"
    db.session.rollback()  # what the site has written since is not in an older snapshot
    person = person_by_email(ADDRESS)
    assert person is not None
    assert [one.role for one in memberships_of([person.id])] == [Role.OFFICER]
    assert linked() == 1
    if before == "squatter":
        assert signed_in_person(token) is None


def test_an_invitation_for_another_address_is_not_taken(world: World, readers: New, provider: Provider) -> None:
    provider.person["email"] = "lain@instansi.example"
    assert signed_in(readers(), _invitation(world)).status == 409
    assert linked() == 0
    assert person_by_email("lain@instansi.example") is None


@pytest.mark.parametrize(("words", "strong"), [((), False), (("mfa",), True), (("otp",), False)])
def test_a_second_factor_there_counts_only_by_the_operators_words(app: Flask, world: World, readers: New, provider: Provider, words: tuple[str, ...], strong: bool) -> None:
    configured(app, oidc_second_factor=words)
    provider.person |= {"amr": ["pwd", "mfa"]}
    signed_in(readers())
    newest = db.session.scalars(select(BrowserSession.strong).order_by(BrowserSession.id.desc())).first()
    assert newest is strong


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"oidc_domain": "instansi.example"}, 200),
        ({"oidc_domain": "lain.example"}, 403),
        ({"oidc_domain": "nstansi.example"}, 403),
        ({"oidc_claim": "groups=petugas"}, 200),
        ({"oidc_claim": "groups=administrator"}, 403),
        ({"oidc_claim": "tidak=ada"}, 403),
    ],
    ids=str,
)
def test_only_the_admitted_come_in(app: Flask, world: World, readers: New, provider: Provider, values: dict[str, str], status: int) -> None:
    configured(app, **values)
    provider.person |= {"groups": ["petugas"]}
    assert signed_in(readers()).status == status
    assert linked() == (status == 200)


def test_a_provider_that_is_away_leaves_the_other_ways(app: Flask, world: World, readers: New, provider: Provider) -> None:
    reader = readers()
    back = there_and_back(sent(reader))
    configured(app, oidc_issuer="http://127.0.0.1:9")
    for page in (readers().open("/masuk/penyedia"), reader.open(back)):
        assert (page.status, "SSO Contoh sedang tidak dapat dihubungi." in page.text) == (503, True)
        assert 'name="password"' in page.html


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(app: Flask, world: World, readers: New, provider: Provider) -> None:
    real = provider.url
    configured(app, oidc_issuer=real.replace("127.0.0.1", "localhost"))
    assert readers().open("/masuk/penyedia").status == 503


def test_without_a_provider_there_is_no_such_page(app: Flask, world: World, readers: New) -> None:
    configured(app, oidc_issuer="", oidc_name="")
    assert "Masuk lewat" not in readers().open("/masuk").text
    for path in ("/masuk/penyedia", "/masuk/penyedia/kembali?state=x"):
        assert readers().open(path).status == 404
