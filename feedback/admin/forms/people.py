"""Accounts and roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Optional

from feedback.admin.forms.choices import Pick, labelled, languages, unit_choices
from feedback.kernel.permissions import Role
from feedback.people.actions import CreatePerson, GrantRole
from feedback.people.rules import ROLE_LABELS
from feedback.units.rules import UnitRow
from feedback.web.form import Address, Form, Line, Words


class PersonForm(Form):
    """What an account is called."""

    sections: Any = ((None, ("name", "locale")),)
    name = Line(_("Nama"), [Words()], longest=120)
    locale = SelectField(_("Bahasa surat elektronik"), choices=languages())


class NewPersonForm(PersonForm):
    """A new member of staff."""

    sections: Any = ((None, ("name", "email", "locale")),)
    email = Line(_("Alamat surel"), [Words(), Address()], longest=254)

    def create(self, password: str) -> CreatePerson:
        """The account asked for, with a password that was made for it."""
        return CreatePerson(
            email=self.email.data or "",
            name=self.name.data or "",
            password=password,
            staff=True,
            locale=self.locale.data,
        )


class RoleForm(Form):
    """A role at a unit from one local date to another."""

    unit_id = Pick(_("Unit"), [InputRequired()])
    role = SelectField(_("Peran"))
    valid_from = DateField(_("Mulai"), [Optional()], description=_("Kosong: hari ini."))
    valid_to = DateField(_("Sampai"), [Optional()], description=_("Kosong: tanpa batas."))

    def offer(self, units: Iterable[UnitRow]) -> None:
        """Set the choices of units and roles."""
        self.unit_id.offer(unit_choices(units), empty=gettext("Pilih unit"))
        self.role.choices = labelled(ROLE_LABELS)

    def command(self, person_id: int) -> GrantRole:
        """The role asked for."""
        return GrantRole(
            person_id=person_id,
            unit_id=self.unit_id.data,
            role=Role(self.role.data),
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )
