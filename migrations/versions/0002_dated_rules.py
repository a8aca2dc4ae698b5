"""calendars and policies are drafted, approved and published; a complaint's grade can change"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATUSES = "'draft', 'approved', 'published', 'rolled_back'"
VERSIONED = ("calendar_version", "policy_version")
# Both databases read these: a table that clocks point at must not be rebuilt, so the columns are added in place.
COLUMNS = (
    "ALTER TABLE {0} ADD COLUMN status VARCHAR(20) DEFAULT 'published' NOT NULL"
    f" CONSTRAINT ck_{{0}}_status_known CHECK (status IN ({STATUSES}))",
    "ALTER TABLE {0} ADD COLUMN change_id INTEGER CONSTRAINT fk_{0}_change_id REFERENCES timing_change (id)",
    "ALTER TABLE {0} ADD COLUMN based_on_id INTEGER CONSTRAINT fk_{0}_based_on_id REFERENCES {0} (id)",
    "CREATE INDEX ix_{0}_change_id ON {0} (change_id)",
)
MOVES = (
    "submit", "verify_and_assign", "ask_completion", "complete", "assign", "return_to_coordinator", "claim", "start",
    "interim_reply", "hold", "resume", "answer", "confirm", "dispute", "review_answer", "lapse", "reopen", "withdraw",
    "reject", "refer", "join", "unjoin", "hide", "restore", "add_information",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "timing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restores_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.CheckConstraint("subject IN ('calendar', 'policy')", name=op.f("ck_timing_change_subject_known")),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_timing_change_status_known")),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> made_by_id", name=op.f("ck_timing_change_second_person")
        ),
        sa.CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)", name=op.f("ck_timing_change_approved_whole")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_timing_change_made_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_timing_change_approved_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_timing_change_published_by_id")),
        sa.ForeignKeyConstraint(["restores_id"], ["timing_change.id"], name=op.f("fk_timing_change_restores_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timing_change")),
    )
    op.create_index(op.f("ix_timing_change_status"), "timing_change", ["status"])
    for table in VERSIONED:
        for statement in COLUMNS:
            op.execute(statement.format(table))
    _admit_moves((*MOVES, "regrade"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        raise NotImplementedError("SQLite cannot drop columns that carry constraints: restore the backup instead.")
    _admit_moves(MOVES)
    for table in VERSIONED:
        op.drop_index(f"ix_{table}_change_id", table)
        for column in ("based_on_id", "change_id", "status"):
            op.drop_column(table, column)
    op.drop_table("timing_change")


def _admit_moves(moves: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{move}'" for move in moves)
    with op.batch_alter_table("ticket_event") as batch:
        batch.drop_constraint(op.f("ck_ticket_event_move_known"), type_="check")
        batch.create_check_constraint(op.f("ck_ticket_event_move_known"), f"move IN ({listed})")
