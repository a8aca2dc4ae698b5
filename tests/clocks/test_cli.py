"""``flask clocks due``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from feedback.clocks.cli import cli
from tests.clocks.samples import VECTORS

GOOD: dict[str, Any] = {"start": "2026-07-06T05:00:00Z", "unit": "working_day", "amount": 2, "calendar": "wib"}
CALENDARS = str(VECTORS / "calendars.json")


def ask(text: str | bytes, *options: str, calendars: str = CALENDARS) -> Result:
    return CliRunner().invoke(cli, ["due", "--calendars", calendars, *options], input=text)


def only(result: Result) -> dict[str, Any]:
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_the_vectors_come_back_as_they_are() -> None:
    text = (VECTORS / "deadlines.jsonl").read_text(encoding="utf-8")
    result = ask(text)
    assert (result.exit_code, result.stdout) == (0, text)


def test_the_answers_asked_with_are_not_believed() -> None:
    result = ask(json.dumps(GOOD | {"due_at": "1999", "due_date": "1999", "error": "old"}))
    assert only(result) == GOOD | {"due_at": "2026-07-08T17:00:00Z", "due_date": "2026-07-08"}


def test_a_bad_line_does_not_stop_the_next() -> None:
    result = ask("nonsense\n\n" + json.dumps(GOOD) + "\n")
    first, second = map(json.loads, result.stdout.splitlines())
    assert set(first) == {"error"}
    assert second["due_date"] == "2026-07-08"
    assert result.exit_code == 1


def test_nothing_asked_is_nothing_wrong() -> None:
    assert (ask("").exit_code, ask("\n \n").stdout) == (0, "")


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-07-06T05:00:00"},
        {"start": "yesterday"},
        {"start": 1783314000},
        {"start": None},
        {"start": "0001-01-01T00:00:00+07:00"},
        {"start": "9999-12-31T23:00:00Z"},
        {"unit": "fortnight"},
        {"unit": ["working_day"]},
        {"unit": None},
        {"amount": -1},
        {"amount": 0},
        {"amount": 1.5},
        {"amount": True},
        {"amount": "2"},
        {"amount": None},
        {"amount": 10**40},
        {"calendar": "mars"},
        {"calendar": {"zone": "Asia/Jakarta"}},
        {"calendar": None},
        {"pauses": "none"},
        {"pauses": [["2026-07-07T05:00:00Z"]]},
        {"pauses": [["2026-07-07T05:00:00Z", "2026-07-06T05:00:00Z"]]},
        {"pauses": [["2026-07-07T05:00:00", "2026-07-08T05:00:00"]]},
        {"pauses": [["2026-07-07T05:00:00Z", "9999-12-31T23:59:59Z"]]},
        {"moves": {"2026-07-07T05:00:00Z": "wit"}},
        {"moves": [["2026-07-07T05:00:00Z", "mars"]]},
        {"moves": [["2026-07-07T05:00:00Z", "wit", "wib"]]},
    ],
    ids=str,
)
def test_what_cannot_be_answered_comes_back_with_the_reason(change: dict[str, Any]) -> None:
    result = ask(json.dumps(GOOD | change | {"due_at": "x", "due_date": "x", "note": "kept"}))
    found = only(result)
    assert result.exit_code == 1
    assert found.pop("error")
    assert found == GOOD | change | {"note": "kept"}


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b"7",
        b"null",
        b'{"amount": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{}",
        b'{"a": ' + b"9" * 5000,
    ],
    ids=["list", "number", "null", "nan", "deep list", "deep object", "not utf-8", "long number"],
)
def test_what_is_no_object_gives_only_an_error(line: bytes) -> None:
    result = ask(line + b"\n")
    assert set(only(result)) == {"error"}
    assert result.exit_code == 1


def test_missing_pauses_and_moves_are_none_and_odd_text_survives() -> None:
    result = ask('{"id": "\\ud800\u00e9", ' + json.dumps(GOOD)[1:])
    assert only(result)["id"] == "\ud800\u00e9"
    assert result.exit_code == 0


def test_a_pause_without_end_has_no_deadline() -> None:
    found = only(ask(json.dumps(GOOD | {"pauses": [["2026-07-06T06:00:00Z", None]]})))
    assert (found["due_at"], found["due_date"]) == (None, None)


def test_provisional_is_told_when_asked_for() -> None:
    late = json.dumps(GOOD | {"start": "2026-12-30T05:00:00Z", "amount": 3})
    assert only(ask(late, "--provisional"))["provisional"] is True
    assert "provisional" not in only(ask(late))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"a": 1}', '{"a": {"zone": "Asia/Jakarta", "week": {}}}', '{"a": NaN}', "[" * 100_000],
)
def test_calendars_that_cannot_be_read_end_it_with_two(text: str, tmp_path: Path) -> None:
    path = tmp_path / "calendars.json"
    path.write_text(text, encoding="utf-8")
    result = ask(json.dumps(GOOD), calendars=str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Berkas kalender" in result.stderr


def test_calendars_that_are_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        result = ask("", calendars=str(path))
        assert result.exit_code == 2
        assert str(path) in result.stderr


def test_help_says_what_goes_in_and_what_comes_out() -> None:
    text = CliRunner().invoke(cli, ["due", "--help"]).stdout
    assert all(word in text for word in ("--calendars", "due_at", "due_date", "error", "Exit status"))
