"""photos and documents attached to reports, pending ones of forms, and what was received in a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("owner_hash", sa.String(length=64), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("scan", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('image', 'pdf')", name=op.f("ck_attachment_kind_known")),
        sa.CheckConstraint("phase IN ('', 'before', 'after')", name=op.f("ck_attachment_phase_known")),
        sa.CheckConstraint("scan IN ('ready', 'waiting', 'infected')", name=op.f("ck_attachment_scan_known")),
        sa.CheckConstraint("(ticket_id IS NULL) = (event_id IS NULL)", name=op.f("ck_attachment_bound_whole")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id")),
        sa.ForeignKeyConstraint(["event_id"], ["ticket_event.id"], name=op.f("fk_attachment_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("token", name=op.f("uq_attachment_token")),
        sa.UniqueConstraint("owner_hash", "source_hash", name=op.f("uq_attachment_owner_hash_source_hash")),
    )
    op.create_index("ix_attachment_ticket", "attachment", ["ticket_id", "id"])
    op.create_index("ix_attachment_pending", "attachment", ["ticket_id", "created_at"])
    op.create_table(
        "attachment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("deed IN ('hide', 'restore')", name=op.f("ck_attachment_event_deed_known")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_event_attachment_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_event_ticket_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_attachment_event_actor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_attachment_event_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_event")),
    )
    op.create_index(op.f("ix_attachment_event_ticket_id_id"), "attachment_event", ["ticket_id", "id"])
    op.create_table(
        "upload_count",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_upload_count")),
    )
    op.create_index(op.f("ix_upload_count_day"), "upload_count", ["day"])


def downgrade() -> None:
    for table in ("upload_count", "attachment_event", "attachment"):
        op.drop_table(table)
