from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.people.rules import (
    ROLE_LABELS,
    check_account,
    check_password,
    device_word,
    is_fresh,
    limits_for,
    own_path,
    seconds_to_wait,
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


@pytest.mark.parametrize(
    ("roles", "idle", "absolute"),
    [
        ((), timedelta(days=14), timedelta(days=30)),
        ((Role.OFFICER,), timedelta(minutes=30), timedelta(hours=12)),
        ((Role.INSPECTOR, Role.SUPERVISOR), timedelta(minutes=30), timedelta(hours=12)),
        ((Role.OFFICER, Role.ADMINISTRATOR), timedelta(minutes=15), timedelta(hours=8)),
    ],
)
def test_sessions_end_by_what_their_person_may_do(roles: tuple[Role, ...], idle: timedelta, absolute: timedelta) -> None:
    limits, moment = limits_for(roles), timedelta(seconds=1)
    assert limits.admit(NOW - absolute + moment, NOW - idle + moment, NOW)
    assert not limits.admit(NOW - absolute + moment, NOW - idle, NOW)
    assert not limits.admit(NOW - absolute, NOW, NOW)


def test_use_is_noted_now_and_then() -> None:
    limits = limits_for((Role.OFFICER,))
    assert not limits.should_note(NOW - timedelta(seconds=128), NOW)
    assert limits.should_note(NOW - timedelta(seconds=129), NOW)


def test_who_showed_themselves_is_fresh_for_five_minutes() -> None:
    assert is_fresh(NOW - timedelta(minutes=4, seconds=59), NOW)
    assert not is_fresh(NOW - timedelta(minutes=5), NOW)
    assert not is_fresh(None, NOW)


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36", "chromium/android"),
        ("Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", "samsung/android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "edge/windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "safari/ios"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "firefox/linux"),
        ("curl/8.5.0", "/"),
        ("", "/"),
    ],
)  # fmt: skip
def test_a_device_is_known_by_two_coarse_words(agent: str, word: str) -> None:
    assert device_word(agent) == word


def test_every_role_has_a_name() -> None:
    assert set(ROLE_LABELS) == set(Role)
