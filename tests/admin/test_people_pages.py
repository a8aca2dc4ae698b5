"""People and their roles on the pages of administrators."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback.people.models import MembershipRow, Person
from feedback.people.queries import memberships_of, person_by_email
from feedback.storage.session import db
from tests.admin.conftest import fresh
from tests.factories import World
from tests.site import Reader


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(world: World, admin: Reader, readers: Callable[[], Reader]) -> None:
    page = admin.send(admin.open("/kelola/orang/baru"), has="email", name="Petugas Baru", email="baru@dinas.example")
    assert page.status == 200
    assert "no-store" in page.response.headers["Cache-Control"]
    password = next(word for word in page.text.split() if word.count("-") == 3 and len(word) == 19)
    person = person_by_email("baru@dinas.example")
    assert person is not None
    granted = admin.send(admin.open(f"/kelola/orang/{person.id}"), has="role", role="officer", unit_id=world.agency)
    assert "Petugas, Dinas Perhubungan" in granted.text
    assert password not in granted.html
    newcomer = readers()
    entered = newcomer.send(newcomer.open("/masuk"), has="password", follow=False, email="baru@dinas.example", password=password)
    assert entered.response.location == "/masuk/kode"
    again = admin.send(admin.open("/kelola/orang/baru"), has="email", name="Lain", email="BARU@dinas.example")
    assert again.status == 422
    assert "sudah punya akun" in again.text


def test_roles_end_and_accounts_close(world: World, admin: Reader, readers: Callable[[], Reader]) -> None:
    officer = readers().sign_in(world.officer)
    assert officer.open("/akun").path == "/akun"
    path = f"/kelola/orang/{world.officer.person_id}"
    page = admin.send(admin.open(path), button="Akhiri Petugas, Dinas Perhubungan")
    assert page.status == 200
    fresh()
    assert memberships_of([world.officer.person_id or 0])[0].valid_to is not None
    page = admin.send(page, button="Tutup akun")
    assert "Akun ini ditutup" in page.text
    assert officer.open("/akun").path == "/masuk"
    assert "Akun ini ditutup" not in admin.send(page, button="1").text


def test_a_new_password_signs_the_person_out(world: World, admin: Reader, readers: Callable[[], Reader]) -> None:
    officer = readers().sign_in(world.officer)
    page = admin.send(admin.open(f"/kelola/orang/{world.officer.person_id}"), button="Buat kata sandi baru")
    assert "Hanya ditampilkan sekali ini." in page.text
    assert officer.open("/akun").path == "/masuk"


def test_an_administrator_cannot_lock_themselves_out(world: World, admin: Reader) -> None:
    path = f"/kelola/orang/{world.administrator.person_id}"
    page = admin.send(admin.open(path), button="Tutup akun")
    assert "tidak dapat menutup akun sendiri" in page.text
    page = admin.send(page, button="Akhiri Administrator, Provinsi Contoh")
    assert "tidak dapat mengakhiri peran administrator sendiri" in page.text
    assert admin.open("/kelola").status == 200


def test_a_role_of_somebody_else_cannot_be_ended_through_this_person(world: World, admin: Reader) -> None:
    other = db.session.scalars(select(MembershipRow.id).where(MembershipRow.person_id == world.officer.person_id)).one()
    form = admin.open(f"/kelola/orang/{world.head.person_id}").form(button="Tutup akun")
    answer = admin.client.post(
        f"/kelola/orang/{world.head.person_id}/peran/{other}/akhiri", data={"csrf_token": dict(form.fields)["csrf_token"]}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"unit_id": ""}, "Bagian ini wajib diisi."),
        ({"role": "raja"}, "Pilihan ini tidak dikenal."),
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-01"}, "Tanggal akhir mendahului"),
        ({"role": "officer"}, "sudah dipegang"),
    ],
)
def test_a_refused_role_is_told(world: World, admin: Reader, typed: dict[str, str], text: str) -> None:
    values = {"unit_id": str(world.agency), "role": "coordinator"} | typed
    page = admin.send(admin.open(f"/kelola/orang/{world.officer.person_id}"), has="role", **values)
    assert page.status == 422
    assert text in page.text


def test_people_are_found_by_name_or_address(world: World, admin: Reader) -> None:
    assert "Nur Warga" in admin.open("/kelola/orang?q=nur+warga").text
    assert "Tidak ada orang" in admin.open("/kelola/orang?q=%25").text
    email = db.session.scalars(select(Person.email).where(Person.id == world.citizen.person_id)).one()
    assert "Nur Warga" in admin.open(f"/kelola/orang?q={email.upper()}").text
