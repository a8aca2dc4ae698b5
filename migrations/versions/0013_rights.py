"""requests of persons about their data, retention rules and legal holds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CLASSES = (
    "ticket.complaint", "ticket.oversight", "ticket.suggestion", "ticket.information_request", "ticket.praise",
    "sealed_identity", "attachment", "pending_upload", "session", "attempt", "outbox_payload", "notice", "data_copy",
    "import_source", "audit",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("words_destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("erase_words", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('copy', 'correction', 'restriction', 'deletion')", name=op.f("ck_rights_request_kind_known")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name=op.f("ck_rights_request_state_known")),
        sa.CheckConstraint("(person_id IS NULL) <> (ticket_id IS NULL)", name=op.f("ck_rights_request_one_subject")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rights_request_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rights_request_ticket_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_rights_request_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    for columns in (["state", "due_at", "id"], ["person_id", "id"], ["ticket_id", "id"]):
        op.create_index(op.f(f"ix_rights_request_{'_'.join(columns)}"), "rights_request", columns)
    op.create_table(
        "data_copy",
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_data_copy_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_data_copy")),
    )
    op.create_index(op.f("ix_data_copy_until"), "data_copy", ["until"])
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(length=1), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "code IN (" + ", ".join(f"'{code}'" for code in CLASSES) + ")", name=op.f("ck_retention_rule_code_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_retention_rule_code_valid_from")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_legal_hold_ticket_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_legal_hold_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_ticket_id_ended_at"), "legal_hold", ["ticket_id", "ended_at"])


def downgrade() -> None:
    for table in ("legal_hold", "retention_rule", "data_copy", "rights_request"):
        op.drop_table(table)
    op.drop_column("ticket", "words_destroyed_at")
    op.drop_column("person", "erased_at")
