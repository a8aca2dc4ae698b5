"""Choices of the administrators' select boxes, made from rows that the views hand over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields import SelectChoice

from feedback.catalogue.rules import AuthorityRow, ServiceRow, TopicRow
from feedback.units.rules import UnitRow
from feedback.web.language import LANGUAGES

Choices = list[SelectChoice]
_INDENT = "\N{EN SPACE}\N{EN SPACE}"


def number_or_none(value: Any) -> int | None:
    """What a select box of ids holds: a whole number, or None for the empty choice."""
    return None if value in ("", None) else int(value)


class Pick(SelectField):
    """A select box of ids; the first choice is empty."""

    def __init__(self, label: Any, validators: Any = (), **rest: Any) -> None:
        super().__init__(label, list(validators), coerce=number_or_none, choices=[], **rest)

    def offer(self, choices: Choices, *, empty: str) -> None:
        """Set what may be chosen; ``empty`` is the text of the empty choice."""
        self.choices = [SelectChoice("", empty), *choices]


def unit_choices(units: Iterable[UnitRow]) -> Choices:
    """Units that are not closed, indented by their depth, in the order given."""
    return [SelectChoice(str(unit.id), f"{_INDENT * unit.depth}{unit.name}") for unit in units if unit.valid_to is None]


def topic_choices(topics: Iterable[TopicRow]) -> Choices:
    """Topics by name."""
    return [SelectChoice(str(topic.id), topic.name) for topic in topics]


def service_choices(services: Iterable[ServiceRow]) -> Choices:
    """Services with the unit that owns each."""
    return [SelectChoice(str(service.id), f"{service.name} ({service.unit_name})") for service in services]


def authority_choices(authorities: Iterable[AuthorityRow]) -> Choices:
    """Bodies outside the regional government."""
    return [SelectChoice(str(authority.id), authority.name) for authority in authorities]


def labelled(labels: Mapping[Any, str]) -> Choices:
    """The words of an enum with what people read."""
    return [SelectChoice(word.value, gettext(label)) for word, label in labels.items()]


def languages() -> Choices:
    """The languages of mail."""
    return [SelectChoice(code, name) for code, name in LANGUAGES.items()]
