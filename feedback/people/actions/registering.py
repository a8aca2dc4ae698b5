"""An account begins with a letter: only who reads it can go on, and nobody else learns whether there is an account."""

from __future__ import annotations

import secrets

from feedback.kernel.clock import utc_now
from feedback.people.actions.accounts import CreatePerson, create_person
from feedback.people.actions.sessions import begin_sign_in
from feedback.people.rules.accounts import check_email
from feedback.storage.outbox import post
from feedback.storage.session import transaction


def ask_account(email: str, locale: str) -> None:
    """Post the letter: with the link to an address that has no account, with the way in to one that has."""
    email = email.strip().lower()
    check_email(email)
    with transaction():
        post("mail.register", f"register:{secrets.token_hex(16)}", {"address": email, "locale": locale}, at=utc_now())


def register_person(command: CreatePerson, *, device: str = "") -> str:
    """Make the account of who came back with the letter's link, and its first session; returns the token."""
    return begin_sign_in(create_person(command, by_themselves=True, proven=True), device=device)
