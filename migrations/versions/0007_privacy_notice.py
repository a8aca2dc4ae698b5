"""reports and accounts keep the version of the privacy notice they were made under"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("ticket", "person"):
        op.add_column(table, sa.Column("privacy_notice", sa.String(length=10), nullable=True))


def downgrade() -> None:
    for table in ("ticket", "person"):
        op.drop_column(table, "privacy_notice")
