"""what an owner of an address said outlives the key it is kept under"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("address_consent") as table:
        table.add_column(sa.Column("carried_to", sa.String(length=64), nullable=True))
        table.create_index(op.f("ix_address_consent_carried_to"), ["carried_to"])


def downgrade() -> None:
    with op.batch_alter_table("address_consent") as table:
        table.drop_index(op.f("ix_address_consent_carried_to"))
        table.drop_column("carried_to")
