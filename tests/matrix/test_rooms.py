"""Every route x every role: who is let in and who is refused, as the table says (SECURITY.md 1.2)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import plain_application
from tests.factories import World, make_report
from tests.matrix.people import ROLES, Crowd
from tests.matrix.rooms import ALLOWED, ENDS_THE_WALK, ROOMS
from tests.site import Reader

RULES = [rule for rule in plain_application().url_map.iter_rules() if rule.endpoint != "static"]
# Nobody has this id: a move that is let in finds nothing to change, so the walk leaves the site as it was.
NOBODY = 2147483647


def test_every_route_is_listed() -> None:
    assert {rule.endpoint for rule in RULES} == set(ALLOWED)
    assert sum(len(endpoints) for endpoints in ROOMS.values()) == len(ALLOWED), "a route stands in two rooms"


def _address(rule: Rule, number: str) -> str:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        whole = "int" in type(rule._converters[name]).__name__.lower() or name == "part"
        values[name] = NOBODY if whole else number if name == "number" else "tidak-ada"
    built = rule.build(values)
    assert built is not None
    return built[1]


def _token(reader: Reader) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', reader.client.get("/lapor").get_data(as_text=True))
    assert found is not None
    return found[1]


def _is_in(answer: TestResponse) -> bool:
    """Let in: anything but "sign in first" and "not for your role", whatever the answer then is."""
    there = urlsplit(answer.location or "")  # the guard remembers where one wanted to go
    to_sign_in = answer.status_code == 303 and there.path == "/masuk" and "lanjut=" in there.query
    return not to_sign_in and answer.status_code not in (401, 403)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_its_rooms_and_no_other(app: Flask, world: World, role: str) -> None:
    number = make_report(world).number
    reader = Crowd(app, world)[role]
    token = _token(reader)
    for rule in RULES:
        address, methods = _address(rule, number), rule.methods or set()
        answers = {}
        if "GET" in methods:
            answers["GET"] = reader.client.get(address)
        if "POST" in methods and rule.endpoint not in ENDS_THE_WALK:
            answers["POST"] = reader.client.post(address, data={"csrf_token": token})
        for method, answer in answers.items():
            wanted = role in ALLOWED[rule.endpoint]
            assert _is_in(answer) is wanted, f"{method} {address}: {answer.status_code} for {role}"
            assert answer.status_code < 500, f"{method} {address}: {answer.status_code} for {role}"
            assert "Content-Security-Policy" in answer.headers
