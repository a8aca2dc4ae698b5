"""who reported is opened by two people from outside, for a stated reason, once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PEOPLE = ("requested_by_id", "first_id", "second_id", "refused_by_id")
UNITS = ("requested_unit_id", "first_unit_id", "second_unit_id")
CHECKS = {
    "two_people": "first_id <> requested_by_id AND second_id <> requested_by_id AND second_id <> first_id",
    "first_whole": "(first_id IS NULL) = (first_at IS NULL) AND (first_id IS NULL) = (first_unit_id IS NULL)",
    "second_whole": "(second_id IS NULL) = (second_at IS NULL) AND (second_id IS NULL) = (second_unit_id IS NULL)",
    "first_before_second": "second_id IS NULL OR first_id IS NOT NULL",
    "refused_whole": "(refused_by_id IS NULL) = (refused_at IS NULL)",
    "released_when_agreed": "released_at IS NULL OR (second_at IS NOT NULL AND refused_at IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "seal_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("case_number", sa.String(length=120), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_unit_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("first_unit_id", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_unit_id", sa.Integer(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_seal_opening_{name}")) for name, text in CHECKS.items()),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_seal_opening_ticket_id")),
        *(sa.ForeignKeyConstraint([one], ["person.id"], name=op.f(f"fk_seal_opening_{one}")) for one in PEOPLE),
        *(sa.ForeignKeyConstraint([one], ["unit.id"], name=op.f(f"fk_seal_opening_{one}")) for one in UNITS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_opening")),
    )
    op.create_index(op.f("ix_seal_opening_ticket_id_id"), "seal_opening", ["ticket_id", "id"])


def downgrade() -> None:
    """What was asked and agreed is lost; the audit log keeps that it was."""
    op.drop_table("seal_opening")
