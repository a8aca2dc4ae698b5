"""figures are rolled up, reports are kept as snapshots"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DIMENSIONS = "'', 'jenis', 'topik', 'layanan', 'saluran', 'wilayah', 'alur', 'dipegang'"


def upgrade() -> None:
    op.create_table(
        "figure_fact",
        sa.Column("cycle_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("delicate", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["ticket_cycle.id"], name=op.f("fk_figure_fact_cycle_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_figure_fact_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_fact_unit_id")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_figure_fact")),
    )
    op.create_index(op.f("ix_figure_fact_ticket_id"), "figure_fact", ["ticket_id"])
    op.create_index(op.f("ix_figure_fact_delicate_ticket_id"), "figure_fact", ["delicate", "ticket_id"])
    op.create_table(
        "figure_cell",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("span", sa.String(length=11), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("lanes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"dimension IN ({DIMENSIONS})", name=op.f("ck_figure_cell_dimension_known")),
        sa.CheckConstraint("basis IN ('masuk', 'dijawab')", name=op.f("ck_figure_cell_basis_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_cell_unit_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_figure_cell")),
    )
    op.create_index("ix_figure_cell_asked", "figure_cell", ["dimension", "basis", "span", "unit_id"])
    op.create_table(
        "figure_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wrong_text", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_state_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_state")),
    )
    op.create_table(
        "figure_snapshot",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_snapshot_unit_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_figure_snapshot_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_snapshot")),
    )
    op.create_index(op.f("ix_figure_snapshot_unit_id_first"), "figure_snapshot", ["unit_id", "first"])


def downgrade() -> None:
    for table in ("figure_snapshot", "figure_state", "figure_cell", "figure_fact"):
        op.drop_table(table)
