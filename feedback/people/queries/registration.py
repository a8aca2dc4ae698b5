"""The link an account begins with: it carries the address it was sent to, signed, and is stored nowhere."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from feedback.kernel.clock import utc_now
from feedback.people.queries.accounts import person_by_email
from feedback.people.rules.links import REGISTRATION_LASTS


def registration_token(email: str) -> str:
    """What stands in the link to an address."""
    return str(_serializer().dumps(email))


def open_registration(token: str) -> str | None:
    """The address a link was sent to; None when it is forged or over, or when the address has its account by now."""
    try:
        email, sent_at = _serializer().loads(token[:1000], return_timestamp=True)
    except (BadSignature, UnicodeError):
        return None
    works = utc_now() - sent_at < REGISTRATION_LASTS and person_by_email(email) is None
    return str(email) if works else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="registration")
