"""The headers of SECURITY.md section 4, word for word, on every kind of answer; forms over https; forged hosts."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from feedback.app import create_app
from tests.factories import World
from tests.site import Reader

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; worker-src 'self'"
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
ROOT = Path(__file__).resolve().parents[2]


def _answers(client: FlaskClient) -> dict[str, TestResponse]:
    return {
        "page": client.get("/laporan"),
        "form": client.get("/lapor"),
        "not there": client.get("/tidak-ada"),
        "wrong method": client.post("/laporan"),
        "redirect": client.get("/akun"),
        "refused form": client.post("/lapor", data={"text": "x"}),
        "style": client.get("/static/css/base.css"),
        "missing file": client.get("/static/tidak-ada.css"),
        "machine": client.get("/robots.txt"),
        "data": client.get("/statistik?format=json"),
        "alive": client.get("/healthz"),
        "unknown host": client.get("/", headers={"Host": "evil.example"}),
    }


def test_every_answer_carries_them(world: World, client: FlaskClient) -> None:
    for name, answer in _answers(client).items():
        for header, value in FIXED.items():
            assert answer.headers.get(header) == value, f"{header} on {name}"
        assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


def test_only_the_report_form_may_ask_for_camera_and_place(world: World, client: FlaskClient) -> None:
    for name, answer in _answers(client).items():
        if name == "unknown host":
            continue  # it has no page that could ask
        allowed = set(re.findall(r"(\w+)=\(self\)", answer.headers["Permissions-Policy"]))
        assert allowed == ({"camera", "geolocation"} if name in ("form", "refused form") else set()), name


def test_nothing_is_kept_unless_a_page_says_so(world: World, client: FlaskClient) -> None:
    for path in ("/masuk", "/lacak", "/akun", "/tidak-ada"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path


def _over_https(app: Flask) -> FlaskClient:
    settings: Settings = app.config["SETTINGS"]
    other = create_app(dataclasses.replace(settings, public_url="https://localhost"))
    other.test_client_class = app.test_client_class
    return other.test_client()


def test_https_is_kept_and_its_cookie_stays_with_this_host(app: Flask, world: World, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    answer = _over_https(app).get("/lapor", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookies = [one for one in answer.headers.getlist("Set-Cookie") if not one.startswith("bahasa")]
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


def test_a_form_over_https_is_taken_with_the_referrer_our_policy_sends(app: Flask, world: World) -> None:
    """With `no-referrer` Flask-WTF would refuse every form, which a test over http never sees (SECURITY.md 1.11)."""
    client = _over_https(app)
    page = client.get("/masuk", base_url="https://localhost").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    data = {"csrf_token": found[1], "email": "siapa@contoh.example", "password": "salah sama sekali"}
    taken = client.post("/masuk", base_url="https://localhost", data=data, headers={"Referer": "https://localhost/masuk"})
    assert taken.status_code == 422
    for headers in ({}, {"Referer": "https://evil.example/masuk"}):
        assert client.post("/masuk", base_url="https://localhost", data=data, headers=headers).status_code == 403


def test_links_come_from_our_own_address_whatever_the_request_says(world: World, client: FlaskClient) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.9.9.9"}
    for path in ("/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/lapor", "/akun"):
        answer = client.get(path, headers=forged)
        assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers), path


def test_a_proxy_is_believed_only_when_it_is_configured(app: Flask, world: World) -> None:
    settings: Settings = app.config["SETTINGS"]
    told = {"X-Forwarded-Host": "evil.example"}
    assert app.test_client().get("/", headers=told).status_code == 200
    behind = create_app(dataclasses.replace(settings, proxy_hops=1))
    # Believed, the host is not one of ours: refused.
    assert behind.test_client().get("/", headers=told).status_code == 400


@pytest.mark.parametrize("file", sorted(
    [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/**/*.css"), *ROOT.glob("static/**/*.js"), *ROOT.glob("static/*.webmanifest")]
), ids=lambda file: str(file.relative_to(ROOT)))  # fmt: skip
def test_no_page_fetches_anything_from_elsewhere(file: Path) -> None:
    """Links that people follow may lead away; what a browser loads by itself may not (SECURITY.md 1.12)."""
    text = re.sub(r"/\*.*?\*/|<!--.*?-->", "", file.read_text(), flags=re.DOTALL)
    loads = re.findall(r"""(?:src|srcset|poster|action|data)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import|fetch\(["']https?:|<link[^>]+href=["'](?:https?:)?//""", text)
    assert loads == []


def test_a_page_of_a_visitor_sets_no_cookie(world: World, reader: Reader) -> None:
    for path in ("/", "/laporan", "/layanan", "/unit", "/statistik", "/bantuan", "/tentang"):
        assert "Set-Cookie" not in reader.client.get(path).headers, path
