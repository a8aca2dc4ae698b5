"""failures to protect data, and who was told of each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("incident_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("agency", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("code", name=op.f("uq_incident_code")),
    )
    op.create_table(
        "incident_subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way IN ('mail', 'page', 'none')", name=op.f("ck_incident_subject_way_known")),
        sa.CheckConstraint("(person_id IS NULL) <> (ticket_id IS NULL)", name=op.f("ck_incident_subject_one_subject")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_subject_incident_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_incident_subject_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_incident_subject_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_subject")),
        sa.UniqueConstraint("incident_id", "person_id", name=op.f("uq_incident_subject_incident_id_person_id")),
        sa.UniqueConstraint("incident_id", "ticket_id", name=op.f("uq_incident_subject_incident_id_ticket_id")),
    )
    for column in ("person_id", "ticket_id"):
        op.create_index(op.f(f"ix_incident_subject_{column}"), "incident_subject", [column])


def downgrade() -> None:
    op.drop_table("incident_subject")
    op.drop_table("incident")
    op.drop_column("ticket", "incident_at")
