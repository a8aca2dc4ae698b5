"""The second factor: an app set up, its codes and the recovery codes accepted once, reset by an administrator."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.references import code_from, read_code
from feedback.kernel.text import mark
from feedback.people.actions.news import tell
from feedback.people.actions.sessions import end_sessions
from feedback.people.actions.throttle import give_back, note_failure, take_try
from feedback.people.models import Authenticator, Passkey, Person, RecoveryCode
from feedback.people.queries.second_factor import code_hash, sealed_secret, secret_of
from feedback.people.rules import ALARM, NETWORK, RECOVERY_CODES, News, accepted_step, new_secret
from feedback.storage.session import db, transaction

WRONG = mark("Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu tulis lagi.")


def set_up_authenticator(person_id: int, secret: str, typed: str) -> list[str]:
    """Use an app from now on, once it showed the right code; returns ten recovery codes, told only now."""
    now = utc_now()
    step = accepted_step(secret, typed, 0, now)
    if step is None:
        raise Invalid(WRONG, field="code")
    with transaction():
        db.session.merge(Authenticator(person_id=person_id, secret=sealed_secret(person_id, secret), last_step=step))
        record("person.second_factor_set", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
        tell(person_id, News.SECOND_FACTOR, at=now)
        return _new_codes(person_id)


def give_example_app(person_id: int) -> None:
    """An app nobody holds, for the demonstration's invented people: the page itself shows its codes."""
    with transaction():
        secret = sealed_secret(person_id, new_secret())
        db.session.add(Authenticator(person_id=person_id, secret=secret, last_step=0))


def new_recovery_codes(person_id: int) -> list[str]:
    """Ten new recovery codes, told only now; the earlier ones are worthless."""
    now = utc_now()
    with transaction():
        record("person.recovery_codes", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
        tell(person_id, News.SECOND_FACTOR, at=now)
        return _new_codes(person_id)


def _new_codes(person_id: int) -> list[str]:
    codes = [code_from(secrets.token_bytes(10)) for _ in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    db.session.add_all(RecoveryCode(code_hash=code_hash(person_id, code), person_id=person_id) for code in codes)
    return codes


def prove_second_factor(person_id: int, typed: str, *, source: str, known: str = "") -> None:
    """Accept a code of the app or a recovery code, each once. Raises Invalid, or TooMany when throttled."""
    own, network = f"second:{person_id}:{known}", f"{NETWORK}sign-in:{source}"
    sources = (own,) if known else (own, network)
    tries = take_try(*sources)
    if not (_is_shown_now(person_id, typed) or _is_recovery_code(person_id, typed)):
        note_failure(*sources)
        if tries == ALARM:
            with transaction():
                tell(person_id, News.GUESSED, at=utc_now())
        raise Invalid(WRONG, field="code")
    give_back(*sources)


def _is_shown_now(person_id: int, typed: str) -> bool:
    found = secret_of(person_id)
    step = accepted_step(found[0], typed, found[1], utc_now()) if found else None
    if step is None:
        return False
    newer = update(Authenticator).where(Authenticator.person_id == person_id, Authenticator.last_step < step)
    with transaction():  # of two that send the same code at once, one is first
        return _changed(db.session.execute(newer.values(last_step=step)))


def _is_recovery_code(person_id: int, typed: str) -> bool:
    code = read_code(typed)
    if code is None:
        return False
    now, hashed = utc_now(), code_hash(person_id, code)
    with transaction():
        used = _changed(db.session.execute(delete(RecoveryCode).where(RecoveryCode.code_hash == hashed)))
        if used:
            subject = f"person:{person_id}"
            record("person.recovery_code_used", actor_id=person_id, subject=subject, at=now, coarse=True)
            tell(person_id, News.SECOND_FACTOR, at=now)
        return used


def _changed(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def reset_second_factor(person_id: int, *, by: int | None) -> None:
    """Take away a lost second factor, passkeys too: the person sets up a new one at the next sign-in, and is told."""
    now = utc_now()
    with transaction():
        if db.session.get(Person, person_id) is None:
            raise NotFound
        _forget(person_id)
        db.session.execute(delete(Passkey).where(Passkey.person_id == person_id))
        end_sessions(person_id)
        record("person.second_factor_reset", actor_id=by, subject=f"person:{person_id}", at=now)
        tell(person_id, News.SECOND_FACTOR_RESET, at=now)


def give_up_second_factor(person_id: int) -> None:
    """A citizen signs in with the password alone again."""
    now = utc_now()
    with transaction():
        _forget(person_id)
        record("person.second_factor_given_up", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
        tell(person_id, News.SECOND_FACTOR, at=now)


def _forget(person_id: int) -> None:
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person_id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
