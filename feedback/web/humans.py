"""Forms that visitors send: a trap, the time since they were opened, and a proof when there is doubt (docs/abuse.md).

The proof is ALTCHA's: find the number whose SHA-256 with a salt is the challenge. Nothing is stored: the challenge is
signed and bound to what is sent. Without script somebody waits instead; what they sent is marked for its first reader.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, g
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, TimestampSigner
from wtforms import HiddenField, StringField
from wtforms.validators import Optional

from feedback.kernel.clock import utc_now
from feedback.kernel.risk import Doubt, Signs, doubts_of, wants_proof
from feedback.storage.keyring import keyed_hash
from feedback.web.form import Form
from feedback.web.limits import Rate

MOST = 100_000  # tries; a cheap phone needs about three seconds
LASTS = timedelta(minutes=20)
WAIT = timedelta(seconds=30)
_LONGEST = 1000
_NOT_YET = lazy_gettext("Belum terkirim: pastikan dulu ini bukan kiriman otomatis. Tulisan Anda tetap ada.")


class Opened(HiddenField):  # type: ignore[misc]
    """When the form was first shown, signed; a made-up one says nothing."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(default=lambda: _stamp("opened"), **rest)

    @property
    def seconds(self) -> float | None:
        """Seconds since then."""
        return _since("opened", self.data or "")


class VisitorForm(Form):
    """Fields that every form of a visitor has. People see none of them."""

    situs = StringField(lazy_gettext("Biarkan kosong"), [Optional()])
    dibuka = Opened()
    bukti = HiddenField()
    tunggu = HiddenField()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the browser has to solve, and how long somebody without script waits; for `components/proof.html`."""

    algorithm: str
    challenge: str
    salt: str
    signature: str
    maxnumber: int
    wait: int


def judge(form: VisitorForm, rate: Rate, bound: str, *, links: int = 0) -> frozenset[Doubt]:
    """What stands against this sending. When it weighs enough and nothing proves otherwise there is a `challenge()` and
    an error above the form: show it again. ``bound`` is what the proof is good for, such as the form's key.
    """
    limit = current_app.config["SETTINGS"].rates[rate][1]
    uses = int(getattr(g, "uses", 0))
    opened = form.dibuka.seconds
    doubts = doubts_of(
        Signs(trap=bool(form.situs.data), seconds=opened, uses=uses, limit=limit, links=links)
    )
    if not wants_proof(doubts) or _is_solved(form.bukti.data or "", bound):
        return doubts
    waited = _since(f"wait:{bound}", form.tunggu.data or "")
    if waited is not None and waited >= WAIT.total_seconds():
        return doubts | {Doubt.WAITED}
    if waited is None:
        form.tunggu.data = _stamp(f"wait:{bound}")
    form.bukti.data = ""
    form.form_errors.append(str(_NOT_YET))
    g.challenge = _new_challenge(bound)
    return doubts


def challenge() -> Challenge | None:
    """The challenge this answer has to carry."""
    return getattr(g, "challenge", None)


def _signer(purpose: str) -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=f"visitor:{purpose}")


def _stamp(purpose: str) -> str:
    return _signer(purpose).sign(secrets.token_urlsafe(6)).decode()


def _since(purpose: str, stamp: str) -> float | None:
    try:
        _, at = _signer(purpose).unsign(stamp[:_LONGEST].encode(), return_timestamp=True)
    except (BadSignature, UnicodeError):
        return None
    return (utc_now() - at).total_seconds()


def _salt(bound: str) -> str:
    return keyed_hash("proof-for", bound)[:24]


def _signature(text: str) -> str:
    return keyed_hash("proof", text)


def _new_challenge(bound: str) -> Challenge:
    expires = int((utc_now() + LASTS).timestamp())
    salt = f"{_salt(bound)}{secrets.token_hex(6)}?expires={expires}"
    text = hashlib.sha256(f"{salt}{secrets.randbelow(MOST)}".encode()).hexdigest()
    return Challenge("SHA-256", text, salt, _signature(text), MOST, int(WAIT.total_seconds()))


def _is_solved(payload: str, bound: str) -> bool:
    """Whether this is our challenge for just this sending, not older than it may be, with its number."""
    try:
        given = json.loads(base64.b64decode(payload[:_LONGEST], validate=True))
        salt, number, text, signature = (given[name] for name in ("salt", "number", "challenge", "signature"))
        expires = int(salt.partition("?expires=")[2])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return False
    if not isinstance(number, int) or not isinstance(text, str) or not isinstance(signature, str):
        return False
    solved = hashlib.sha256(f"{salt}{number}".encode("utf-8", "replace")).hexdigest()
    return (
        salt.startswith(_salt(bound))
        and expires >= utc_now().timestamp()
        and hmac.compare_digest(solved, text.encode("ascii", "replace").decode())
        and hmac.compare_digest(_signature(text).encode(), signature.encode("utf-8", "replace"))
    )
