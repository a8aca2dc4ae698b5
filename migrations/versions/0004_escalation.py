"""late tickets are escalated, absent people have deputies, officers and supervisors get digests"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOVES = (
    "submit", "verify_and_assign", "ask_completion", "complete", "assign", "return_to_coordinator", "claim", "start",
    "interim_reply", "hold", "resume", "answer", "confirm", "dispute", "review_answer", "lapse", "reopen", "withdraw",
    "reject", "refer", "join", "unjoin", "hide", "restore", "add_information", "regrade",
)  # fmt: skip
AUDIENCES = "'officer', 'unit_head', 'supervisor', 'agency_head', 'inspectorate'"


def upgrade() -> None:
    # First: SQLite rebuilds the table, which it could not once others point at it.
    _admit_moves((*MOVES, "escalate", "instruct"))
    _people()
    _ladder()
    _told()


def _people() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_deputy_valid_order")),
        sa.CheckConstraint("deputy_id IS NULL OR deputy_id <> absent_id", name=op.f("ck_deputy_somebody_else")),
        sa.ForeignKeyConstraint(["absent_id"], ["person.id"], name=op.f("fk_deputy_absent_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_deputy_deputy_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_deputy_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index(op.f("ix_deputy_absent_id_valid_to"), "deputy", ["absent_id", "valid_to"])
    op.create_index(op.f("ix_deputy_deputy_id_valid_to"), "deputy", ["deputy_id", "valid_to"])
    op.create_table(
        "mail_preference",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("daily_digest", sa.Boolean(), nullable=False),
        sa.Column("weekly_digest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_preference")),
    )


def _ladder() -> None:
    op.create_table(
        "ladder_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(f"audience IN ({AUDIENCES})", name=op.f("ck_ladder_level_audience_known")),
        sa.CheckConstraint("number >= 1 AND percent >= 1", name=op.f("ck_ladder_level_positive")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_ladder_level_valid_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_level")),
        sa.UniqueConstraint("number", "audience", "valid_from", name=op.f("uq_ladder_level_number_audience_valid_from")),
    )
    op.create_table(
        "escalation_watch",
        sa.Column("clock_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_escalation_watch_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_escalation_watch")),
    )
    op.create_index(op.f("ix_escalation_watch_look_at"), "escalation_watch", ["look_at"])


def _told() -> None:
    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_escalation_clock_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_escalation_person_id")),
        sa.ForeignKeyConstraint(["event_id"], ["ticket_event.id"], name=op.f("fk_escalation_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("clock_id", "level", "person_id", name=op.f("uq_escalation_clock_id_level_person_id")),
    )
    op.create_index(op.f("ix_escalation_event_id"), "escalation", ["event_id"])
    op.create_table(
        "digest_round",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('day', 'week')", name=op.f("ck_digest_round_kind_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_digest_round_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind", "day", name=op.f("pk_digest_round")),
    )


def downgrade() -> None:
    for table in ("digest_round", "escalation", "escalation_watch", "ladder_level", "mail_preference", "deputy"):
        op.drop_table(table)
    _admit_moves(MOVES)


def _admit_moves(moves: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{move}'" for move in moves)
    with op.batch_alter_table("ticket_event") as batch:
        batch.drop_constraint(op.f("ck_ticket_event_move_known"), type_="check")
        batch.create_check_constraint(op.f("ck_ticket_event_move_known"), f"move IN ({listed})")
