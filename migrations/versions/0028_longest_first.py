"""rounds by how long they took, for the lists of what took longest"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = ("resolution_minutes", "first_response_minutes")


def upgrade() -> None:
    for column in COLUMNS:
        op.create_index(op.f(f"ix_ticket_cycle_{column}_id"), "ticket_cycle", [column, "id"])


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(op.f(f"ix_ticket_cycle_{column}_id"), "ticket_cycle")
