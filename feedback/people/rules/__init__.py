"""Pure decisions about accounts: passwords, waiting after failures, how long a session lasts, absences."""

from __future__ import annotations

from feedback.people.rules.absences import LENT, LONGEST_ABSENCE, Absence, Seat, check_absence
from feedback.people.rules.accounts import (
    CITIZEN_LENGTH,
    COMMON,
    LONGEST,
    LONGEST_EMAIL,
    LONGEST_NAME,
    STAFF_LENGTH,
    check_account,
    check_name,
    check_password,
    own_path,
)
from feedback.people.rules.roles import ROLE_LABELS, is_current
from feedback.people.rules.sessions import (
    ADMINISTRATOR,
    CITIZEN,
    FRESH,
    NOTED_AFTER,
    STAFF,
    WAITING,
    Limits,
    device_word,
    is_fresh,
    limits_for,
    noted,
)
from feedback.people.rules.throttle import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    LONGEST_WAIT,
    NETWORK,
    NETWORK_TRIES,
    free_tries,
    seconds_to_wait,
)

__all__ = [
    "ADMINISTRATOR",
    "CITIZEN",
    "CITIZEN_LENGTH",
    "COMMON",
    "FORGOTTEN_AFTER",
    "FREE_TRIES",
    "FRESH",
    "LENT",
    "LONGEST",
    "LONGEST_ABSENCE",
    "LONGEST_EMAIL",
    "LONGEST_NAME",
    "LONGEST_WAIT",
    "NETWORK",
    "NETWORK_TRIES",
    "NOTED_AFTER",
    "ROLE_LABELS",
    "STAFF",
    "STAFF_LENGTH",
    "WAITING",
    "Absence",
    "Limits",
    "Seat",
    "check_absence",
    "check_account",
    "check_name",
    "check_password",
    "device_word",
    "free_tries",
    "is_current",
    "is_fresh",
    "limits_for",
    "noted",
    "own_path",
    "seconds_to_wait",
]
