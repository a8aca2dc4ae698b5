"""Tables of the roll-ups: what each settled round adds, the cells it is added to, and how far they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.insight.rules.facts import Basis, Dimension
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.subscriptions import Ended
from feedback.storage.base import Base, one_of


class FigureFact(Base):
    """What one settled round was counted as, so that exactly this is taken out when its report changes."""

    __tablename__ = "figure_fact"
    __table_args__ = (Index(None, "ticket_id"), Index(None, "delicate", "ticket_id"))

    cycle_id: Mapped[int] = mapped_column(ForeignKey("ticket_cycle.id"), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    confidential: Mapped[bool]
    delicate: Mapped[bool]
    received_on: Mapped[date]
    amounts: Mapped[list[Any]]
    parts: Mapped[list[Any]]
    answered_on: Mapped[date | None] = mapped_column(default=None)


class FigureCell(Base):
    """The figures of a unit for a day, week or month, whole or of one value of a dimension (`rules.facts`).

    `reach`: of the unit by itself or with all under it, so that a board reads a row for each of its lines.
    """

    __tablename__ = "figure_cell"
    __table_args__ = (
        one_of("dimension", Dimension),
        one_of("basis", Basis),
        one_of("reach", Reach),
        Index("ix_figure_cell_asked", "dimension", "basis", "span", "unit_id"),
    )

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(20))
    span: Mapped[str] = mapped_column(String(11))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reach: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(80))
    confidential: Mapped[bool]
    lanes: Mapped[bytes] = mapped_column(LargeBinary)


class FigureState(Base):
    """The one row that says how far the cells are; without it nothing is read from them.

    `last_event_id`: the newest event that is in them. `tree` stands for where the units up to `units_until` hang: when
    one was moved, the cells above it are not read any more. `wrong` is what the last check found.
    """

    __tablename__ = "figure_state"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    layout: Mapped[int]
    last_event_id: Mapped[int]
    built_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    units_until: Mapped[int]
    tree: Mapped[int] = mapped_column(BigInteger)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_text: Mapped[str] = mapped_column(Text, default="")


class FigureSnapshot(Base):
    """A report as it was sent, under an id by which the same figures come out again.

    `content` holds the definition and every figure, not any row of a report.
    """

    __tablename__ = "figure_snapshot"
    __table_args__ = (Index(None, "unit_id", "first"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first: Mapped[date]
    last: Mapped[date]
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)


class ReportSubscription(Base):
    """Somebody who gets a unit's report each month, as long as they watch over it.

    `last_month`: the first date of the newest month that was ordered; `snapshot_id`: its figures, once they were made.
    """

    __tablename__ = "report_subscription"
    __table_args__ = (
        one_of("ended_why", Ended, optional=True),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended_whole"),
        UniqueConstraint("person_id", "unit_id"),
        Index(None, "last_month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime]
    last_month: Mapped[date]
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("figure_snapshot.id"), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_why: Mapped[str | None] = mapped_column(String(20), default=None)
