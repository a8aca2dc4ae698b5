"""Topics, outside bodies, services with their standards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from feedback.admin.forms.choices import Pick, topic_choices, unit_choices
from feedback.catalogue.actions import (
    ChangeAuthority,
    ChangeService,
    ChangeTopic,
    CreateAuthority,
    CreateService,
    CreateTopic,
    Standard,
)
from feedback.catalogue.rules import InternalComponent, ServicePage, TopicRow
from feedback.units.rules import UnitRow
from feedback.web.form import Form, Line, Prose, Words

_SLUG_HINT = _("Huruf kecil dan tanda hubung. Tidak dapat diubah kemudian karena dipakai dalam tautan.")
_PUBLISHED = ("requirements", "procedure", "time_text", "cost", "product", "complaint_handling", "legal_basis")
_INTERNAL = {f"internal_{part.value}": part for part in InternalComponent}


class TopicForm(Form):
    """A topic as citizens see it, and its place in the national list."""

    sections: Any = ((None, ("name", "description", "national_category", "position", "is_active")),)
    name = Line(_("Nama topik"), [Words()], longest=120)
    description = Prose(_("Penjelasan untuk warga"), [Optional()], longest=500)
    national_category = Line(
        _("Kategori nasional (LAPOR!)"), [Words()], longest=200, description=_("Ditulis: Induk; Anak.")
    )
    position = IntegerField(_("Urutan"), [InputRequired(), NumberRange(0, 9999)], default=0)
    is_active = BooleanField(_("Dapat dipilih warga"), default=True)

    def details(self) -> dict[str, Any]:
        """The values that every command about a topic carries."""
        names = ("name", "national_category", "position", "is_active")
        return {name: self[name].data for name in names} | {"description": self.description.data or ""}

    def change(self, topic_id: int) -> ChangeTopic:
        """New details for this topic."""
        return ChangeTopic(topic_id=topic_id, **self.details())


class NewTopicForm(TopicForm):
    """A topic that is not there yet."""

    sections: Any = ((None, ("name", "slug", "description", "national_category", "position", "is_active")),)
    slug = Line(_("Alamat singkat"), [Words()], longest=80, description=_SLUG_HINT)

    def create(self) -> CreateTopic:
        """The topic asked for."""
        return CreateTopic(slug=self.slug.data or "", **self.details())


class AuthorityForm(Form):
    """A body outside the regional government and how citizens reach it."""

    sections: Any = ((None, ("name", "channel", "url", "phone", "is_active")),)
    name = Line(_("Nama lembaga"), [Words()], longest=200)
    channel = Prose(_("Cara menghubungi"), [Words()], longest=1000)
    url = Line(_("Alamat situs"), [Optional()], longest=300)
    phone = Line(_("Telepon"), [Optional()], longest=40)
    is_active = BooleanField(_("Masih dipakai"), default=True)

    def details(self) -> dict[str, Any]:
        """The values that every command about an outside body carries."""
        return {name: self[name].data for name in ("name", "channel", "url", "phone", "is_active")}

    def change(self, authority_id: int) -> ChangeAuthority:
        """New details for this body."""
        return ChangeAuthority(authority_id=authority_id, **self.details())


class NewAuthorityForm(AuthorityForm):
    """An outside body that is not there yet."""

    sections: Any = ((None, ("name", "slug", "channel", "url", "phone", "is_active")),)
    slug = Line(_("Alamat singkat"), [Words()], longest=80, description=_SLUG_HINT)

    def create(self) -> CreateAuthority:
        """The body asked for."""
        return CreateAuthority(slug=self.slug.data or "", **self.details())


class ServiceForm(Form):
    """A service and the fourteen components of its standard (UU 25/2009 Art 21)."""

    sections: Any = (
        (None, ("name", "code", "unit_id", "topic_id", "summary", "is_active")),
        (_("Standar yang dilihat warga"), _PUBLISHED),
        (_("Komponen lain dari standar"), tuple(_INTERNAL)),
    )
    name = Line(_("Nama layanan"), [Words()], longest=200)
    code = Line(_("Kode"), [Words()], longest=20)
    unit_id = Pick(_("Unit pemilik"), [InputRequired()])
    topic_id = Pick(_("Topik"))
    summary = Prose(_("Ringkasan"), [Optional()], longest=500)
    is_active = BooleanField(_("Ditampilkan kepada warga"), default=True)
    requirements = Prose(_("Persyaratan"), [Optional()])
    procedure = Prose(_("Prosedur"), [Optional()])
    time_text = Prose(_("Jangka waktu"), [Optional()], longest=2000)
    cost = Prose(_("Biaya"), [Optional()], longest=2000)
    product = Prose(_("Produk layanan"), [Optional()], longest=2000)
    complaint_handling = Prose(_("Penanganan pengaduan"), [Optional()])
    legal_basis = Prose(_("Dasar hukum"), [Optional()])
    internal_facilities = Prose(_("Sarana dan prasarana"), [Optional()])
    internal_competence = Prose(_("Kompetensi pelaksana"), [Optional()])
    internal_supervision = Prose(_("Pengawasan internal"), [Optional()])
    internal_staffing = Prose(_("Jumlah pelaksana"), [Optional()])
    internal_guarantee = Prose(_("Jaminan pelayanan"), [Optional()])
    internal_safety = Prose(_("Jaminan keamanan dan keselamatan"), [Optional()])
    internal_evaluation = Prose(_("Evaluasi kinerja"), [Optional()])

    def offer(self, units: Iterable[UnitRow], topics: Iterable[TopicRow]) -> None:
        """Set the choices of units and topics."""
        self.unit_id.offer(unit_choices(units), empty=gettext("Pilih unit"))
        self.topic_id.offer(topic_choices(topics), empty=gettext("Tanpa topik"))

    def details(self) -> dict[str, Any]:
        """The values that every command about a service carries."""
        internal = {part.value: self[name].data for name, part in _INTERNAL.items() if self[name].data}
        standard = Standard(**{name: self[name].data or "" for name in _PUBLISHED}, internal=internal)
        names = ("name", "code", "unit_id", "topic_id", "is_active")
        return {name: self[name].data for name in names} | {"summary": self.summary.data or "", "standard": standard}

    def change(self, service_id: int) -> ChangeService:
        """New details for this service."""
        return ChangeService(service_id=service_id, **self.details())


class NewServiceForm(ServiceForm):
    """A service that is not there yet."""

    sections: Any = (
        (None, ("name", "slug", "code", "unit_id", "topic_id", "summary", "is_active")),
        *ServiceForm.sections[1:],
    )
    slug = Line(_("Alamat singkat"), [Words()], longest=80, description=_SLUG_HINT)

    def create(self) -> CreateService:
        """The service asked for."""
        return CreateService(slug=self.slug.data or "", **self.details())


def service_values(page: ServicePage) -> dict[str, Any]:
    """What the form of a stored service starts with."""
    service = page.service
    names = ("name", "code", "unit_id", "topic_id", "summary", "is_active")
    internal = {name: page.internal_standard.get(part.value, "") for name, part in _INTERNAL.items()}
    return (
        {name: getattr(service, name) for name in names} | {name: getattr(page, name) for name in _PUBLISHED} | internal
    )
