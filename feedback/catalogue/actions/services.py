"""Create and change topics and services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from feedback.audit.actions import record
from feedback.catalogue.actions.checks import free_slug, known_topic, open_unit, required
from feedback.catalogue.models import Service, Topic
from feedback.catalogue.rules import InternalComponent
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import clean, mark
from feedback.storage.session import db, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDetails:
    """What may be said of a topic at any time."""

    name: str
    description: str
    national_category: str
    position: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTopic(TopicDetails):
    """A new topic."""

    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTopic(TopicDetails):
    """New details of a topic: every field is set."""

    topic_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The published standard of a service as plain text; an empty text means not published (UU 25/2009 Art 21)."""

    requirements: str = ""
    procedure: str = ""
    time_text: str = ""
    cost: str = ""
    product: str = ""
    complaint_handling: str = ""
    legal_basis: str = ""
    internal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetails:
    """What may be said of a service at any time."""

    code: str
    name: str
    unit_id: int
    topic_id: int | None
    summary: str = ""
    standard: Standard = field(default_factory=Standard)
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService(ServiceDetails):
    """A new service."""

    slug: str
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeService(ServiceDetails):
    """New details and standard of a service: every field is set."""

    service_id: int


def create_topic(command: CreateTopic, *, by: int | None = None) -> int:
    """Create a topic and return its id."""
    with transaction():
        topic = Topic(slug=free_slug(command.slug, Topic), **_topic_values(command))
        db.session.add(topic)
        db.session.flush()
        record("topic.created", actor_id=by, subject=f"topic:{topic.id}", at=utc_now())
        return topic.id


def change_topic(command: ChangeTopic, *, by: int | None = None) -> None:
    """Replace the details of a topic."""
    with transaction():
        topic = db.session.get(Topic, command.topic_id)
        if topic is None:
            raise NotFound(mark("Topik tidak ditemukan."))
        for name, value in _topic_values(command).items():
            setattr(topic, name, value)
        record("topic.changed", actor_id=by, subject=f"topic:{topic.id}", at=utc_now())


def create_service(command: CreateService, *, by: int | None = None) -> int:
    """Create a service of an open unit and return its id."""
    with transaction():
        slug = free_slug(command.slug, Service)
        service = Service(slug=slug, is_example=command.is_example, **_service_values(command))
        db.session.add(service)
        db.session.flush()
        record("service.created", actor_id=by, subject=f"service:{service.id}", at=utc_now())
        return service.id


def change_service(command: ChangeService, *, by: int | None = None) -> None:
    """Replace the details and the standard of a service."""
    with transaction():
        service = db.session.get(Service, command.service_id)
        if service is None:
            raise NotFound(mark("Layanan tidak ditemukan."))
        for name, value in _service_values(command).items():
            setattr(service, name, value)
        record("service.changed", actor_id=by, subject=f"service:{service.id}", at=utc_now())


def standard_values(standard: Standard) -> dict[str, Any]:
    """The columns of a standard, every text cleaned; an internal component nobody knows is refused."""
    unknown = set(standard.internal) - {str(component) for component in InternalComponent}
    if unknown:
        raise Invalid(mark("Komponen standar tidak dikenal."), field="internal")
    texts = {one.name: clean(getattr(standard, one.name)) for one in fields(standard) if one.name != "internal"}
    return texts | {"internal_standard": {name: clean(text) for name, text in standard.internal.items()}}


def _topic_values(command: TopicDetails) -> dict[str, Any]:
    return {
        "name": required(command.name, field="name"),
        "description": clean(command.description),
        "national_category": required(command.national_category, field="national_category"),
        "position": command.position,
        "is_active": command.is_active,
    }


def _service_values(command: ServiceDetails) -> dict[str, Any]:
    return {
        "code": required(command.code, field="code"),
        "name": required(command.name, field="name"),
        "unit_id": open_unit(command.unit_id),
        "topic_id": known_topic(command.topic_id),
        "summary": clean(command.summary),
        "is_active": command.is_active,
        **standard_values(command.standard),
    }
