"""Signing in with a provider: whom it may bring in, and what its word is good for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Any

from feedback.kernel.errors import Forbidden, Invalid
from feedback.kernel.text import mark

ROUND_TRIP = timedelta(minutes=10)
SPENT = mark("Waktunya habis, atau halaman ini sudah dipakai. Mulai lagi dari halaman masuk.")


class Purpose(StrEnum):
    """Why somebody was sent to the provider."""

    SIGN_IN = "sign_in"
    LINK = "link"
    INVITATION = "invitation"


def check_return(asked: Mapping[str, Any] | None, state: str, now: datetime) -> None:
    """Raise Invalid unless this browser was sent with this state, not long ago, and has not come back yet."""
    if asked is None or not compare_digest(str(asked["state"]).encode(), state.encode("utf-8", "replace")):
        raise Invalid(SPENT)
    if not timedelta(0) <= now - datetime.fromisoformat(str(asked["at"])) < ROUND_TRIP:
        raise Invalid(SPENT)


def check_admitted(email: str, verified: bool, claims: Mapping[str, Any], *, domain: str, claim: str) -> None:
    """Raise Forbidden for somebody this site does not admit: another domain, or without the claim ``name=value``."""
    refused = Forbidden(mark("Akun Anda di sana belum diizinkan masuk ke situs ini. Hubungi administrator Anda."))
    if domain and not (verified and email.endswith(f"@{domain}")):
        raise refused
    if claim:
        name, _, wanted = claim.partition("=")
        found = claims.get(name)
        if wanted not in ([str(one) for one in found] if isinstance(found, list) else [str(found)]):
            raise refused


def shows_second_factor(methods: Collection[str], accepted: Collection[str]) -> bool:
    """Whether the provider says it asked for a second factor, in words the operator trusts."""
    return bool(set(methods) & set(accepted))
