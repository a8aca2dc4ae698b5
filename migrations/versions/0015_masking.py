"""words are masked with a reason or on request, titles change, and the desk counts what was asked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOVES = (
    "submit", "verify_and_assign", "ask_completion", "complete", "assign", "return_to_coordinator", "claim", "start",
    "interim_reply", "hold", "resume", "answer", "confirm", "dispute", "review_answer", "lapse", "reopen", "withdraw",
    "reject", "refer", "join", "unjoin", "hide", "restore", "add_information", "regrade", "escalate", "instruct",
    "make_confidential", "make_anonymous", "set_reported",
)  # fmt: skip
NEW = ("redact", "mask_own", "ask_masking", "decline_masking", "retitle")
ASKED = sa.text("masking_asked_at IS NOT NULL")


def upgrade() -> None:
    _admit_moves((*MOVES, *NEW))
    op.add_column("ticket", sa.Column("masking_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_ticket_masking"), "ticket", ["unit_id", "masking_asked_at"], sqlite_where=ASKED, postgresql_where=ASKED
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_masking"), table_name="ticket")
    op.drop_column("ticket", "masking_asked_at")
    listed = ", ".join(f"'{move}'" for move in NEW)
    # The earlier table knows no such moves; the masked words stay masked.
    op.execute(f"DELETE FROM ticket_event WHERE move IN ({listed})")
    _admit_moves(MOVES)


def _admit_moves(moves: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{move}'" for move in moves)
    with op.batch_alter_table("ticket_event") as batch:
        batch.drop_constraint(op.f("ck_ticket_event_move_known"), type_="check")
        batch.create_check_constraint(op.f("ck_ticket_event_move_known"), f"move IN ({listed})")
