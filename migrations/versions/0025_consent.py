"""what owners of typed addresses said"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_consent",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'stopped')", name=op.f("ck_address_consent_state_known")),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_address_consent")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_address_consent_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("address_consent")
