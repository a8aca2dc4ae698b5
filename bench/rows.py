"""Invented tickets with their history, as rows; spread over time, units, topics and states like real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feedback.kernel.references import new_number
from feedback.units.rules import UnitRow

DAYS = 540
OPEN_SHARE = 0.06
LONG = 30
THINGS = (
    "Lampu jalan", "Selokan", "Jembatan kayu", "Air keran", "Sampah pasar", "Jalan kampung", "Loket puskesmas",
    "Atap sekolah", "Halte bus", "Pohon besar", "Pagar makam", "Trotoar", "Pompa banjir", "Kartu keluarga",
)  # fmt: skip
TROUBLES = (
    "mati", "mampet", "patah", "kotor", "menumpuk", "berlubang", "selalu tutup", "bocor", "gelap", "tumbang",
    "belum jadi", "rusak berat",
)  # fmt: skip
PLACES = ("balai desa", "pasar", "sekolah", "masjid", "dermaga", "puskesmas", "terminal", "lapangan", "kantor pos")
PLEAS = (
    "Warga takut lewat malam hari.", "Anak-anak sudah dua kali jatuh di sini.", "Kami sudah melapor ke RT.",
    "Mohon segera diperiksa petugas.", "Baunya sampai ke rumah warga.", "Bila hujan airnya masuk ke halaman.",
    "Tolong diberi tahu kapan dikerjakan.", "Sudah tiga kali kami tanyakan, jawabannya berbeda-beda.",
    "Kendaraan harus memutar jauh.", "Terima kasih atas perhatiannya.",
)  # fmt: skip
# What happened to a closed ticket and to one that is still open, with how often; an entry is move, state, role.
SUBMIT = ("submit", "received", None)
VERIFY = ("verify_and_assign", "assigned", "coordinator")
START = ("start", "in_progress", "officer")
REPLY = ("interim_reply", "in_progress", "officer")
HOLD = ("hold", "on_hold", "officer")
ANSWER = ("answer", "answered", "officer")
CONFIRM, LAPSE = ("confirm", "closed", None), ("lapse", "lapsed", None)
DISPUTE, REVIEW = ("dispute", "disputed", None), ("review_answer", "answered", "coordinator")
CLOSED = (
    (60, (SUBMIT, VERIFY, START, ANSWER, CONFIRM)),
    (25, (SUBMIT, VERIFY, START, REPLY, ANSWER, LAPSE)),
    (10, (SUBMIT, VERIFY, ANSWER, DISPUTE, REVIEW, CONFIRM)),
    (5, (SUBMIT, ("reject", "rejected", "coordinator"))),
)
OPEN = (
    (20, (SUBMIT,)),
    (25, (SUBMIT, VERIFY)),
    (30, (SUBMIT, VERIFY, START)),
    (8, (SUBMIT, VERIFY, START, HOLD)),
    (12, (SUBMIT, VERIFY, START, ANSWER)),
    (5, (SUBMIT, VERIFY, START, ANSWER, DISPUTE)),
)
STOPPED_BY = {"verify": "verify_and_assign", "first_response": "start", "resolve": "answer"}


@dataclass(frozen=True, slots=True)
class Places:
    """What tickets point at, and when now is."""

    root: UnitRow
    units: list[UnitRow]
    topics: list[int]
    villages: list[str]
    policies: dict[str, int]
    calendar: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """One ticket's rows."""

    ticket: dict[str, Any]
    cycle: dict[str, Any]
    events: list[dict[str, Any]]
    clocks: list[dict[str, Any]]

    @property
    def is_public(self) -> bool:
        """Whether everybody may find its words."""
        return bool(self.ticket["published_at"]) and not (self.ticket["confidential"] or self.ticket["hidden"])


def _words() -> str:
    thing, trouble, place = random.choice(THINGS), random.choice(TROUBLES), random.choice(PLACES)
    pleas = " ".join(random.sample(PLEAS, random.randint(1, 5)))
    where = f"di depan {place} nomor {random.randrange(5000)}"
    return f"{thing} {where} {trouble} sejak {random.randint(2, 30)} hari. {pleas}"


def _drawn(stories: Any) -> Any:
    return random.choices([story for _, story in stories], [weight for weight, _ in stories])[0]


def tickets(count: int, places: Places, officer: int) -> Iterator[Made]:
    """``count`` tickets in the order they came in; the first unit's open ones are half of them that officer's."""
    weights = [8.0 * len(places.units) / 60 if index < 4 else 1.0 for index in range(len(places.units))]
    begin, step = places.now - timedelta(days=DAYS), timedelta(days=DAYS) / count
    numbers: set[str] = set()
    for index, unit in enumerate(random.choices(places.units, weights, k=count)):
        story = _drawn(OPEN if random.random() < OPEN_SHARE else CLOSED)
        one = made(index + 1, begin + index * step, unit, story, places, officer)
        while one.ticket["number"] in numbers:  # among a million some numbers are drawn twice
            one.ticket["number"] = new_number()
        numbers.add(one.ticket["number"])
        yield one


def long_ticket(ticket_id: int, places: Places, officer: int) -> Made:
    """A ticket with thirty entries, in the hands of the first unit."""
    story = (SUBMIT, VERIFY, START, *(REPLY for _ in range(LONG - 3)))
    one = made(ticket_id, places.now - timedelta(days=9), places.units[0], story, places, officer)
    one.ticket.update(confidential=False, hidden=False, anonymous=False, import_source="bench", import_ref="long")
    return one


def made(
    ticket_id: int, received: datetime, unit: UnitRow, story: tuple[Any, ...], places: Places, officer: int
) -> Made:
    """One ticket that lived through a story, a few hours to days between its moves."""
    pace = min(1.0, (places.now - received).total_seconds() / (len(story) * 86400 * 2))
    at, events = received, []
    for version, (move, state, role) in enumerate(story, 1):
        event = _event((move, state, role), unit, places.root, officer)
        before = events[-1]["to_state"] if events else None
        events.append({**event, "ticket_id": ticket_id, "at": at, "version": version, "from_state": before})
        at = at + timedelta(hours=pace * random.uniform(2, 46))
    ticket = _ticket(ticket_id, received, unit, events, places, officer)
    due = received + timedelta(days=random.choice((7, 14, 20)))
    clocks = [_clock(kind, ticket, events, due, places) for kind in ("verify", "first_response", "resolve", "holding")]
    known = [clock for clock in clocks if clock is not None]
    running = [clock for clock in known if clock["state"] == "running" and clock["due_at"]]
    if running:
        nearest = min(running, key=lambda clock: clock["due_at"])
        ticket["due_at"], ticket["due_kind"] = nearest["due_at"], nearest["kind"]
    return Made(ticket, _cycle(ticket, events), events, known)


def _event(what: tuple[Any, ...], unit: UnitRow, root: UnitRow, officer: int) -> dict[str, Any]:
    move, state, role = what
    wordy = move in ("interim_reply", "answer", "review_answer", "hold")
    words = " ".join(random.sample(PLEAS, 3)) if wordy else ""
    return {
        "move": move, "to_state": state, "cycle": 1,
        "unit_id": root.id if move in ("submit", "verify_and_assign") else unit.id,
        "to_unit_id": unit.id if move == "verify_and_assign" else None, "actor_id": officer if role else None,
        "role": role, "actor_unit_id": (unit.id if role == "officer" else root.id) if role else None, "text": words,
        "html": f"<p>{words}</p>" if wordy else None, "sanitiser": "1" if wordy else None, "is_public": True,
        "detail": {},
    }  # fmt: skip


def _ticket(
    ticket_id: int, received: datetime, unit: UnitRow, events: list[dict[str, Any]], places: Places, officer: int
) -> dict[str, Any]:
    last, at = events[-1], {event["move"]: event["at"] for event in events}
    state = last["to_state"]
    is_open = state in ("received", "assigned", "in_progress", "on_hold", "answered", "disputed")
    held = state == "on_hold"
    return {
        "id": ticket_id, "number": new_number(), "kind": "complaint", "channel": "web", "text": _words(),
        "unit_id": unit.id if "verify_and_assign" in at else places.root.id, "zone": unit.zone,
        "received_at": received, "created_at": received, "state_since": last["at"],
        "held_since": at.get("verify_and_assign", received), "topic_id": random.choice(places.topics),
        "region_code": random.choice(places.villages), "state": state, "is_open": is_open, "grade": "non_oversight",
        "title": None, "place": "", "anonymous": random.random() < 0.04, "confidential": random.random() < 0.03,
        "hidden": random.random() < 0.01, "published_at": at.get("verify_and_assign"), "reporter_name": None,
        "officer_id": officer if is_open and unit is places.units[0] and random.random() < 0.5 else None,
        "locale": "id", "cycle": 1, "version": last["version"], "due_at": None, "due_kind": None,
        "first_response_at": at.get("start"), "answered_at": at.get("answer"),
        "closed_at": None if is_open else last["at"], "hold_reason": "waiting_material" if held else None,
        "promised_date": (last["at"] + timedelta(days=14)).date() if held else None,
        "reject_reason": "unclear" if state == "rejected" else None, "import_source": None, "import_ref": None,
    }  # fmt: skip


def _cycle(ticket: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    start, first, answered = ticket["received_at"], ticket["first_response_at"], ticket["answered_at"]
    waited = int((first - start).total_seconds()) if first else None
    resolved = int((answered - start).total_seconds()) if answered else None
    return {
        "ticket_id": ticket["id"], "number": 1, "started_at": start, "unit_id": ticket["unit_id"],
        "first_response_at": first, "first_response_minutes": waited // 190 if waited is not None else None,
        "first_response_seconds": waited, "answered_at": answered,
        "resolution_minutes": resolved // 190 if resolved is not None else None, "resolution_seconds": resolved,
        "on_time": random.random() < 0.8 if answered else None, "answered_by_id": None,
    }  # fmt: skip


def _clock(
    kind: str, ticket: dict[str, Any], events: list[dict[str, Any]], due: datetime, places: Places
) -> dict[str, Any] | None:
    at = {event["move"]: event["at"] for event in events}
    first = "submit" if kind in ("verify", "holding") else "verify_and_assign"
    if first not in at or kind not in places.policies:
        return None
    stopped = at.get(STOPPED_BY.get(kind, ""), ticket["closed_at"])
    limit = None if kind == "holding" else at[first] + timedelta(days=3) if kind != "resolve" else due
    late = stopped is not None and limit is not None and stopped >= limit
    state = ("missed" if late else "met") if stopped else "running"
    return {
        "ticket_id": ticket["id"], "cycle": 1, "kind": kind, "unit_id": ticket["unit_id"], "started_at": at[first],
        "zone": ticket["zone"], "policy_version_id": places.policies[kind], "calendar_version_id": places.calendar,
        "state": state, "due_at": limit, "due_date": limit.date() if limit else None, "provisional": False,
        "extension": 0, "retarget_overdue": False, "stopped_at": stopped, "breached_at": limit if late else None,
        "used_minutes": int((stopped - at[first]).total_seconds() / 190) if stopped else None,
        "elapsed_seconds": int((stopped - at[first]).total_seconds()) if stopped else None,
    }  # fmt: skip
