"""The copy of somebody's data: a zip of JSON, made by the worker, thrown away after seven days."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.rights.models import DataCopy, RightsRequest
from feedback.rights.queries.content import content_of, files_for
from feedback.rights.rules import COPY_LASTS, RequestState, RightsKind
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction


def make_copy(request_id: int) -> None:
    """Make the zip of a request and tell its maker; doing it again changes nothing."""
    row = db.session.get(RightsRequest, request_id)
    if row is None or row.kind != RightsKind.COPY or row.state != RequestState.OPEN:
        return
    packed = _pack(content_of(row.person_id, row.ticket_id), files_for(row.person_id, row.ticket_id))
    now = utc_now()
    with transaction():
        row = db.session.get_one(RightsRequest, request_id, with_for_update=True)
        if row.state != RequestState.OPEN:
            return
        db.session.add(DataCopy(request_id=request_id, content=packed, until=now + COPY_LASTS))
        row.state, row.done_at = RequestState.DONE, now
        record("rights.done", actor_id=None, subject=f"rights_request:{request_id}", at=now, detail={"kind": row.kind})
        post("mail.rights", f"rights-done:{request_id}", {"request_id": request_id}, at=now)


def _pack(content: dict[str, object], files: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=2, default=_written))
        for name, data in files:
            packed.writestr(name, data)
    return out.getvalue()


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def throw_copies_away(now: datetime) -> int:
    """Copies past their seven days; returns how many."""
    with transaction():
        gone = delete(DataCopy).where(DataCopy.until <= now).returning(DataCopy.request_id)
        return len(db.session.execute(gone).all())
