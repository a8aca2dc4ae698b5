"""Units and regions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from feedback.admin.forms.choices import Pick, labelled, unit_choices
from feedback.admin.rules import KIND_LABELS, ZONE_LABELS
from feedback.units.actions import ChangeUnit, CloseUnit, CreateRegion, CreateUnit, MoveUnit
from feedback.units.rules import UnitKind, UnitRow
from feedback.web.form import Address, Form, Line, Prose, Words

_DETAILS = (
    "name", "short_name", "calendar_key", "region_code", "show_officer_names", "address", "phone", "email", "website",
    "about",
)  # fmt: skip
_CONTACT = (_("Kontak untuk warga"), ("address", "phone", "email", "website"))


class UnitForm(Form):
    """Everything that may be said of a unit at any time."""

    sections: Any = (
        (None, ("name", "short_name", "about", "show_officer_names")),
        (_("Tempat dan waktu"), ("region_code", "zone", "calendar_key")),
        _CONTACT,
    )
    name = Line(_("Nama lengkap"), [Words()], longest=200)
    short_name = Line(
        _("Nama pendek"), [Words()], longest=80, description=_("Dipakai di daftar, misalnya Disdukcapil.")
    )
    about = Prose(_("Tugas unit"), [Optional()], longest=2000)
    show_officer_names = BooleanField(
        _("Tampilkan nama petugas pada jawaban"), description=_("Tanpa ini, warga hanya melihat peran dan unit.")
    )
    region_code = Line(
        _("Kode wilayah"),
        [Optional()],
        longest=20,
        description=_("Kode Kemendagri wilayah kerjanya, misalnya 82.72.02."),
    )
    zone = SelectField(_("Zona waktu"))
    calendar_key = SelectField(_("Kalender kerja"))
    address = Prose(_("Alamat"), [Optional()], longest=500)
    phone = Line(_("Telepon"), [Optional()], longest=40)
    email = Line(_("Alamat surel"), [Optional(), Address()], longest=254)
    website = Line(_("Alamat situs"), [Optional()], longest=300)

    def offer(self, calendars: Iterable[str]) -> None:
        """Set the choices of zones and calendars."""
        self.zone.choices = labelled(ZONE_LABELS)
        keys = [SelectChoice(key, key.upper()) for key in calendars]
        self.calendar_key.choices = [SelectChoice("", gettext("Sama dengan unit induk")), *keys]

    def details(self) -> dict[str, Any]:
        """The values that every command about a unit carries."""
        return {name: self[name].data for name in _DETAILS} | {"about": self.about.data or ""}

    def change(self, unit_id: int) -> ChangeUnit:
        """New details for this unit."""
        return ChangeUnit(unit_id=unit_id, zone=self.zone.data, **self.details())


class NewUnitForm(UnitForm):
    """A unit that is not there yet."""

    sections: Any = (
        (None, ("kind", "parent_id", "name", "short_name", "slug", "about", "show_officer_names")),
        (_("Tempat dan waktu"), ("region_code", "zone", "calendar_key", "valid_from")),
        _CONTACT,
    )
    kind = SelectField(_("Jenis unit"))
    parent_id = Pick(_("Unit induk"), description=_("Kosong hanya untuk pemerintah daerah."))
    slug = Line(
        _("Alamat singkat"),
        [Words()],
        longest=80,
        description=_("Huruf kecil dan tanda hubung, misalnya dinas-perhubungan."),
    )
    valid_from = DateField(_("Berlaku mulai"), [InputRequired()])

    def offer_parents(self, units: Iterable[UnitRow], calendars: Iterable[str]) -> None:
        """Set every choice of the form."""
        self.offer(calendars)
        self.zone.choices = [SelectChoice("", gettext("Sama dengan unit induk")), *labelled(ZONE_LABELS)]
        self.kind.choices = labelled(KIND_LABELS)
        self.parent_id.offer(unit_choices(units), empty=gettext("Tidak ada (pemerintah daerah)"))

    def create(self) -> CreateUnit:
        """The unit asked for."""
        return CreateUnit(
            slug=self.slug.data or "",
            kind=UnitKind(self.kind.data),
            valid_from=self.valid_from.data or date.max,
            parent_id=self.parent_id.data,
            zone=self.zone.data or None,
            **self.details(),
        )


class MoveUnitForm(Form):
    """Another parent for a unit."""

    sections: Any = ((None, ("parent_id",)),)
    parent_id = Pick(_("Unit induk baru"), [InputRequired()])

    def offer(self, units: Iterable[UnitRow], moved: UnitRow) -> None:
        """Every open unit outside the moved subtree."""
        outside = [unit for unit in units if not unit.path.startswith(moved.path)]
        self.parent_id.offer(unit_choices(outside), empty=gettext("Pilih unit"))

    def command(self, unit_id: int) -> MoveUnit:
        """The move asked for."""
        return MoveUnit(unit_id=unit_id, parent_id=self.parent_id.data)


class CloseUnitForm(Form):
    """The end of a unit."""

    sections: Any = ((None, ("valid_to", "successor_id")),)
    valid_to = DateField(
        _("Tidak berlaku lagi mulai"), [InputRequired()], description=_("Hari pertama tanpa unit ini.")
    )
    successor_id = Pick(
        _("Unit pengganti"),
        description=_("Aturan, tautan, dan pencarian yang menunjuk unit ini beralih ke penggantinya."),
    )

    def offer(self, units: Iterable[UnitRow], closed: UnitRow) -> None:
        """Every open unit outside the closed subtree."""
        outside = [unit for unit in units if not unit.path.startswith(closed.path)]
        self.successor_id.offer(unit_choices(outside), empty=gettext("Tanpa pengganti"))

    def command(self, unit_id: int) -> CloseUnit:
        """The closing asked for."""
        return CloseUnit(unit_id=unit_id, valid_to=self.valid_to.data or date.max, successor_id=self.successor_id.data)


class RegionForm(Form):
    """A region inside one that exists already."""

    sections: Any = ((None, ("code", "name")),)
    code = Line(_("Kode wilayah"), [Words()], longest=20, description=_("Kode Kemendagri, misalnya 82.72.02.1003."))
    name = Line(_("Nama wilayah"), [Words()], longest=120)

    def command(self) -> CreateRegion:
        """The region asked for."""
        return CreateRegion(code=self.code.data or "", name=self.name.data or "")
