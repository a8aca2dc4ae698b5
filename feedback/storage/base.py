"""What every table is made of: the declarative base, the naming convention and our column types."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, MetaData, String
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant: only aware values go in, UTC comes out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a naive instant: nobody can say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Aware UTC, whatever the driver returned."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def Code(length: int = 255) -> String:  # noqa: N802  (used like a column type)
    """Dotted codes and paths, compared byte by byte so that a prefix is a range on every database."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Models inherit this, not ``db.Model``: the same metadata, typed keyword constructors."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {datetime: UTCDateTime(), dict[str, Any]: JSON, list[Any]: JSON}


def one_of(column: str, words: type[StrEnum], *, optional: bool = False) -> CheckConstraint:
    """A check constraint that admits exactly the values of an enum, so code and database cannot drift apart."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    text = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {text}" if optional else text, name=f"{column}_known")
