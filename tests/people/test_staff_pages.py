"""The pages of invitations and of the own staff: lists, forms, the link's page, and what they do not tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from feedback.kernel.permissions import Role
from feedback.people.actions import CreatePerson, create_person
from feedback.people.actions.invitations import Invite, invite
from feedback.people.models import Invitation, MembershipRow
from feedback.people.queries.invitations import invitation_token
from feedback.storage.session import db, transaction
from tests.factories import PASSWORD, World
from tests.site import Page, Reader

New = Callable[[], Reader]
ADDRESS = "pegawai.baru@contoh.example"
WORDS = "cengkih laut payung senja"


def link_of(world: World) -> str:
    invite(Invite(ADDRESS, Role.OFFICER, world.agency), world.coordinator)
    return "/undangan/" + invitation_token(db.session.scalars(select(Invitation.nonce)).one())


def test_a_coordinator_invites_sees_sends_again_and_withdraws(world: World, readers: New) -> None:
    reader = readers().sign_in(world.coordinator)
    form = reader.open("/meja/petugas/undang")
    assert "Atasan" not in form.html.split("<form", 3)[-1]
    page = reader.send(form, has="email", email=f" {ADDRESS} ", role="officer", unit_id=str(world.agency), valid_to="2030-06-30")
    assert page.path == "/meja/petugas"
    assert f"{ADDRESS} : Petugas, Dinas Perhubungan, sampai 30 Juni 2030" in page.text
    assert "Surat baru saja dikirim" in reader.send(page, button=f"Kirim ulang {ADDRESS}").text
    page = reader.send(page, button=f"Tarik {ADDRESS}")
    assert "Undangan ditarik." in page.text
    assert f"{ADDRESS} :" not in page.text


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(world: World, readers: New) -> None:
    reader = readers().sign_in(world.coordinator)
    page = reader.send(reader.open("/meja/petugas/undang"), has="email", email=ADDRESS, role="officer", unit_id="", valid_to="2001-01-01")
    assert page.status == 422
    assert f'value="{ADDRESS}"' in page.html
    forged = reader.send(page, has="email", role="administrator", unit_id=str(world.agency), valid_to="")
    assert forged.status == 422
    assert "Pilihan ini tidak dikenal." in forged.text
    foreign = reader.send(page, has="email", role="officer", unit_id=str(world.other_government), valid_to="")
    assert foreign.status == 422
    late = reader.send(page, has="email", role="officer", unit_id=str(world.agency), valid_to="2001-01-01")
    assert "Tanggal ini sudah lewat." in late.text
    assert db.session.scalars(select(Invitation.id)).all() == []


def test_the_link_is_looked_at_by_get_and_taken_by_post(world: World, readers: New) -> None:
    path, reader = link_of(world), readers()
    for _ in range(2):
        page = reader.open(path)
        assert "Undangan sebagai petugas" in page.text
        assert ADDRESS in page.text
    weak = reader.send(page, has="password", name="Pegawai Baru", password="123456789012345")
    assert weak.status == 422
    assert 'value="Pegawai Baru"' in weak.html
    done = reader.send(weak, has="password", password=WORDS)
    assert done.status == 200
    assert done.path != urlsplit(path).path
    over = readers().open(path)
    assert (over.status, "Undangan ini tidak berlaku lagi" in over.text) == (404, True)


def test_an_account_that_is_known_has_to_sign_in_first(world: World, readers: New) -> None:
    create_person(CreatePerson(ADDRESS, "Pegawai", PASSWORD, staff=True), by=world.administrator.person_id)
    path, reader = link_of(world), readers()
    page = reader.open(path)
    assert "Alamat ini sudah punya akun." in page.text
    assert all("password" not in dict(form.fields) for form in page.forms)
    other = readers().sign_in(world.stranger).open(path)
    assert "Anda sedang masuk dengan akun lain." in other.text
    link = next(one for one in page.links if "lanjut=" in one)
    mine = reader.send(reader.open(link), has="password", email=ADDRESS, password=PASSWORD)
    assert "pemilik alamat ini" in mine.text
    done = reader.send(mine, button="Terima undangan")
    assert done.path == "/masuk"
    role = select(MembershipRow.role).where(MembershipRow.unit_id == world.agency).order_by(MembershipRow.id.desc())
    assert db.session.scalars(role.limit(1)).one() == Role.OFFICER


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5000, "..%2f..", "%F0%9F%99%82"])
def test_a_link_nobody_sent_is_over_like_any_other(world: World, readers: New, token: str) -> None:
    page = readers().open(f"/undangan/{token}")
    assert page.status in (404, 414)


def test_whoever_tries_links_has_to_wait(world: World, readers: New) -> None:
    reader = readers()
    statuses = {reader.open(f"/undangan/{serial}").status for serial in range(110)}
    assert statuses == {404, 429}


def test_a_role_is_extended_on_its_own_page(world: World, readers: New) -> None:
    with transaction():
        db.session.execute(update(MembershipRow).where(MembershipRow.person_id == world.officer.person_id).values(valid_to=date(2098, 1, 1)))
    reader = readers().sign_in(world.coordinator)
    page = reader.open("/meja/petugas")
    link = next(one for one in page.links if "/meja/petugas/peran/" in one)
    form = reader.open(link)
    assert "Petugas Satu: Petugas, Dinas Perhubungan" in form.text
    wrong = reader.send(form, has="valid_to", valid_to="2097-01-01")
    assert (wrong.status, 'value="2097-01-01"' in wrong.html) == (422, True)
    assert "1 Februari 2098" in reader.send(wrong, has="valid_to", valid_to="2098-02-01").text
    for outside in (world.officer, world.citizen):
        assert readers().sign_in(outside).open(link).status == 403


def test_the_list_is_searched_and_paged(world: World, readers: New) -> None:
    reader = readers().sign_in(world.coordinator)
    assert _names(reader.open("/meja/petugas?q=petugas satu")) == {"Petugas Satu"}
    assert reader.open("/meja/petugas?setelah=kacau&sebelum=%F0").status == 200
    assert "Tidak ada peran yang akan berakhir" in reader.open("/meja/petugas?daftar=akan-berakhir").text


def _names(page: Page) -> set[str]:
    return {name for name in ("Petugas Satu", "Petugas Dua", "Kepala Dinas") if name in page.text}
