"""Create and change outside bodies and routing rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedback.audit.actions import record
from feedback.catalogue.actions.checks import free_slug, known_topic, open_unit, required, web_address
from feedback.catalogue.models import Authority, RoutingRule, Service
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import clean, mark
from feedback.storage.session import db, transaction
from feedback.units.models import Region

_LOWEST_RANK = 1
_HIGHEST_RANK = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityDetails:
    """What may be said of an outside body at any time; `channel` tells a citizen how to reach it."""

    name: str
    channel: str
    url: str | None = None
    phone: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAuthority(AuthorityDetails):
    """A new outside body."""

    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAuthority(AuthorityDetails):
    """New details of an outside body: every field is set."""

    authority_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDetails:
    """A routing rule: a topic or a service, in a region, goes to exactly one unit or outside body."""

    region_code: str
    topic_id: int | None = None
    service_id: int | None = None
    unit_id: int | None = None
    authority_id: int | None = None
    note: str = ""
    rank: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule(RuleDetails):
    """New content of a rule: every field is set."""

    rule_id: int


def create_authority(command: CreateAuthority, *, by: int | None = None) -> int:
    """Create an outside body and return its id."""
    with transaction():
        authority = Authority(slug=free_slug(command.slug, Authority), **_authority_values(command))
        db.session.add(authority)
        db.session.flush()
        record("authority.created", actor_id=by, subject=f"authority:{authority.id}", at=utc_now())
        return authority.id


def change_authority(command: ChangeAuthority, *, by: int | None = None) -> None:
    """Replace the details of an outside body."""
    with transaction():
        authority = db.session.get(Authority, command.authority_id)
        if authority is None:
            raise NotFound(mark("Lembaga tidak ditemukan."))
        for name, value in _authority_values(command).items():
            setattr(authority, name, value)
        record("authority.changed", actor_id=by, subject=f"authority:{authority.id}", at=utc_now())


def create_rule(command: RuleDetails, *, by: int | None = None) -> int:
    """Create a routing rule and return its id."""
    with transaction():
        rule = RoutingRule(**_rule_values(command))
        db.session.add(rule)
        db.session.flush()
        record("rule.created", actor_id=by, subject=f"rule:{rule.id}", at=utc_now())
        return rule.id


def change_rule(command: ChangeRule, *, by: int | None = None) -> None:
    """Replace the content of a routing rule."""
    with transaction():
        rule = _rule(command.rule_id)
        for name, value in _rule_values(command).items():
            setattr(rule, name, value)
        record("rule.changed", actor_id=by, subject=f"rule:{rule.id}", at=utc_now())


def remove_rule(rule_id: int, *, by: int | None = None) -> None:
    """Remove a routing rule; reports routed by it keep the unit they have."""
    with transaction():
        db.session.delete(_rule(rule_id))
        record("rule.removed", actor_id=by, subject=f"rule:{rule_id}", at=utc_now())


def _rule(rule_id: int) -> RoutingRule:
    rule = db.session.get(RoutingRule, rule_id)
    if rule is None:
        raise NotFound(mark("Aturan tidak ditemukan."))
    return rule


def _authority_values(command: AuthorityDetails) -> dict[str, Any]:
    channel = clean(command.channel)
    if not channel:
        raise Invalid(mark("Tuliskan cara warga menghubungi lembaga ini."), field="channel")
    return {
        "name": required(command.name, field="name"),
        "channel": channel,
        "url": web_address(command.url),
        "phone": clean(command.phone or "", lines=False) or None,
        "is_active": command.is_active,
    }


def _rule_values(command: RuleDetails) -> dict[str, Any]:
    _check_shape(command)
    if db.session.get(Region, command.region_code) is None:
        raise Invalid(mark("Kode wilayah tidak dikenal."), field="region_code")
    if command.service_id is not None and db.session.get(Service, command.service_id) is None:
        raise Invalid(mark("Layanan tidak ditemukan."), field="service_id")
    if command.authority_id is not None and db.session.get(Authority, command.authority_id) is None:
        raise Invalid(mark("Lembaga tidak ditemukan."), field="authority_id")
    return {
        "region_code": command.region_code,
        "topic_id": known_topic(command.topic_id),
        "service_id": command.service_id,
        "unit_id": None if command.unit_id is None else open_unit(command.unit_id),
        "authority_id": command.authority_id,
        "note": clean(command.note, lines=False),
        "rank": command.rank,
    }


def _check_shape(command: RuleDetails) -> None:
    if (command.topic_id is None) == (command.service_id is None):
        raise Invalid(mark("Pilih satu: topik atau layanan."), field="topic_id")
    if (command.unit_id is None) == (command.authority_id is None):
        raise Invalid(mark("Pilih satu: unit atau lembaga di luar pemerintah daerah."), field="unit_id")
    if not _LOWEST_RANK <= command.rank <= _HIGHEST_RANK:
        raise Invalid(mark("Urutan antara 1 dan 99."), field="rank")
