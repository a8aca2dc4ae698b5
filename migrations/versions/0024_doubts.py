"""signs of a machine on a report, and earlier reports with the same words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket") as batch:
        batch.add_column(sa.Column("doubts", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("words_hash", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("twin_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_ticket_twin_id"), "ticket", ["twin_id"], ["id"])
    with op.batch_alter_table("ticket") as batch:
        batch.alter_column("doubts", server_default=None)
    op.create_index("ix_ticket_words", "ticket", ["words_hash", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_words", "ticket")
    with op.batch_alter_table("ticket") as batch:
        batch.drop_constraint(op.f("fk_ticket_twin_id"), type_="foreignkey")
        for name in ("twin_id", "words_hash", "doubts"):
            batch.drop_column(name)
