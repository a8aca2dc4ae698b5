"""audit rows become a chain that only grows"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIRST = "0" * 64
BATCH = 5000

SQLITE = (
    """
    CREATE TRIGGER audit_entry_grows BEFORE INSERT ON audit_entry BEGIN
      SELECT RAISE(ABORT, 'audit_entry grows at its end only')
      WHERE NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM audit_entry)
         OR NEW.previous IS NOT coalesce((SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1), '%s');
    END
    """ % FIRST,
    """
    CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry BEGIN
      SELECT RAISE(ABORT, 'audit_entry is never changed');
    END
    """,
    """
    CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry BEGIN
      SELECT RAISE(ABORT, 'audit_entry is never removed');
    END
    """,
)
POSTGRES = (
    """
    CREATE FUNCTION audit_entry_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
      SELECT id, hash INTO last FROM audit_entry ORDER BY id DESC LIMIT 1;
      IF NEW.id IS DISTINCT FROM coalesce(last.id, 0) + 1 OR NEW.previous IS DISTINCT FROM coalesce(last.hash, '%s') THEN
        RAISE EXCEPTION 'audit_entry grows at its end only' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """ % FIRST,
    """
    CREATE FUNCTION audit_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit_entry is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    "CREATE TRIGGER audit_entry_grows BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_grows()",
    "CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_kept()",
    "CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_kept()",
)
INDEXES = (("at", "id"), ("actor_id", "at", "id"), ("subject", "at", "id"), ("deed", "at", "id"))
OLD = sa.table(
    "audit_entry_old",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("deed", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("actor_id", sa.Integer()),
    sa.column("detail", sa.JSON()),
)


def upgrade() -> None:
    op.drop_index("ix_audit_entry_subject_id", "audit_entry")
    op.rename_table("audit_entry", "audit_entry_old")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_audit_entry RENAME TO pk_audit_entry_old")
    table = op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    _move_rows(table)
    op.drop_table("audit_entry_old")
    for columns in INDEXES:
        op.create_index(op.f(f"ix_audit_entry_{'_'.join(columns)}"), "audit_entry", list(columns))
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def _move_rows(table: sa.Table) -> None:
    """Every row in its old order, with a place and the hashes; words of administrators stay in their own tables."""
    connection, sequence, previous, last = op.get_bind(), 0, FIRST, 0
    while rows := connection.execute(sa.select(OLD).where(OLD.c.id > last).order_by(OLD.c.id).limit(BATCH)).all():
        made = []
        for row in rows:
            sequence += 1
            at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
            detail = {name: value for name, value in row.detail.items() if name not in ("title", "reason", "file")}
            hashed = _hash(sequence, previous, at.astimezone(UTC), row, detail)
            made.append({
                "id": sequence, "at": row.at, "deed": row.deed, "subject": row.subject, "actor_id": row.actor_id,
                "detail": detail, "previous": previous, "hash": hashed,
            })  # fmt: skip
            previous = hashed
        connection.execute(table.insert(), made)
        last = rows[-1].id


def _hash(sequence, previous, at, row, detail) -> str:
    values = [1, sequence, previous, at.isoformat(timespec="microseconds"), row.deed, row.subject, row.actor_id, detail]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in ("grows", "kept", "stays"):
        op.execute(f"DROP TRIGGER audit_entry_{name}" + (" ON audit_entry" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION audit_entry_grows()")
        op.execute("DROP FUNCTION audit_entry_kept()")
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_audit_entry_{'_'.join(columns)}"), "audit_entry")
    op.rename_table("audit_entry", "audit_entry_chained")
    if postgres:
        op.execute("ALTER INDEX pk_audit_entry RENAME TO pk_audit_entry_chained")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.execute("INSERT INTO audit_entry SELECT id, at, deed, subject, actor_id, detail FROM audit_entry_chained")
    if postgres:
        op.execute("SELECT setval('audit_entry_id_seq', coalesce((SELECT max(id) FROM audit_entry), 1))")
    op.drop_table("audit_entry_chained")
    op.create_index("ix_audit_entry_subject_id", "audit_entry", ["subject", "id"])
