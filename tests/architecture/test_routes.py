"""Every route says who may come in, no form works without its token, and no page is forgotten (SECURITY.md 1.1, 1.2)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from feedback.kernel.permissions import Permission
from feedback.web.guard import PUBLIC, SIGNED_IN
from tests.conftest import plain_application
from tests.factories import World
from tests.site import Reader

RULES = [rule for rule in plain_application().url_map.iter_rules() if rule.endpoint != "static"]
UNSAFE = [rule for rule in RULES if "POST" in (rule.methods or set())]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.endpoint)
def test_it_is_guarded(plain_app: Flask, rule: Rule) -> None:
    guard = getattr(plain_app.view_functions[rule.endpoint], "guard", None)
    assert guard in (PUBLIC, SIGNED_IN) or isinstance(guard, Permission)


def _address(rule: Rule) -> str:
    values: dict[str, Any] = {name: 1 if "int" in str(rule._converters.get(name)).lower() else "x" for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


@pytest.mark.parametrize("rule", UNSAFE, ids=lambda rule: rule.endpoint)
def test_a_form_without_token_is_refused(world: World, reader: Reader, rule: Rule) -> None:
    reader.sign_in(world.administrator)
    answer = reader.client.post(_address(rule), data={"text": "apa saja"})
    assert answer.status_code == 403, rule.endpoint
    assert "Content-Security-Policy" in answer.headers


def test_unguarded_views_are_closed(plain_app: Flask) -> None:
    plain_app.add_url_rule("/lupa", "forgotten", lambda: "open")
    assert plain_app.test_client().get("/lupa").status_code == 403
