"""Accounts, roles and sign-in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.audit.models import AuditEntry
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound, TooMany
from feedback.kernel.permissions import Role
from feedback.kernel.privacy import NOTICE
from feedback.kernel.references import code_from
from feedback.kernel.text import clean, mark
from feedback.people.models import Attempt, Deputy, MailPreference, MembershipRow, Person, SignIn
from feedback.people.queries import MembershipView, memberships_of, token_hash
from feedback.people.rules import (
    FORGOTTEN_AFTER,
    NETWORK,
    check_absence,
    check_account,
    check_name,
    check_password,
    free_tries,
    is_current,
    seconds_to_wait,
)
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction
from feedback.units.queries import unit_by_id, units_by_ids
from feedback.units.rules import path_ids

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when the account is unknown, so that the answer takes as long as for a known one.
_DUMMY = HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class CreatePerson:
    """A new account; ``staff`` asks for the longer password."""

    email: str
    name: str
    password: str
    staff: bool = False
    locale: str = "id"


@dataclass(frozen=True, slots=True)
class GrantRole:
    """A role at a unit from a local date on."""

    person_id: int
    unit_id: int
    role: Role
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class BeAbsent:
    """Away from one local date to another, both included; in every role, or in those at one unit."""

    person_id: int
    valid_from: date
    valid_to: date
    deputy_id: int | None = None
    unit_id: int | None = None


def new_password() -> str:
    """A password of 80 random bits for somebody else to use first; long enough for staff, easy to read out."""
    return code_from(secrets.token_bytes(10))


def create_person(command: CreatePerson, *, by: int | None = None, by_themselves: bool = False) -> int:
    """Make an account; returns its id. Raises Invalid for a weak password or an address already known.

    ``by_themselves`` says in the log that nobody vouched for it.
    """
    email = command.email.strip().lower()
    name = clean(command.name, lines=False)
    check_account(email=email, name=name)
    check_password(command.password, email=email, name=name, staff=command.staff)
    hashed = HASHER.hash(command.password)  # before the transaction: it takes 30 ms
    now = utc_now()
    known = Invalid(mark("Alamat surel ini sudah punya akun. Masuk dengan alamat itu."), field="email")
    try:
        with transaction():
            if db.session.scalar(select(Person.id).where(Person.email == email)) is not None:
                raise known
            person = Person(email=email, name=name, password_hash=hashed, created_at=now, locale=command.locale)
            person.privacy_notice = NOTICE if by_themselves else None
            db.session.add(person)
            db.session.flush()
            maker, subject = person.id if by_themselves else by, f"person:{person.id}"
            record("person.created", actor_id=maker, subject=subject, at=now, coarse=by_themselves)
            return person.id
    except IntegrityError:  # two at once: the database decides who was first
        raise known from None


def set_password(person_id: int, password: str, *, by: int | None, staff: bool) -> None:
    """Change a password and end every sign-in of the account."""
    with transaction():
        person = db.session.get(Person, person_id)
        if person is None:
            raise NotFound
        check_password(password, email=person.email, name=person.name, staff=staff)
        person.password_hash = HASHER.hash(password)
        db.session.execute(delete(SignIn).where(SignIn.person_id == person_id))
        own = by == person_id
        record("person.password_set", actor_id=by, subject=f"person:{person_id}", at=utc_now(), coarse=own)


def change_person(person_id: int, *, name: str, locale: str, by: int) -> None:
    """Change what an account is called and the language of its mail."""
    name = clean(name, lines=False)
    check_name(name)
    with transaction():
        person = db.session.get(Person, person_id)
        if person is None:
            raise NotFound
        person.name, person.locale = name, locale
        record("person.changed", actor_id=by, subject=f"person:{person_id}", at=utc_now())


def set_active(person_id: int, active: bool, *, by: int | None) -> None:
    """Open or close an account; a closed one is out at the next request."""
    if not active and by == person_id:
        raise Conflict(mark("Anda tidak dapat menutup akun sendiri. Minta administrator lain."))
    with transaction():
        person = db.session.get(Person, person_id)
        if person is None:
            raise NotFound
        person.is_active = active
        if not active:
            db.session.execute(delete(SignIn).where(SignIn.person_id == person_id))
        record("person.opened" if active else "person.closed", actor_id=by, subject=f"person:{person_id}", at=utc_now())


def grant_role(command: GrantRole, *, by: int | None) -> int:
    """Give a role at a unit and end the person's sign-ins; returns the membership's id.

    Raises Conflict when it is held already, or when nobody but its maker has vouched for the account.
    """
    now = utc_now()
    with transaction():
        if db.session.get(Person, command.person_id) is None:
            raise NotFound
        unit = unit_by_id(command.unit_id)
        if unit is None:
            raise Invalid(mark("Unit ini tidak dikenal."), field="unit_id")
        start = command.valid_from or local_date(now, unit.zone)
        if command.valid_to is not None and command.valid_to < start:
            raise Invalid(mark("Tanggal akhir mendahului tanggal mulai."), field="valid_to")
        same = select(MembershipRow.id).where(
            MembershipRow.person_id == command.person_id,
            MembershipRow.unit_id == command.unit_id,
            MembershipRow.role == command.role,
            MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= start),
        )
        if db.session.scalar(same) is not None:
            raise Conflict(mark("Peran ini sudah dipegang orang itu di unit tersebut."))
        _check_vouched_for(command.person_id)
        db.session.execute(delete(SignIn).where(SignIn.person_id == command.person_id))
        row = MembershipRow(
            person_id=command.person_id,
            unit_id=command.unit_id,
            role=command.role,
            valid_from=start,
            valid_to=command.valid_to,
        )
        db.session.add(row)
        db.session.flush()
        record(
            "role.granted",
            actor_id=by,
            subject=f"person:{command.person_id}",
            at=now,
            detail={"unit": command.unit_id, "role": command.role.value},
        )
        return row.id


def _check_vouched_for(person_id: int) -> None:
    """Refuse a role for an account that anybody may have opened under an official's address.

    Registering proves no address. A password set by an administrator puts its maker out and the official in.
    """
    deeds = select(AuditEntry.deed, AuditEntry.actor_id).where(
        AuditEntry.subject == f"person:{person_id}", AuditEntry.deed.in_(("person.created", "person.password_set"))
    )
    known = db.session.execute(deeds.order_by(AuditEntry.id)).all()
    if known and all(actor_id == person_id for _deed, actor_id in known):
        raise Conflict(
            mark("Akun ini didaftarkan sendiri. Beri dulu kata sandi baru, serahkan kepada orangnya, lalu beri peran.")
        )


def end_role(membership_id: int, *, by: int | None) -> None:
    """End a role now: deleted when it began today or later, closed yesterday otherwise."""
    now = utc_now()
    with transaction():
        row = db.session.get(MembershipRow, membership_id)
        if row is None:
            raise NotFound
        if by == row.person_id and row.role == Role.ADMINISTRATOR:  # so that one administrator always stays
            raise Conflict(mark("Anda tidak dapat mengakhiri peran administrator sendiri. Minta administrator lain."))
        unit = unit_by_id(row.unit_id)
        today = local_date(now, unit.zone if unit else "Asia/Jakarta")
        detail = {"unit": row.unit_id, "role": row.role}
        if row.valid_from >= today:
            db.session.delete(row)
        else:
            row.valid_to = date.fromordinal(today.toordinal() - 1)
        record("role.ended", actor_id=by, subject=f"person:{row.person_id}", at=now, detail=detail)


def be_absent(command: BeAbsent, *, by: int | None) -> int:
    """Note an absence and who stands in; returns its id.

    Raises Invalid for dates or a deputy that will not do, Conflict when it overlaps another absence.
    """
    now = utc_now()
    with transaction():
        roles = _current_roles(command.person_id, now)
        if command.unit_id is not None:
            roles = [one for one in roles if one.unit_id == command.unit_id]
        if not roles:
            raise Invalid(mark("Hanya petugas yang dapat menunjuk pengganti, untuk perannya sendiri."), field="unit_id")
        zone = units_by_ids([roles[0].unit_id])[roles[0].unit_id].zone
        check_absence(command.valid_from, command.valid_to, local_date(now, zone))
        if command.deputy_id is not None:
            _check_deputy(command.person_id, command.deputy_id, roles, now)
        _refuse_overlap(command)
        row = Deputy(
            absent_id=command.person_id,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            created_at=now,
            deputy_id=command.deputy_id,
            unit_id=command.unit_id,
        )
        db.session.add(row)
        db.session.flush()
        detail = {"deputy": command.deputy_id, "unit": command.unit_id}
        record("absence.noted", actor_id=by, subject=f"person:{command.person_id}", at=now, detail=detail)
        return row.id


def _current_roles(person_id: int, now: datetime) -> list[MembershipView]:
    held = memberships_of([person_id])
    units = units_by_ids([one.unit_id for one in held])
    return [one for one in held if is_current(one.valid_from, one.valid_to, local_date(now, units[one.unit_id].zone))]


def _check_deputy(person_id: int, deputy_id: int, roles: list[MembershipView], now: datetime) -> None:
    """A deputy is another official of the same government: nobody becomes one by standing in."""
    if deputy_id == person_id:
        raise Invalid(mark("Pilih orang lain sebagai pengganti."), field="deputy_email")
    theirs = _current_roles(deputy_id, now)
    units = units_by_ids([one.unit_id for one in (*roles, *theirs)])
    governments = {path_ids(units[one.unit_id].path)[0] for one in roles}
    if not governments & {path_ids(units[one.unit_id].path)[0] for one in theirs}:
        raise Invalid(mark("Pengganti harus petugas pada pemerintah daerah yang sama."), field="deputy_email")


def _refuse_overlap(command: BeAbsent) -> None:
    statement = select(Deputy.id).where(
        Deputy.absent_id == command.person_id,
        Deputy.valid_from <= command.valid_to,
        Deputy.valid_to >= command.valid_from,
    )
    if command.unit_id is not None:
        statement = statement.where(Deputy.unit_id.is_(None) | (Deputy.unit_id == command.unit_id))
    if db.session.scalar(statement.limit(1)) is not None:
        raise Conflict(mark("Masa ini bertumpuk dengan ketidakhadiran yang sudah dicatat."))


def end_absence(absence_id: int, *, person_id: int, by: int | None) -> None:
    """Back earlier: the absence ends yesterday, or never was when it did not begin before today."""
    now = utc_now()
    with transaction():
        row = db.session.get(Deputy, absence_id)
        if row is None or row.absent_id != person_id:
            raise NotFound
        roles = _current_roles(person_id, now)
        zone = units_by_ids([roles[0].unit_id])[roles[0].unit_id].zone if roles else "Asia/Jakarta"
        today = local_date(now, zone)
        if row.valid_from >= today:
            db.session.delete(row)
        else:
            row.valid_to = min(row.valid_to, date.fromordinal(today.toordinal() - 1))
        record("absence.ended", actor_id=by, subject=f"person:{person_id}", at=now)


def choose_digests(person_id: int, *, daily: bool, weekly: bool) -> None:
    """Which digests somebody gets by mail."""
    with transaction():
        row = db.session.get(MailPreference, person_id)
        if row is None:
            db.session.add(MailPreference(person_id=person_id, daily_digest=daily, weekly_digest=weekly))
        else:
            row.daily_digest, row.weekly_digest = daily, weekly


def check_attempts(*sources: str) -> None:
    """Raise TooMany while one of these sources has to wait after failures."""
    keys = [keyed_hash("attempt", source) for source in sources]
    now = utc_now()
    rows = db.session.execute(select(Attempt.key, Attempt.failures, Attempt.last_at).where(Attempt.key.in_(keys)))
    free = {key: free_tries(source) for key, source in zip(keys, sources, strict=True)}
    wait = max((seconds_to_wait(failures, last_at, now, free[key]) for key, failures, last_at in rows), default=0)
    if wait:
        raise TooMany(mark("Terlalu banyak percobaan. Tunggu %(seconds)s detik, lalu coba lagi."), retry_after=wait)


def count_failure(*sources: str) -> None:
    """One more failure from each of these sources; old counts are forgotten."""
    now = utc_now()
    with transaction():
        db.session.execute(delete(Attempt).where(Attempt.last_at < now - FORGOTTEN_AFTER))
        for source in sources:
            key = keyed_hash("attempt", source)
            row = db.session.get(Attempt, key, with_for_update=True)
            if row is None:
                db.session.add(Attempt(key=key, failures=1, last_at=now))
            else:
                row.failures += 1
                row.last_at = now


def forget_failures(*sources: str) -> None:
    """The right answer was given."""
    with transaction():
        keys = [keyed_hash("attempt", source) for source in sources]
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))


def sign_in(email: str, password: str, *, source: str) -> str:
    """A new sign-in token for the right password; ``source`` is the client's network address.

    Raises Invalid with one text for an unknown address, a wrong password and a closed account, TooMany when throttled.
    """
    person_id, rehashed = _proven(email, password, source=source)
    now = utc_now()
    with transaction():
        if rehashed:
            db.session.get_one(Person, person_id).password_hash = rehashed
        return _new_sign_in(person_id, now)


def register_person(command: CreatePerson) -> str:
    """Make a citizen's account and its first sign-in, held back by no throttle; returns the token."""
    person_id = create_person(command, by_themselves=True)
    with transaction():
        return _new_sign_in(person_id, utc_now())


def change_own_password(email: str, current: str, new: str, *, source: str) -> str:
    """Change one's own password, end every sign-in and return the token of a new one.

    Raises Invalid for a wrong current password (field ``current_password``) or a weak new one, TooMany when throttled.
    """
    try:
        person_id, _ = _proven(email, current, source=source)
    except Invalid:
        raise Invalid(mark("Kata sandi sekarang salah."), field="current_password") from None
    now = utc_now()
    with transaction():
        held = db.session.scalar(select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1))
        set_password(person_id, new, by=person_id, staff=held is not None)
        return _new_sign_in(person_id, now)


def _proven(email: str, password: str, *, source: str) -> tuple[int, str | None]:
    """The account whose password this is, and a stronger hash when the stored one is outdated."""
    email = email.strip().lower()[:254]
    sources = (f"account:{email}:{source}", f"{NETWORK}sign-in:{source}")
    check_attempts(*sources)
    row = db.session.execute(
        select(Person.id, Person.password_hash, Person.is_active).where(Person.email == email)
    ).one_or_none()
    db.session.rollback()
    right = _verified(row.password_hash if row else _DUMMY, password[:1024])
    if row is None or not right or not row.is_active:
        count_failure(*sources)
        raise Invalid(mark("Surel atau kata sandi salah."))
    forget_failures(sources[0])
    return row.id, HASHER.hash(password) if HASHER.check_needs_rehash(row.password_hash) else None


def _new_sign_in(person_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(token_hash=token_hash(token), person_id=person_id, created_at=now))
    # Of officials only: a citizen's sign-in stands in time beside the sealed report sent right after it.
    if db.session.scalar(select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1)) is not None:
        record("person.signed_in", actor_id=person_id, subject=f"person:{person_id}", at=now)
    return token


def _verified(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def sign_out(token: str) -> None:
    """End one sign-in; the cookie is worthless from now on."""
    with transaction():
        db.session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))
