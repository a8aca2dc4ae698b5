"""words about files are masked, too; what was written stays beside them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = (("original_alt", sa.String(200)), ("original_name", sa.String(120)))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("attachment", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    # What was written comes back before its place is lost.
    for name, _kind in COLUMNS:
        shown = name.removeprefix("original_")
        op.execute(f"UPDATE attachment SET {shown} = {name} WHERE {name} IS NOT NULL")
        op.drop_column("attachment", name)
