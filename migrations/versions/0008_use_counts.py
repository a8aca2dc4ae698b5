"""how often something was done within ten minutes, under keys that change every day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "use_count",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_use_count")),
    )
    op.create_index(op.f("ix_use_count_until"), "use_count", ["until"])


def downgrade() -> None:
    op.drop_table("use_count")
