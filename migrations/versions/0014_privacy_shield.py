"""the public reads masked words, what was written stays beside them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TICKET = (("original_text", sa.Text()), ("original_title", sa.String(160)), ("original_place", sa.String(200)))
EVENT = (("original_text", sa.Text()), ("entrusted", sa.JSON()))


def upgrade() -> None:
    # Plain columns that may be empty: no table is written anew, and every earlier row stays as it is.
    for table, columns in (("ticket", TICKET), ("ticket_event", EVENT)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    # What was written comes back before the place of the masked words is lost.
    for table, columns in (("ticket", TICKET), ("ticket_event", EVENT)):
        for name, _kind in columns:
            if name.startswith("original_"):
                shown = name.removeprefix("original_")
                op.execute(f"UPDATE {table} SET {shown} = {name} WHERE {name} IS NOT NULL")
            op.drop_column(table, name)
