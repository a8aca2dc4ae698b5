"""Put the letters about a move into the outbox: one for each person, all or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback.kernel.clock import utc_now
from feedback.notices.queries.letters import case_of, ticket_facts
from feedback.notices.rules.letters import Audience, Case, Letter, Staff, letter_for, staff_to_tell, tells_reporter
from feedback.storage.outbox import post
from feedback.storage.session import transaction


def post_letters(ticket_id: int, event_id: int, tells: Sequence[str]) -> int:
    """Post a letter for everybody an event concerns and return how many; doing it again posts none twice.

    No address is written down: it is looked up, or its seal opened, when the letter is sent.
    """
    now = utc_now()
    posted = 0
    with transaction():
        found = case_of(event_id, now)
        if found is None:
            return 0
        case, staff = found
        for audience, person_id in _told([Audience(word) for word in tells], case, staff):
            payload = {
                "ticket_id": ticket_id,
                "event_id": event_id,
                "audience": audience.value,
                "letter": letter_for(case.move, audience).value,
                "person_id": person_id,
            }
            who = person_id if person_id is not None else audience.value
            post("mail", f"mail:{event_id}:{audience}:{who}", payload, at=now)
            posted += 1
    return posted


def post_lapsing(ticket_id: int) -> int:
    """Post the letter that the time to confirm is ending, once a round; none when it was answered meanwhile."""
    with transaction():
        ticket = ticket_facts(ticket_id)
        if ticket is None or not ticket.is_answered:
            return 0
        audience = Audience.REPORTER
        payload = {
            "ticket_id": ticket_id,
            "event_id": None,
            "audience": audience.value,
            "letter": Letter.LAPSING.value,
            "person_id": None,
        }
        post("mail", f"mail:lapsing:{ticket_id}:{ticket.cycle}:{audience}", payload, at=utc_now())
    return 1


def post_unsealed(ticket_id: int, opening_id: int) -> None:
    """Post the letter that there is news: what was opened, by whom and why stands on the reporter's page alone."""
    payload = {
        "ticket_id": ticket_id,
        "event_id": None,
        "audience": Audience.REPORTER.value,
        "letter": Letter.SEALED.value,
        "person_id": None,
        "owed": True,  # also to an address that did not confirm: this one has to be told
    }
    with transaction():
        post("mail", f"mail:unsealed:{opening_id}", payload, at=utc_now())


def _told(audiences: Sequence[Audience], case: Case, staff: Sequence[Staff]) -> Iterator[tuple[Audience, int | None]]:
    """Each person once, however many audiences they belong to."""
    seen: set[int | None] = set()
    if Audience.REPORTER in audiences and tells_reporter(case):
        seen.add(case.reporter_id)
        yield Audience.REPORTER, None
    for audience in audiences:
        if audience is Audience.REPORTER:
            continue
        for person_id in staff_to_tell(audience, case, staff):
            if person_id not in seen:
                seen.add(person_id)
                yield audience, person_id
