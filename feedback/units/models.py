"""Tables of the unit tree and of the regions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base, Code, one_of
from feedback.units.rules import RegionLevel, UnitKind, Zone


class Region(Base):
    """A province, city, district or village under its Kemendagri code."""

    __tablename__ = "region"
    __table_args__ = (one_of("level", RegionLevel), Index(None, "parent_code", "name"))

    code: Mapped[str] = mapped_column(Code(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str | None] = mapped_column(Code(20), ForeignKey("region.code"), default=None)


class Unit(Base):
    """One unit of the tree. `path` holds the ids from the root, "1.5.9.", so a subtree is a range of paths."""

    __tablename__ = "unit"
    __table_args__ = (
        one_of("kind", UnitKind),
        one_of("zone", Zone),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(Code(), unique=True)
    zone: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True, default=None)
    calendar_key: Mapped[str | None] = mapped_column(String(80), default=None)
    region_code: Mapped[str | None] = mapped_column(Code(20), ForeignKey("region.code"), index=True, default=None)
    show_officer_names: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str | None] = mapped_column(Text, default=None)
    phone: Mapped[str | None] = mapped_column(String(40), default=None)
    email: Mapped[str | None] = mapped_column(String(254), default=None)
    website: Mapped[str | None] = mapped_column(String(300), default=None)
    about: Mapped[str] = mapped_column(Text, default="")
    valid_to: Mapped[date | None] = mapped_column(default=None)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True, default=None)
    is_example: Mapped[bool] = mapped_column(default=False)
