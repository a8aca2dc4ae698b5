"""reports are walled off from whom they are about, identities are sealed apart from addresses"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOVES = (
    "submit", "verify_and_assign", "ask_completion", "complete", "assign", "return_to_coordinator", "claim", "start",
    "interim_reply", "hold", "resume", "answer", "confirm", "dispute", "review_answer", "lapse", "reopen", "withdraw",
    "reject", "refer", "join", "unjoin", "hide", "restore", "add_information", "regrade", "escalate", "instruct",
)  # fmt: skip
NEW_MOVES = ("make_confidential", "make_anonymous", "set_reported")
QUEUE = ["unit_id", "is_open", "due_at", "id", "state", "officer_id", "returned_at", "confidential",
         "reported_person_id", "reporter_id"]  # fmt: skip
WALLED = "reported_unit_id IS NOT NULL AND (about_head OR anonymous OR confidential OR coalesce(grade, '') = 'oversight')"


def upgrade() -> None:
    _admit_moves((*MOVES, *NEW_MOVES))
    with op.batch_alter_table("ticket") as batch:
        batch.drop_index("ix_ticket_queue")
        batch.add_column(sa.Column("reported_unit_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("about_head", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("walled_unit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_ticket_reported_unit_id"), "unit", ["reported_unit_id"], ["id"])
        batch.create_foreign_key(op.f("fk_ticket_walled_unit_id"), "unit", ["walled_unit_id"], ["id"])
        batch.drop_constraint(op.f("ck_ticket_sealed_has_no_account"), type_="check")
        batch.create_check_constraint(
            op.f("ck_ticket_anonymous_has_no_name"), "NOT anonymous OR (reporter_id IS NULL AND reporter_name IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_ticket_wall_whole"),
            f"coalesce(walled_unit_id, 0) = CASE WHEN {WALLED} THEN reported_unit_id ELSE 0 END",
        )
    with op.batch_alter_table("ticket") as batch:
        batch.alter_column("about_head", server_default=None)
    op.create_index("ix_ticket_queue", "ticket", [*QUEUE, "walled_unit_id"])
    _seals()


def _seals() -> None:
    """What was sealed stays as it is, all of it to the worker's key, until `flask vault reseal` parts it."""
    op.execute("CREATE TABLE seal_before AS SELECT ticket_id, sealed, key_id FROM sealed_identity")
    op.drop_table("sealed_identity")
    op.create_table(
        "sealed_identity",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("part IN ('identity', 'contact', 'together')", name=op.f("ck_sealed_identity_part_known")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sealed_identity_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "part", name=op.f("pk_sealed_identity")),
    )
    op.create_index(op.f("ix_sealed_identity_part_key_id"), "sealed_identity", ["part", "key_id"])
    op.execute(
        "INSERT INTO sealed_identity (ticket_id, part, sealed, key_id)"
        " SELECT ticket_id, 'together', sealed, key_id FROM seal_before"
    )
    op.drop_table("seal_before")


def downgrade() -> None:
    """The version before cannot read what was sealed apart: it is lost, and so is what walls said."""
    op.execute("CREATE TABLE seal_before AS SELECT ticket_id, sealed, key_id FROM sealed_identity WHERE part = 'together'")
    op.drop_table("sealed_identity")
    op.create_table(
        "sealed_identity",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sealed_identity_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_sealed_identity")),
    )
    op.execute(
        "INSERT INTO sealed_identity (ticket_id, sealed, key_id, created_at)"
        " SELECT seal_before.ticket_id, sealed, key_id, created_at FROM seal_before JOIN ticket ON ticket.id = ticket_id"
    )
    op.drop_table("seal_before")
    op.execute("UPDATE ticket SET reporter_id = NULL WHERE confidential")
    with op.batch_alter_table("ticket") as batch:
        batch.drop_index("ix_ticket_queue")
        batch.drop_constraint(op.f("ck_ticket_wall_whole"), type_="check")
        batch.drop_constraint(op.f("ck_ticket_anonymous_has_no_name"), type_="check")
        batch.drop_constraint(op.f("fk_ticket_reported_unit_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_ticket_walled_unit_id"), type_="foreignkey")
        for column in ("walled_unit_id", "about_head", "reported_unit_id"):
            batch.drop_column(column)
        batch.create_check_constraint(
            op.f("ck_ticket_sealed_has_no_account"), "reporter_id IS NULL OR (NOT anonymous AND NOT confidential)"
        )
    op.create_index("ix_ticket_queue", "ticket", QUEUE)
    _admit_moves(MOVES)


def _admit_moves(moves: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{move}'" for move in moves)
    with op.batch_alter_table("ticket_event") as batch:
        batch.drop_constraint(op.f("ck_ticket_event_move_known"), type_="check")
        batch.create_check_constraint(op.f("ck_ticket_event_move_known"), f"move IN ({listed})")
