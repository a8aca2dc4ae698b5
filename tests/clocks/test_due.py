"""The deadlines of the 200 published cases."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.clocks.rules.due import Amount, Unit, due, used
from feedback.clocks.rules.question import parse_question, write_instant
from tests.clocks.samples import CALENDARS, at, vectors


@pytest.mark.parametrize("case", vectors(), ids=lambda case: f"case-{case['id']}")
def test_vector(case: dict[str, Any]) -> None:
    question = parse_question(case, CALENDARS)
    found = question.answer()
    assert found.at is not None
    assert found.date is not None
    assert (write_instant(found.at), found.date.isoformat()) == (case["due_at"], case["due_date"])
    assert not found.provisional
    spent = used(
        question.start,
        found.at,
        question.amount.unit,
        question.calendar,
        pauses=question.pauses,
        moves=question.moves,
    )
    assert spent == case["amount"]


def test_there_are_two_hundred() -> None:
    assert len(vectors()) == 200


def test_sixty_working_days_cross_two_holy_months() -> None:
    found = due(at("2026-02-10T03:00:00Z"), Amount(60, Unit.WORKING_DAY), CALENDARS["wib"])
    assert found.date is not None
    assert found.date.isoformat() == "2026-05-20"
