"""Checks that several catalogue actions share; each refusal names the input at fault."""

from __future__ import annotations

from sqlalchemy import select

from feedback.catalogue.models import Authority, Service, Topic
from feedback.kernel.errors import Invalid
from feedback.kernel.text import clean, mark
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.rules import is_slug


def required(text: str, *, field: str) -> str:
    """One cleaned line that is not empty."""
    cleaned = clean(text, lines=False)
    if not cleaned:
        raise Invalid(mark("Bagian ini wajib diisi."), field=field)
    return cleaned


def web_address(text: str | None) -> str | None:
    """A web address or nothing; only http and https, because pages make a link of it."""
    cleaned = clean(text or "", lines=False)
    if cleaned and not cleaned.startswith(("https://", "http://")):
        raise Invalid(mark("Alamat situs diawali https://."), field="url")
    return cleaned or None


def free_slug(slug: str, table: type[Topic | Service | Authority]) -> str:
    """A well-formed slug that no other row of the table has."""
    if not is_slug(slug):
        raise Invalid(mark("Gunakan huruf kecil, angka, dan tanda hubung."), field="slug")
    if db.session.scalar(select(table.id).where(table.slug == slug)) is not None:
        raise Invalid(mark("Alamat singkat ini sudah dipakai."), field="slug")
    return slug


def open_unit(unit_id: int, *, field: str = "unit_id") -> int:
    """The id of a unit that exists and is not closed."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise Invalid(mark("Unit tidak ditemukan."), field=field)
    if unit.valid_to is not None:
        raise Invalid(mark("Unit ini sudah ditutup."), field=field)
    return unit.id


def known_topic(topic_id: int | None) -> int | None:
    """The id of a topic that exists, or None."""
    if topic_id is not None and db.session.get(Topic, topic_id) is None:
        raise Invalid(mark("Topik tidak ditemukan."), field="topic_id")
    return topic_id
