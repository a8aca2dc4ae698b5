"""supervisors get a unit's report each month"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

REASONS = "'own_wish', 'role_over', 'by_administrator'"


def upgrade() -> None:
    op.create_table(
        "report_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            f"ended_why IS NULL OR ended_why IN ({REASONS})", name=op.f("ck_report_subscription_ended_why_known")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_report_subscription_ended_whole")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_subscription_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_subscription_unit_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["figure_snapshot.id"], name=op.f("fk_report_subscription_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscription")),
        sa.UniqueConstraint("person_id", "unit_id", name=op.f("uq_report_subscription_person_id_unit_id")),
    )
    op.create_index(op.f("ix_report_subscription_last_month"), "report_subscription", ["last_month"])


def downgrade() -> None:
    op.drop_table("report_subscription")
