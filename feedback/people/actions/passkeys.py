"""Passkeys: made, used and removed. What a browser answers is checked by the library, against what we asked it."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import mark
from feedback.people.actions.news import tell
from feedback.people.actions.throttle import check_attempts, count_failure
from feedback.people.models import Passkey, Person
from feedback.people.rules import NETWORK, News, noted
from feedback.people.rules.passkeys import LONGEST_ANSWER, WRONG, RelyingParty, check_room, checked_name
from feedback.storage.keyring import keyed_digest
from feedback.storage.session import db, transaction

LOG = logging.getLogger("feedback.people")
SITE_NAME = "Masyarakat Bicara"


def user_handle(person_id: int) -> bytes:
    """What a passkey knows its account by: 32 bytes that tell nobody else who that is."""
    return keyed_digest("passkey-user", str(person_id))


def new_passkey_options(person_id: int, site: RelyingParty) -> tuple[str, bytes]:
    """What to ask a browser for that is to make a passkey, as JSON, and the challenge in it."""
    person = db.session.get_one(Person, person_id)
    held = db.session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person_id)).all()
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=SITE_NAME,
        user_id=user_handle(person_id),
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in held],
    )
    return options_to_json(options), options.challenge


def passkey_options(site: RelyingParty) -> tuple[str, bytes]:
    """What to ask a browser for that is to use whichever passkey its owner chooses, as JSON, and the challenge."""
    options = generate_authentication_options(rp_id=site.id, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), options.challenge


def add_passkey(person_id: int, name: str, answer: str, *, challenge: bytes, site: RelyingParty) -> None:
    """Keep a passkey a browser just made. Raises Invalid for its answer or name, Conflict when there are too many."""
    name = checked_name(name)
    try:
        made = verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # what a browser sends may be anything: the parsers raise many kinds
        raise _refused(error) from error
    key, now = bytes_to_base64url(made.credential_id), utc_now()
    with transaction():
        held = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
        check_room(db.session.scalar(held) or 0)
        if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == key)) is not None:
            raise Conflict(mark("Kunci sandi ini sudah terdaftar."))
        row = Passkey(
            person_id=person_id,
            credential_id=key,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            name=name,
            created_at=noted(now, works=False),
        )
        db.session.add(row)
        record("passkey.added", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
        tell(person_id, News.WAYS_IN, at=now)


def remove_passkey(person_id: int, passkey_id: int) -> None:
    """Forget one of one's own passkeys. Raises NotFound for any other."""
    now = utc_now()
    with transaction():
        row = db.session.get(Passkey, passkey_id)
        if row is None or row.person_id != person_id:
            raise NotFound
        db.session.delete(row)
        record("passkey.removed", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
        tell(person_id, News.WAYS_IN, at=now)


def passkey_holder(answer: str, *, challenge: bytes, site: RelyingParty, source: str) -> int:
    """Who a browser proved to be with a passkey; their id.

    Raises Invalid with one text for an unknown passkey, a wrong signature, a copied one and a closed account, TooMany
    when throttled. ``source`` is the client's network address.
    """
    counted = f"{NETWORK}passkey:{source}"
    check_attempts(counted)
    try:
        parsed = _parsed(answer)
        with transaction():
            return _checked(parsed, challenge, site)
    except DBAPIError:
        raise
    except Exception as error:
        count_failure(counted)
        raise _refused(error) from error


def _checked(parsed: dict[str, Any], challenge: bytes, site: RelyingParty) -> int:
    asked = select(Passkey).join(Person, Person.id == Passkey.person_id).where(Person.is_active)
    row = db.session.scalars(asked.where(Passkey.credential_id == str(parsed["id"])).with_for_update(of=Passkey)).one()
    if base64url_to_bytes(parsed["response"]["userHandle"]) != user_handle(row.person_id):
        raise ValueError("another account's passkey")
    proven = verify_authentication_response(
        credential=parsed,
        expected_challenge=challenge,
        expected_rp_id=site.id,
        expected_origin=site.origin,
        credential_public_key=base64url_to_bytes(row.public_key),
        credential_current_sign_count=row.sign_count,
        require_user_verification=True,
    )
    row.sign_count, row.used_at = proven.new_sign_count, noted(utc_now(), works=False)
    return row.person_id


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _refused(error: Exception) -> Invalid:
    """One refusal for every fault: which it was is for the log alone."""
    LOG.info("passkey refused: %s", type(error).__name__)
    return Invalid(WRONG)
