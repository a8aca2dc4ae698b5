"""Use cases of the public side."""

from __future__ import annotations

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.people.actions import check_attempts, count_failure, forget_failures
from feedback.people.rules import NETWORK
from feedback.tickets.queries.tracking import ticket_by_code


def open_by_code(number: str, code: str, *, network: str) -> int:
    """The id of the ticket that a number and its secret code open; ``network`` is the client's address.

    Raises Invalid with one text for an unknown number and a wrong code, TooMany when throttled.
    """
    # The right code always opens: its 80 bits need no throttle, and strangers must not keep a reporter out.
    ticket_id = ticket_by_code(number, code)
    sources = (f"track:{number}:{network}", f"{NETWORK}track:{network}")
    if ticket_id is None:
        check_attempts(*sources)
        count_failure(*sources)
        raise Invalid(mark("Nomor dan kode ini tidak cocok. Periksa keduanya pada tanda terima Anda."), field="kode")
    forget_failures(sources[0])
    return ticket_id
