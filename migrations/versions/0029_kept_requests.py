"""a class of retention for the words of requests about data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CLASSES = (
    "ticket.complaint", "ticket.oversight", "ticket.suggestion", "ticket.information_request", "ticket.praise",
    "sealed_identity", "attachment", "pending_upload", "session", "attempt", "outbox_payload", "notice", "data_copy",
    "import_source", "audit",
)  # fmt: skip
NEW_CLASS = "rights_request"


def upgrade() -> None:
    _admit((*CLASSES, NEW_CLASS))


def downgrade() -> None:
    rules = sa.table("retention_rule", sa.column("code"))
    op.execute(rules.delete().where(rules.c.code == NEW_CLASS))
    _admit(CLASSES)


def _admit(classes: tuple[str, ...]) -> None:
    name = op.f("ck_retention_rule_code_known")
    with op.batch_alter_table("retention_rule") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, "code IN (" + ", ".join(f"'{code}'" for code in classes) + ")")
