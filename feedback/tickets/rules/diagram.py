"""The transition table as a document: docs/lifecycle.md is this text, and a test compares them."""

from __future__ import annotations

from feedback.tickets.rules.lifecycle import TABLE, Move
from feedback.tickets.rules.words import MOVE_LABELS, STATE_LABELS, State


def _arrows() -> list[str]:
    lines = []
    for move in TABLE:
        for source in [str(one) for one in sorted(move.sources)] or ["[*]"]:
            if move.target is not None and move.target != source:
                lines.append(f"    {source} --> {move.target}: {move.name}")
    return lines


def _listed(words: object) -> str:
    return ", ".join(sorted(str(word) for word in words)) if words else "–"  # type: ignore[attr-defined]


def _row(move: Move) -> str:
    who = "anybody" if len(move.who) == 5 else _listed(move.who)
    sources = "any" if len(move.sources) == len(State) else _listed(move.sources)
    effects = [f"starts {_listed(move.starts)}" if move.starts else ""]
    effects += [f"stops {_listed(move.stops)}" if move.stops else ""]
    effects += ["pauses" if move.pauses else "", "ends a pause" if move.resumes else ""]
    effects += ["retargets" if move.retargets else ""]
    effects += ["hands over" if move.hands_over else "", "cancels all" if move.cancels_all else ""]
    effects += ["new cycle" if move.new_cycle else "", "publishes the words" if move.publishes else ""]
    effects += ["not shown to the public" if move.quiet else ""]
    effects += ["none; officials only" if move.internal else ""]
    clocks = "; ".join(effect for effect in effects if effect) or "–"
    tells = ", ".join(move.tells) or "–"
    needs = ", ".join(move.needs) or "–"
    target = move.target or "stays"
    return f"| `{move.name}` | {sources} | {target} | {who} | {move.words} | {needs} | {clocks} | {tells} |"


def lifecycle_document() -> str:
    """Markdown with the states, a Mermaid diagram and every row of the table."""
    states = "\n".join(f"| `{state}` | {STATE_LABELS[state]} |" for state in State)
    labels = "\n".join(f"| `{move.name}` | {MOVE_LABELS[move.name]} |" for move in TABLE)
    return "\n".join([
        "# Lifecycle of a ticket",
        "",
        "Generated from `feedback/tickets/rules/lifecycle.py` by `make docs`; a test fails when they differ.",
        "",
        "| State | Shown as |",
        "|---|---|",
        states,
        "",
        "```mermaid",
        "stateDiagram-v2",
        *_arrows(),
        "```",
        "",
        "| Move | From | To | Who | Words | Needs | Clocks | Tells |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(move) for move in TABLE),
        "",
        "| Move | In the timeline |",
        "|---|---|",
        labels,
        "",
    ])  # fmt: skip
