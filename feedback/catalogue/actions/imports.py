"""A whole catalogue at once, in a handful of statements; rows that refer to each other do so by slug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select

from feedback.audit.actions import record
from feedback.catalogue.actions.services import Standard, standard_values
from feedback.catalogue.models import Authority, RoutingRule, Service, Topic
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction
from feedback.units.actions.imports import ONE_BATCH
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDraft:
    """A topic to add; its place in the list is its place in the drafts."""

    slug: str
    name: str
    description: str
    national_category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityDraft:
    """An outside body to add."""

    slug: str
    name: str
    channel: str
    url: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDraft:
    """A service to add; unit and topic by slug."""

    slug: str
    code: str
    name: str
    unit: str
    topic: str | None
    summary: str
    standard: Standard
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A routing rule to add; everything but the region by slug."""

    region_code: str
    topic: str | None
    service: str | None
    unit: str | None
    authority: str | None
    note: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDrafts:
    """Everything that is added together."""

    topics: Sequence[TopicDraft]
    authorities: Sequence[AuthorityDraft]
    services: Sequence[ServiceDraft]
    rules: Sequence[RuleDraft]


def import_catalogue(drafts: CatalogueDrafts, *, by: int | None = None) -> None:
    """Add topics, outside bodies, services and rules; an unknown slug refuses all of it."""
    with transaction():
        units = dict(db.session.execute(select(Unit.slug, Unit.id)).tuples().all())
        topic_values = [asdict(draft) | {"position": place} for place, draft in enumerate(drafts.topics, start=1)]
        topics = _add(Topic, topic_values)
        authorities = _add(Authority, [asdict(draft) for draft in drafts.authorities])
        services = _add(Service, [_service_values(draft, units, topics) for draft in drafts.services])
        rules = [
            {
                "region_code": draft.region_code,
                "topic_id": _id(draft.topic, topics),
                "service_id": _id(draft.service, services),
                "unit_id": _id(draft.unit, units),
                "authority_id": _id(draft.authority, authorities),
                "note": draft.note,
                "rank": draft.rank,
            }
            for draft in drafts.rules
        ]
        if rules:
            db.session.execute(insert(RoutingRule).execution_options(**ONE_BATCH), rules)
        counts = {"topics": len(topic_values), "services": len(drafts.services), "rules": len(rules)}
        record("catalogue.imported", actor_id=by, subject="catalogue", at=utc_now(), detail=counts)


def _add(table: type[Topic | Authority | Service], values: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Insert rows and return the ids of every row of the table by slug."""
    if values:
        db.session.execute(insert(table).execution_options(**ONE_BATCH), list(values))
    return dict(db.session.execute(select(table.slug, table.id)).tuples().all())


def _service_values(draft: ServiceDraft, units: Mapping[str, int], topics: Mapping[str, int]) -> dict[str, Any]:
    return {
        "slug": draft.slug,
        "code": draft.code,
        "name": draft.name,
        "unit_id": _id(draft.unit, units),
        "topic_id": _id(draft.topic, topics),
        "summary": draft.summary,
        "is_example": draft.is_example,
        **standard_values(draft.standard),
    }


def _id(slug: str | None, ids: Mapping[str, int]) -> int | None:
    if slug is None:
        return None
    if slug not in ids:
        raise Invalid(mark("Tidak dikenal: %(slug)s"), values={"slug": slug})
    return ids[slug]
