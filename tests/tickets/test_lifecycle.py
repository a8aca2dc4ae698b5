"""The transition table, its mirrors in documents and database, and every move that is not in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, NotFound
from feedback.storage.session import db
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.diagram import lifecycle_document
from feedback.tickets.rules.lifecycle import MOVES, TABLE, Clock, Relation, Situation, Words, check_move, possible_moves
from feedback.tickets.rules.words import (
    HOLD_LABELS,
    HOLD_LONGEST_DAYS,
    MOVE_LABELS,
    OPEN_STATES,
    REJECT_CHANNELS,
    REJECT_LABELS,
    STATE_LABELS,
    Channel,
    Grade,
    HoldReason,
    Kind,
    MoveName,
    RejectReason,
    State,
)
from feedback.tickets.views.labels import MOVE_ACTIONS, MOVE_HINTS, STATE_MEANINGS
from tests.factories import MONDAY, World
from tests.tickets.steps import bring, footprint, make, ticket_of

ROOT = Path(__file__).parents[2]
SUBMIT_AND_SYSTEM = {MoveName.SUBMIT, MoveName.LAPSE, MoveName.ESCALATE}


def test_the_document_is_the_table() -> None:
    assert (ROOT / "docs" / "lifecycle.md").read_text() == lifecycle_document()


def test_every_move_has_one_row() -> None:
    assert [move.name for move in TABLE] == [*dict.fromkeys(move.name for move in TABLE)]
    assert set(MOVES) == set(MoveName)


def test_every_state_is_reached_from_a_report() -> None:
    reached, before = {State.RECEIVED}, set()
    while reached != before:
        before = set(reached)
        reached |= {move.target for move in TABLE if move.target and move.sources & before}
    assert reached == set(State)


def test_every_open_state_leads_on_and_final_ones_only_by_the_table() -> None:
    leaving = {state: {move.target for move in TABLE if state in move.sources and move.target} for state in State}
    assert all(leaving[state] for state in OPEN_STATES)
    assert {state for state in State if not leaving[state]} == {State.WITHDRAWN, State.REJECTED, State.REFERRED}


def test_every_word_has_what_people_read() -> None:
    assert set(STATE_LABELS) == set(STATE_MEANINGS) == set(State)
    assert set(MOVE_LABELS) == set(MoveName)
    assert set(MOVE_ACTIONS) == set(MoveName) - SUBMIT_AND_SYSTEM
    assert set(HOLD_LABELS) == set(HOLD_LONGEST_DAYS) == set(HoldReason)
    assert set(REJECT_LABELS) == set(REJECT_CHANNELS) == set(RejectReason)


def test_every_required_word_says_who_reads_it() -> None:
    assert {move.name for move in TABLE if move.words is Words.REQUIRED} - {MoveName.SUBMIT} <= set(MOVE_HINTS)


@pytest.mark.parametrize("name", [move.name for move in TABLE if Clock.FIRST_RESPONSE in move.stops])
def test_only_public_words_of_an_official_stop_the_response_clock(name: MoveName) -> None:
    move = MOVES[name]
    assert move.words is Words.REQUIRED
    assert Relation.REPORTER not in move.who
    assert Relation.SYSTEM not in move.who


def listed(app: Flask, table: str, column: str) -> set[str]:
    checks = inspect(db.engine).get_check_constraints(table)
    text = next(check["sqltext"] for check in checks if check["name"] == f"ck_{table}_{column}_known")
    return set(re.findall(r"'(\w+)'", text))


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("ticket", "state", State),
        ("ticket", "kind", Kind),
        ("ticket", "grade", Grade),
        ("ticket", "channel", Channel),
        ("ticket", "hold_reason", HoldReason),
        ("ticket", "reject_reason", RejectReason),
        ("ticket_event", "move", MoveName),
        ("ticket_event", "from_state", State),
        ("ticket_event", "to_state", State),
    ],
)
def test_the_database_admits_exactly_the_enum(app: Flask, table: str, column: str, words: Any) -> None:
    assert listed(app, table, column) == {word.value for word in words}


def test_the_database_knows_which_states_are_open(app: Flask) -> None:
    checks = inspect(db.engine).get_check_constraints("ticket")
    text = next(check["sqltext"] for check in checks if check["name"] == "ck_ticket_open_follows_state")
    assert set(re.findall(r"'(\w+)'", text)) == {state.value for state in OPEN_STATES}


def situation(state: State, *held: Relation, **values: Any) -> Situation:
    given: dict[str, Any] = {"person_id": 1, "excluded_person_id": None, "closed_at": MONDAY, "hidden": False}
    return Situation(state=state, relations=frozenset(held), **{**given, **values})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", MoveName)
def test_check_move_is_the_table_and_nothing_more(name: MoveName, state: State) -> None:
    """Every state with every move and every relation: the table's row, or the right refusal."""
    move = MOVES[name]
    for relation in Relation:
        asked = situation(state, relation, hidden=name is MoveName.RESTORE, masking_asked=True)
        if state not in move.sources:
            with pytest.raises(Conflict):
                check_move(name, asked, MONDAY)
        elif relation not in move.who:
            with pytest.raises(Forbidden):
                check_move(name, asked, MONDAY)
        elif name is MoveName.WITHDRAW and relation is Relation.SYSTEM and state is not State.INCOMPLETE:
            with pytest.raises(Conflict):
                check_move(name, asked, MONDAY)
        else:
            assert check_move(name, asked, MONDAY) is move


@pytest.mark.parametrize("state", State)
def test_somebody_with_no_relation_may_do_nothing(state: State) -> None:
    assert possible_moves(situation(state), MONDAY) == ()


def actors(world: World) -> dict[str, Actor]:
    return {
        "reporter": world.citizen,
        "officer": world.officer,
        "coordinator": world.coordinator,
        "supervisor": world.governor,
        "stranger": world.stranger,
        "inspector": world.inspector,
        "administrator": world.administrator,
    }


RELATION = {"reporter": Relation.REPORTER, "officer": Relation.OFFICER, "coordinator": Relation.COORDINATOR, "supervisor": Relation.SUPERVISOR}


@pytest.mark.parametrize("state", State)
def test_a_move_not_in_the_table_changes_nothing(world: World, state: State) -> None:
    receipt = bring(world, state)
    holder = ticket_of(receipt).unit_id
    before = footprint()
    for who, actor in actors(world).items():
        relation = RELATION.get(who)
        if who == "officer" and holder != world.agency:
            relation = None  # the officer's unit does not hold it
        for name in MoveName:
            move = MOVES[name]
            if state in move.sources and relation in move.who:
                continue
            with pytest.raises((Conflict, Forbidden, NotFound)):
                make(world, receipt, name, actor)
    assert footprint() == before


@pytest.mark.parametrize("state", State)
def test_the_clock_may_do_only_what_the_table_gives_it(world: World, state: State) -> None:
    receipt = bring(world, state)
    before = footprint()
    allowed = {
        State.ANSWERED: {MoveName.LAPSE},
        State.ON_HOLD: {MoveName.RESUME},
        State.INCOMPLETE: {MoveName.WITHDRAW},
        State.JOINED: {MoveName.UNJOIN},  # when the report it follows ends without an answer
    }.get(state, set())
    if state in OPEN_STATES - {State.ANSWERED}:
        allowed = allowed | {MoveName.ESCALATE}
    allowed = allowed | {MoveName.REDACT}  # by the sweep of an operator (test_sweep.py)
    for name in set(MoveName) - allowed:
        try:
            assert not make_system_move(MakeMove(number=receipt.number, move=name, version=None, text="a b"), utc_now())
        except Forbidden:
            continue
    assert footprint() == before
