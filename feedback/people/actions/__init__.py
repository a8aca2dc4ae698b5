"""Accounts, roles, sessions and signing in."""

from __future__ import annotations

from feedback.people.actions.absences import BeAbsent, be_absent, choose_digests, end_absence
from feedback.people.actions.accounts import CreatePerson, change_person, create_person, set_active, set_password
from feedback.people.actions.news import tell
from feedback.people.actions.passwords import HASHER, new_password
from feedback.people.actions.registering import ask_account, register_person
from feedback.people.actions.roles import GrantRole, end_role, grant_role
from feedback.people.actions.second_factor import (
    give_example_app,
    give_up_second_factor,
    new_recovery_codes,
    prove_second_factor,
    reset_second_factor,
    set_up_authenticator,
)
from feedback.people.actions.sessions import (
    begin_sign_in,
    end_session,
    end_sessions,
    forget_old_sessions,
    keep,
    note_use,
    note_wrong_proof,
    renew,
)
from feedback.people.actions.signing_in import change_own_password, prove, prove_both, sign_in
from feedback.people.actions.throttle import check_attempts, count_failure, forget_failures

__all__ = [
    "HASHER",
    "BeAbsent",
    "CreatePerson",
    "GrantRole",
    "ask_account",
    "be_absent",
    "begin_sign_in",
    "change_own_password",
    "change_person",
    "check_attempts",
    "choose_digests",
    "count_failure",
    "create_person",
    "end_absence",
    "end_role",
    "end_session",
    "end_sessions",
    "forget_failures",
    "forget_old_sessions",
    "give_example_app",
    "give_up_second_factor",
    "grant_role",
    "keep",
    "new_password",
    "new_recovery_codes",
    "note_use",
    "note_wrong_proof",
    "prove",
    "prove_both",
    "prove_second_factor",
    "register_person",
    "renew",
    "reset_second_factor",
    "set_active",
    "set_password",
    "set_up_authenticator",
    "sign_in",
    "tell",
]
