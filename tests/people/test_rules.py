from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.people.rules import (
    ROLE_LABELS,
    check_account,
    check_password,
    own_path,
    seconds_to_wait,
    sign_in_lasts,
)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("path", ["/", "/meja?laci=unit", "/laporan/MB-1234-5678#jawaban", "/unit/dinas%20x"])
def test_a_path_of_this_site_may_be_returned_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "meja", "//jahat.example", "///jahat.example", "/\\jahat.example", "\\\\jahat.example", "https://jahat.example/",
        "javascript:alert(1)", "/\t/jahat.example", "/\n/jahat.example", "\t//jahat.example", "/a\x00b", "http:/x", "//[", "/" + "a" * 2001,
    ],
)  # fmt: skip
def test_a_path_that_may_lead_away_is_not(path: str | None) -> None:
    assert own_path(path) is None


@pytest.mark.parametrize("email", ["a@b.id", "nur'aini+1@dinas.go.id", "x@sub.domain.example"])
def test_addresses_people_have(email: str) -> None:
    check_account(email=email, name="Nur'aini")


@pytest.mark.parametrize(
    "email", ["", "tanpa-tanda", "a@b", "a b@c.id", "a@b.id, c@d.id", "<a@b.id>", "a@@b.id", "a\x00@b.id", "a" * 250 + "@b.id"]
)
def test_addresses_nobody_can_write_to(email: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_account(email=email, name="Siti")
    assert caught.value.field == "email"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "🙂🙂", "x" * 121])
def test_names_nobody_can_read(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_account(email="a@b.id", name=name)
    assert caught.value.field == "name"


@pytest.mark.parametrize(
    "password",
    ["pendek", "123456789012345", "aaaaaaaaaaaaaaaa", "passwordpassword", "bismillah12345", "sitisitisitisiti", "x" * 129],
)
def test_passwords_that_are_guessed_or_of_the_wrong_length(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(password, email="siti@contoh.example", name="Siti Aminah", staff=False)
    assert caught.value.field == "password"


def test_staff_need_a_longer_password() -> None:
    check_password("kursi biru 77", email="a@b.id", name="Siti", staff=False)
    with pytest.raises(Invalid):
        check_password("kursi biru 77", email="a@b.id", name="Siti", staff=True)


def test_five_tries_are_free_and_then_the_wait_doubles_to_a_minute() -> None:
    assert [seconds_to_wait(failures, NOW, NOW) for failures in (1, 4, 5, 6, 7, 10, 11, 50)] == [0, 0, 1, 2, 4, 32, 60, 60]
    assert seconds_to_wait(50, NOW - timedelta(seconds=60), NOW) == 0


def test_sign_ins_of_staff_end_sooner() -> None:
    assert sign_in_lasts(NOW - timedelta(hours=13), NOW, staff=False)
    assert not sign_in_lasts(NOW - timedelta(hours=13), NOW, staff=True)
    assert not sign_in_lasts(NOW - timedelta(days=31), NOW, staff=False)


def test_every_role_has_a_name() -> None:
    assert set(ROLE_LABELS) == set(Role)
