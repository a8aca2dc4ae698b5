"""Tables of topics, services with their standards, outside bodies and routing rules."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base, Code


class Topic(Base):
    """What a report is about, in citizens' words; `national_category` is its place in the LAPOR! list."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    national_category: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class Service(Base):
    """A service of one unit with its published standard (UU 25/2009 Art 21: fourteen components).

    Six are shown to everybody and the legal basis beside them; `internal_standard` holds the other seven by the keys of
    `InternalComponent`.
    """

    __tablename__ = "service"
    __table_args__ = (Index(None, "unit_id", "name"), Index(None, "topic_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), default=None)
    summary: Mapped[str] = mapped_column(Text, default="")
    requirements: Mapped[str] = mapped_column(Text, default="")
    procedure: Mapped[str] = mapped_column(Text, default="")
    time_text: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    product: Mapped[str] = mapped_column(Text, default="")
    complaint_handling: Mapped[str] = mapped_column(Text, default="")
    legal_basis: Mapped[str] = mapped_column(Text, default="")
    internal_standard: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_example: Mapped[bool] = mapped_column(default=False)


class Authority(Base):
    """A body outside the regional government, and how a citizen reaches it."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(300), default=None)
    phone: Mapped[str | None] = mapped_column(String(40), default=None)
    is_active: Mapped[bool] = mapped_column(default=True)


class RoutingRule(Base):
    """Who handles a topic or a service in a region and everything inside it; lower `rank` wins within one region."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (authority_id IS NULL)", name="one_target"),
        CheckConstraint("topic_id IS NOT NULL OR service_id IS NOT NULL", name="some_subject"),
        Index(None, "topic_id", "region_code"),
        Index(None, "service_id", "region_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    region_code: Mapped[str] = mapped_column(Code(20), ForeignKey("region.code"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), default=None)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), default=None)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True, default=None)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), index=True, default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    rank: Mapped[int] = mapped_column(default=1)
