"""The questions readers of the board ask, as they come in addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import DataRequired, NumberRange, Optional

from feedback.insight.rules.period import EARLIEST, LATEST, Period, chosen_period
from feedback.kernel.errors import Invalid
from feedback.units.rules import UnitRow
from feedback.web.form import Form


class BoardForm(Form):
    """A unit and a period; the names of the fields are the words of the address, so that it can be shared."""

    class Meta(Form.Meta):
        csrf = False  # a question changes nothing

    unit = SelectField(lazy_gettext("Unit kerja"), validate_choice=False, default="")
    dari = DateField(lazy_gettext("Dari"), validators=[Optional()])
    sampai = DateField(lazy_gettext("Sampai"), validators=[Optional()])
    tahun = IntegerField(lazy_gettext("Atau tahun"), validators=[Optional(), NumberRange(EARLIEST.year, LATEST.year)])

    def offer(self, units: Sequence[UnitRow], chosen: UnitRow) -> None:
        """Fill the list of units, indented by their place in the tree."""
        top = min(unit.depth for unit in units)
        self.unit.choices = [(unit.slug, "\u2003" * (unit.depth - top) + unit.name) for unit in units]
        self.unit.data = chosen.slug

    def period(self, today: date, zone: str) -> Period | None:
        """The period asked for, shown in the fields too; None when it makes no sense, with the reason at its field."""
        if not self.validate():
            return None
        try:
            found = chosen_period(self.dari.data, self.sampai.data, self.tahun.data, today=today, zone=zone)
        except Invalid as refusal:
            self.refuse(refusal)
            return None
        shown: tuple[tuple[Any, Any], ...] = ((self.dari, found.first), (self.sampai, found.last), (self.tahun, None))
        for field, value in shown:
            field.raw_data, field.data = None, value
        return found


class SubscribeForm(Form):
    """Which unit's report to get."""

    unit = SelectField(lazy_gettext("Unit kerja"), validators=[DataRequired()])

    def offer(self, units: Sequence[UnitRow]) -> None:
        """Fill the list of units."""
        self.unit.choices = [(unit.slug, unit.name) for unit in units]
