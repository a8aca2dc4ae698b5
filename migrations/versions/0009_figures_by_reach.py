"""figures are stored for each unit with all under it, and by the role of who answered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "'', 'jenis', 'topik', 'layanan', 'saluran', 'wilayah', 'alur', 'dipegang'"
NOW = "'', 'jenis', 'topik', 'layanan', 'saluran', 'wilayah', 'peran', 'alur', 'dipegang'"


def upgrade() -> None:
    _forget_figures()
    _create_cell(NOW, sa.Column("reach", sa.String(length=10), nullable=False))
    _create_state(
        sa.Column("units_until", sa.Integer(), nullable=False), sa.Column("tree", sa.BigInteger(), nullable=False)
    )


def downgrade() -> None:
    _forget_figures()
    _create_cell(BEFORE, None)
    _create_state()


def _forget_figures() -> None:
    """They are made from the rows: the worker counts them again, and until then the board counts the rows."""
    op.execute("DELETE FROM figure_fact")
    op.drop_table("figure_cell")
    op.drop_table("figure_state")


def _create_cell(dimensions: str, reach: sa.Column | None) -> None:
    known = sa.CheckConstraint("reach IN ('semua', 'langsung')", name=op.f("ck_figure_cell_reach_known"))
    op.create_table(
        "figure_cell",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("span", sa.String(length=11), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        *([] if reach is None else [reach, known]),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("lanes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"dimension IN ({dimensions})", name=op.f("ck_figure_cell_dimension_known")),
        sa.CheckConstraint("basis IN ('masuk', 'dijawab')", name=op.f("ck_figure_cell_basis_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_cell_unit_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_figure_cell")),
    )
    op.create_index("ix_figure_cell_asked", "figure_cell", ["dimension", "basis", "span", "unit_id"])


def _create_state(*more: sa.Column) -> None:
    op.create_table(
        "figure_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wrong_text", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_state_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_state")),
    )
