"""Too much, too many and the wrong kind are refused early and cheaply, on every route (SECURITY.md 1.8, 1.9)."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from feedback.storage.base import Base
from feedback.storage.session import db
from feedback.web.body import LARGEST_BODY, LONGEST_ADDRESS, MOST_FIELDS, read_json, takes_files, takes_json
from feedback.web.guard import public
from tests.conftest import plain_application

RULES = [rule for rule in plain_application().url_map.iter_rules() if rule.endpoint != "static"]
UNSAFE = [rule for rule in RULES if "POST" in (rule.methods or set())]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def door() -> FlaskClient:
    """A site with two more views: one that reads JSON, one that takes files."""
    app = plain_application()
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/baca")
    @public
    @takes_json
    def read() -> Any:
        return jsonify(read_json())

    @app.post("/berkas")
    @public
    @takes_files(1024 * 1024)
    def files() -> str:
        return f"{len(request.form)} {sum(len(one.read()) for one in request.files.values())}"

    with app.app_context():
        Base.metadata.create_all(db.engine)  # sending is counted
    return app.test_client()


def address(rule: Rule) -> str:
    """An address that the rule answers."""
    values: dict[str, Any] = {name: 1 if "int" in str(rule._converters.get(name)).lower() else "x" for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


@pytest.fixture(scope="module")
def site() -> Flask:
    return plain_application()


@pytest.mark.parametrize("rule", UNSAFE, ids=lambda rule: rule.endpoint)
def test_ten_megabytes_are_refused_before_they_are_read(site: Flask, rule: Rule) -> None:
    path, client = address(rule), site.test_client()
    # A body that cannot be read shows that it is not: the length alone decides.
    for kind in (FORM, "multipart/form-data; boundary=x", "application/json"):
        environ = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(100 * 1024 * 1024)}
        answer = client.post(path, content_type=kind, environ_overrides=environ)
        assert answer.status_code == 413, kind


class Unreadable:
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("rule", UNSAFE, ids=lambda rule: rule.endpoint)
def test_no_route_takes_a_hundred_thousand_fields_apart(site: Flask, rule: Rule) -> None:
    path, client = address(rule), site.test_client()
    start = time.thread_time()
    answer = client.post(path, data="a&" * (LARGEST_BODY // 2 - 1), content_type=FORM)
    assert answer.status_code == 413
    assert client.post(path, data=b"a=%ff", content_type=FORM).status_code == 400
    assert client.post(path, data=b"<a/>", content_type="application/xml").status_code == 415
    assert time.thread_time() - start < 5


def test_as_many_fields_as_are_allowed_are_read(door: FlaskClient) -> None:
    fields = "&".join(f"f{number}=1" for number in range(MOST_FIELDS))
    assert door.post("/berkas", data=fields, content_type=FORM).data == f"{MOST_FIELDS} 0".encode()
    assert door.post("/berkas", data=fields + "&more=1", content_type=FORM).status_code == 413
    assert door.post("/berkas", data={f"f{number}": "1" for number in range(MOST_FIELDS + 1)}, content_type="multipart/form-data").status_code == 413


def test_a_part_without_a_name_is_malformed(door: FlaskClient) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nLampu\r\n--x--\r\n"
    assert door.post("/berkas", data=body, content_type="multipart/form-data; boundary=x").status_code == 400


def test_room_for_files_is_no_room_for_text(door: FlaskClient) -> None:
    large = b"x" * (LARGEST_BODY + 1)
    assert door.post("/berkas", data={"berkas": (io.BytesIO(large), "a.jpg")}).data == f"0 {len(large)}".encode()
    assert door.post("/berkas", data={"text": large.decode(), "berkas": (io.BytesIO(b"x"), "a.jpg")}).status_code == 413
    assert door.post("/berkas", data={"text": large.decode()}).status_code == 413
    assert door.post("/berkas", data={"berkas": (io.BytesIO(large * 5), "a.jpg")}).status_code == 413


def test_a_body_without_a_told_length_is_cut_at_the_limit(door: FlaskClient) -> None:
    for path, kind in (("/berkas", FORM), ("/baca", "application/json")):
        body = io.BytesIO(b"[" + b"a" * (LARGEST_BODY + 10))
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        assert door.post(path, input_stream=body, content_type=kind, environ_overrides=environ).status_code == 413


NESTED = 2000
BROKEN_JSON = {
    "nested objects": b'{"a":' * NESTED + b"1" + b"}" * NESTED,
    "nested lists": b'{"a":' + b"[" * NESTED + b"]" * NESTED + b"}",
    "never closed": b'{"a":' + b"[" * 100_000,
    "empty": b"",
    "half": b'{"a"',
    "a list": b"[1]",
    "a number": b"1",
    "not a number": b'{"a": NaN}',
    "invalid UTF-8": b'{"a": "\xff"}',
    "half a pair": b'{"a": "\\ud800"}',
    "a long number": b'{"a": ' + b"9" * 5000 + b"}",
    "NUL": b"\x00",
}


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_broken_json_is_a_400(door: FlaskClient, name: str) -> None:
    assert door.post("/baca", data=BROKEN_JSON[name], content_type="application/json").status_code == 400


def test_json_is_read_where_it_is_expected_and_nowhere_else(door: FlaskClient) -> None:
    sent = {"kata": "Nur'aini 🙂", "dalam": [{"a": None}]}
    assert door.post("/baca", json=sent).get_json() == sent
    assert door.post("/baca", data={"a": "1"}).status_code == 415
    assert door.post("/berkas", json=sent).status_code == 415


def test_a_long_address_is_told_so(site: Flask) -> None:
    client = site.test_client()
    for path in ("/laporan?q=" + "a" * LONGEST_ADDRESS, "/" + "a" * LONGEST_ADDRESS):
        answer = client.get(path)
        assert answer.status_code == 414
        assert "terlalu panjang" in answer.get_data(as_text=True)
    assert client.get("/tidak-ada?q=" + "a" * (LONGEST_ADDRESS - 20)).status_code == 404
