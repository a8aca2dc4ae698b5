"""Addresses that programs read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Response, current_app, url_for
from markupsafe import escape

from config import ROOT
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.publicsite.queries.figures import chunk_count, is_ready, numbers_of_chunk, service_slugs, unit_slugs
from feedback.publicsite.views.blueprint import publicsite
from feedback.web.guard import public

CONTACT_VALID = timedelta(days=180)
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = ("home", "ticket_list", "services", "units", "help", "about", "track")
_CLOSED = ("/meja", "/pantau", "/kelola", "/akun", "/masuk", "/daftar", "/keluar", "/lapor/", "/laporan?", "/layanan?")


def _absolute(endpoint: str, **values: Any) -> str:
    return str(current_app.config["SETTINGS"].public_url) + url_for(endpoint, **values)


def _answer(text: str, mimetype: str = "text/plain") -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _xml(root: str, item: str, addresses: Iterable[str]) -> Response:
    lines = "".join(f"<{item}><loc>{escape(address)}</loc></{item}>\n" for address in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{lines}</{root}>\n'
    return _answer(text, "application/xml")


@publicsite.get("/robots.txt")
@public
def robots() -> Response:
    """What crawlers should leave alone: other people's desks, and every combination of filters."""
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    return _answer(f"User-agent: *\n{closed}\nSitemap: {_absolute('publicsite.sitemap')}\n")


@publicsite.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """The index: one part for pages, one for every ten thousand tickets."""
    return _xml("sitemapindex", "sitemap", (_absolute(".sitemap_part", part=n) for n in range(chunk_count() + 1)))


@publicsite.get("/sitemap-<int:part>.xml")
@public
def sitemap_part(part: int) -> Response:
    """One part, without dates: when a report changed is nobody's business."""
    if part > chunk_count():
        raise NotFound
    if part:
        addresses = (_absolute("tickets.ticket", number=number) for number in numbers_of_chunk(part))
        answer = _xml("urlset", "url", addresses)
        answer.headers["Cache-Control"] = "no-store"  # a report made confidential is gone from the next request on
        return answer
    pages = [_absolute(f"publicsite.{name}") for name in _PAGES]
    pages += [_absolute("publicsite.service", slug=slug) for slug in service_slugs()]
    pages += [_absolute("publicsite.unit", slug=slug) for slug in unit_slugs()]
    return _xml("urlset", "url", pages)


@publicsite.get("/.well-known/security.txt")
@public
def security_contact() -> Response:
    """Where to report a hole (RFC 9116)."""
    expires = (utc_now() + CONTACT_VALID).strftime("%Y-%m-%dT00:00:00Z")
    return _answer(
        f"Contact: {_absolute('publicsite.about')}\nExpires: {expires}\nPreferred-Languages: id, en\n"
        f"Canonical: {_absolute('publicsite.security_contact')}\n"
    )


@publicsite.get("/healthz")
@public
def alive() -> Response:
    """The process answers; asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@publicsite.get("/readyz")
@public
def ready() -> Response:
    """The database answers and has every migration; 503 otherwise."""
    good = is_ready(Path(ROOT / "migrations"))
    return Response("ready\n" if good else "not ready\n", 200 if good else 503, mimetype="text/plain")
