"""Drafts of calendars and policies are approved by another person, published, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, select, update

from feedback.clocks import models
from feedback.clocks.actions.drafts import Versioned, closed_from, new_change, next_number
from feedback.clocks.actions.recount import Tally, by_calendars, by_rules, carry_out
from feedback.clocks.actions.targets import mark_breaches
from feedback.clocks.queries.changes import rules_of
from feedback.clocks.queries.proposals import proposals_of
from feedback.clocks.queries.stored import counting_calendars, policy_rules
from feedback.clocks.rules.words import ChangeSubject, VersionStatus
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction

Version = models.CalendarVersion | models.PolicyVersion
_TABLES: dict[str, Versioned] = {
    ChangeSubject.CALENDAR: models.CalendarVersion,
    ChangeSubject.POLICY: models.PolicyVersion,
}
Stored = TypeVar("Stored", models.CalendarVersion, models.PolicyVersion)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: tickets whose deadlines moved, breaches now excused, and the change that did it."""

    change_id: int
    ticket_ids: tuple[int, ...]
    excused_clock_ids: tuple[int, ...]


def approve(*, change_id: int, by_id: int, at: datetime) -> None:
    """A second person agrees to a draft. ``Forbidden`` for its maker, ``Conflict`` when it is no draft any more."""
    with transaction():
        change = _change(change_id, VersionStatus.DRAFT)
        if by_id == change.made_by_id:
            raise Forbidden(mark("Rancangan disetujui administrator lain, bukan yang membuatnya."))
        _check_fresh(change)
        change.approved_by_id, change.approved_at = by_id, at
        _set_status(change, VersionStatus.APPROVED)


def discard(*, change_id: int) -> None:
    """Throw a draft away, approved or not; it never counted for anything."""
    with transaction():
        change = _change(change_id, VersionStatus.DRAFT, VersionStatus.APPROVED)
        table = _TABLES[change.subject]
        db.session.execute(delete(table).where(table.change_id == change.id))
        db.session.delete(change)


def publish(*, change_id: int, by_id: int | None, at: datetime) -> Published:
    """An approved change counts from now on: running clocks are counted again, breaches it excuses get an event.

    What has stopped stays as it is. ``Conflict`` when it is not approved, or what it was made from was replaced.
    """
    with transaction():
        change = _change(change_id, VersionStatus.APPROVED)
        _check_fresh(change)
        return _publish(change, by_id, at)


def publish_at_once(*, change_id: int, at: datetime) -> Published:
    """The same for a draft that an operator or an installation publishes without a second person."""
    with transaction():
        change = _change(change_id, VersionStatus.DRAFT)
        return _publish(change, None, at)


def roll_back(*, change_id: int, reason: str, by_id: int, at: datetime) -> Published:
    """Take a published change back: what counted before it is published again, as new versions.

    ``Conflict`` when something newer was published on top of it, or nothing counted before it.
    """
    if not reason.strip():
        raise Invalid(mark("Sebutkan alasannya."), field="reason")
    with transaction():
        change = _change(change_id, VersionStatus.PUBLISHED)
        _check_newest(change)
        title = f"{change.title} (dibatalkan)"[:200]
        undo = new_change(change.subject, title, reason, by_id, at)
        undo.restores_id = change.id
        for version in _versions(change):
            db.session.add(_restored(version, undo, at))
            db.session.flush()
        _set_status(change, VersionStatus.ROLLED_BACK)
        db.session.flush()
        return _publish(undo, by_id, at)


def _publish(change: models.TimingChange, by_id: int | None, at: datetime) -> Published:
    # What ran out by the old dates is a breach first, whether or not anybody looked until now (rule 8).
    while mark_breaches(at):
        pass
    _set_status(change, VersionStatus.PUBLISHED)
    change.published_by_id, change.published_at = by_id, at
    db.session.flush()
    tally = _carry_out(change, at)
    change.summary = tally.written()
    db.session.flush()
    return Published(change.id, tuple(sorted(tally.ticket_ids)), tuple(tally.excused_clock_ids))


def _carry_out(change: models.TimingChange, at: datetime) -> Tally:
    if change.subject == ChangeSubject.POLICY:
        codes = {rule.code for rule in rules_of(change.id)}
        rules = [rule for rule in policy_rules() if rule.code in codes]
        return carry_out(by_rules(rules, at=at, lock=True), at, reason="policy")
    proposals = proposals_of(change.id)
    ids = {one.calendar_id for one in proposals}
    versions = {every[0].calendar_id: every for every in counting_calendars().values() if every[0].calendar_id in ids}
    first = closed_from(proposals)
    effects = by_calendars(versions, closed_from=first, at=at, lock=True)
    return carry_out(effects, at, reason="calendar" if first is None else "decree")


def _change(change_id: int, *allowed: VersionStatus) -> models.TimingChange:
    wanted = select(models.TimingChange).where(models.TimingChange.id == change_id)
    found = db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound()
    if found.status not in allowed:
        raise Conflict(mark("Langkah ini tidak mungkin lagi: keadaan rancangan sudah berubah."))
    return found


def _versions(change: models.TimingChange) -> Sequence[Version]:
    if change.subject == ChangeSubject.POLICY:
        return _all_of(models.PolicyVersion, change)
    return _all_of(models.CalendarVersion, change)


def _all_of(table: type[Stored], change: models.TimingChange) -> Sequence[Stored]:
    return db.session.scalars(select(table).where(table.change_id == change.id).order_by(table.id)).all()


def _base_of(version: Version) -> Version | None:
    if version.based_on_id is None:
        return None
    if isinstance(version, models.CalendarVersion):
        return db.session.get(models.CalendarVersion, version.based_on_id)
    return db.session.get(models.PolicyVersion, version.based_on_id)


def _set_status(change: models.TimingChange, status: VersionStatus) -> None:
    change.status = status
    table = _TABLES[change.subject]
    db.session.execute(update(table).where(table.change_id == change.id).values(status=status))


def _check_fresh(change: models.TimingChange) -> None:
    """A draft made from what no longer counts would undo what was published meanwhile."""
    for version in _versions(change):
        if _counting_on(version) != version.based_on_id:
            raise Conflict(mark("Sejak rancangan ini dibuat, versi lain sudah terbit. Buang lalu buat rancangan baru."))


def _check_newest(change: models.TimingChange) -> None:
    for version in _versions(change):
        table = type(version)
        built = select(table.id).where(table.based_on_id == version.id, table.status == VersionStatus.PUBLISHED)
        if _counting_on(version) != version.id or db.session.scalar(built.limit(1)) is not None:
            raise Conflict(mark("Versi yang lebih baru sudah terbit. Batalkan yang terbaru dahulu."))
        if version.based_on_id is None:
            raise Conflict(mark("Tidak ada versi sebelumnya untuk dikembalikan."))


def _counting_on(version: Version) -> int | None:
    """Which version of the same calendar or limit counts on the date this one begins."""
    if isinstance(version, models.CalendarVersion):
        calendar = models.CalendarVersion
        same = _begun(calendar, _same(version), version.valid_from)
        return db.session.scalar(same.order_by(calendar.valid_from.desc(), calendar.number.desc()).limit(1))
    policy = models.PolicyVersion
    same = _begun(policy, _same(version), version.valid_from)
    return db.session.scalar(same.order_by(policy.number.desc()).limit(1))


def _begun(table: Versioned, same: ColumnElement[bool], day: date) -> Select[tuple[int]]:
    return select(table.id).where(same, table.status == VersionStatus.PUBLISHED, table.valid_from <= day)


def _restored(version: Version, undo: models.TimingChange, at: datetime) -> Version:
    """What counted before a version, from the date that version counted from."""
    own: Collection[str] = {"id", "number", "valid_from", "created_at", "status", "change_id", "based_on_id"}
    table = type(version)
    base = _base_of(version)
    assert base is not None
    same = {column.key: getattr(base, column.key) for column in table.__table__.columns if column.key not in own}
    return table(
        **same,
        number=next_number(table, _same(version)),
        valid_from=version.valid_from,
        created_at=at,
        status=VersionStatus.DRAFT,
        change_id=undo.id,
        based_on_id=version.id,
    )


def _same(version: Version) -> ColumnElement[bool]:
    if isinstance(version, models.CalendarVersion):
        return models.CalendarVersion.calendar_id == version.calendar_id
    return models.PolicyVersion.policy_id == version.policy_id
