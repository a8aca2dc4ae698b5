"""Tell everybody an incident is about, and the agency; letters go by the outbox, nothing sealed is opened here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select, update

from feedback.audit.actions import record
from feedback.rights.models import IncidentRow, IncidentSubject
from feedback.rights.queries.incidents import Subject, affected, ways
from feedback.rights.rules.incidents import Incident, Way, missing_words
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket

BATCH = 500


def look_up(incident: Incident, now: datetime) -> list[Subject]:
    """Whom it is about, noted in the log: this is a list of people. Raises ValueError for numbers of no report."""
    subjects = affected(incident)
    with transaction():
        _note("incident.looked_up", incident, subjects, now)
    return subjects


def notify(incident: Incident, now: datetime, progress: Callable[[int, int], None] = lambda *_: None) -> list[Subject]:
    """Tell everybody once; a run that was killed is simply run again. Raises ValueError for missing or other words."""
    if missing := missing_words(incident):
        raise ValueError(f"not written yet: {', '.join(missing)}")
    subjects = affected(incident)
    incident_id = _kept(incident, subjects, now)
    for start in range(0, len(subjects), BATCH):
        with transaction():
            _tell(incident_id, subjects[start : start + BATCH], now)
        progress(min(start + BATCH, len(subjects)), len(subjects))
    return subjects


def _kept(incident: Incident, subjects: Sequence[Subject], now: datetime) -> int:
    """The row of the incident, made the first time with the letter to the agency."""
    with transaction():
        row = db.session.scalars(select(IncidentRow).where(IncidentRow.code == incident.code)).one_or_none()
        if row is not None:
            if row.words != incident.words:
                raise ValueError(f"{incident.code} was told with other words; give a correction a code of its own")
            return row.id
        row = IncidentRow(
            code=incident.code,
            found_at=incident.found_at,
            due_at=incident.due_at,
            told_at=now,
            words={language: dict(words) for language, words in incident.words.items()},
            agency=incident.agency,
        )
        db.session.add(row)
        db.session.flush()
        _note("incident.notified", incident, subjects, now)
        if incident.agency:
            post("mail.incident_agency", f"incident-agency:{row.id}", {"incident_id": row.id}, at=now)
        return row.id


def _tell(incident_id: int, batch: Sequence[Subject], now: datetime) -> None:
    rows = [
        IncidentSubject(incident_id=incident_id, way=one.way, person_id=one.person_id, ticket_id=one.ticket_id)
        for one in _new(incident_id, batch)
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        if row.way == Way.MAIL:
            post("mail.incident", f"incident:{row.id}", {"subject_id": row.id}, at=now)
    told = [row.ticket_id for row in rows if row.ticket_id is not None]
    db.session.execute(update(Ticket).where(Ticket.id.in_(told)).values(incident_at=now))


def _new(incident_id: int, batch: Sequence[Subject]) -> list[Subject]:
    """Those of a batch that were not told yet."""
    known = select(IncidentSubject.person_id, IncidentSubject.ticket_id).where(
        IncidentSubject.incident_id == incident_id,
        IncidentSubject.person_id.in_([one.person_id for one in batch if one.person_id is not None])
        | IncidentSubject.ticket_id.in_([one.ticket_id for one in batch if one.ticket_id is not None]),
    )
    before = set(db.session.execute(known).tuples())
    return [one for one in batch if (one.person_id, one.ticket_id) not in before]


def note_told(subject_id: int, now: datetime) -> None:
    """One subject was dealt with: also where no address was given, which nothing may tell."""
    with transaction():
        db.session.execute(update(IncidentSubject).where(IncidentSubject.id == subject_id).values(told_at=now))


def _note(deed: str, incident: Incident, subjects: Sequence[Subject], now: datetime) -> None:
    counted = {f"{kind}_{way}": count for (kind, way), count in sorted(ways(subjects).items())}
    record(deed, actor_id=None, subject=f"incident:{incident.code}", at=now, detail=counted)
