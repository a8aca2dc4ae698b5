"""Shapes of input of the public pages. Filters travel in the address and carry no token, so they set no cookie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.publicsite.queries.choices import Choices, Named
from feedback.publicsite.rules import read_period, read_question
from feedback.tickets.queries.listing import Filters
from feedback.tickets.rules.words import KIND_LABELS, STATE_LABELS, Kind, State
from feedback.web.form import Form, Line, Words
from feedback.web.markup import day

ZONE = "Asia/Jakarta"
Value = TypeVar("Value")


class Address(Form):
    """A form that is sent with GET."""

    class Meta(Form.Meta):
        csrf = False


class ListForm(Address):
    """The filters of a list of tickets."""

    q = Line(lazy_gettext("Cari kata atau nomor laporan"), longest=200)
    jenis = SelectField(lazy_gettext("Jenis"))
    status = SelectField(lazy_gettext("Keadaan"))
    topik = SelectField(lazy_gettext("Topik"))
    wilayah = SelectField(lazy_gettext("Wilayah"))
    unit = SelectField(lazy_gettext("Unit yang memegang"))
    layanan = HiddenField(lazy_gettext("Layanan"))
    dari = DateField(lazy_gettext("Diterima dari tanggal"), [Optional()])
    sampai = DateField(lazy_gettext("Sampai tanggal"), [Optional()])

    def offer(self, choices: Choices) -> None:
        """Fill the lists to choose from."""
        self._choices = choices
        everything = [_choice("", gettext("Semua"))]
        self.jenis.choices = everything + [_choice(kind.value, gettext(KIND_LABELS[kind])) for kind in Kind]
        self.status.choices = everything + [_choice(state.value, gettext(STATE_LABELS[state])) for state in State]
        self.topik.choices = everything + [_choice(topic.key, topic.name) for topic in choices.topics]
        self.wilayah.choices = everything + _regions(choices.regions)
        self.unit.choices = everything + [_unit(unit) for unit in choices.units]
        for field in (self.jenis, self.status, self.topik, self.wilayah, self.unit):
            field.data = field.data or ""

    @property
    def zone(self) -> str:
        """The zone in which the dates are meant: the chosen unit's, western time otherwise."""
        return self._choices.unit.zone if self._choices.unit else ZONE

    def chosen(self) -> list[tuple[str, str, str]]:
        """What is set, as name, value in the address, and words for the reader; only what can be used."""
        found = []
        for field in self:
            text = field.raw_data[0] if field.raw_data else ""
            if text and not field.errors:
                name = gettext("Cari") if field is self.q else field.label.text
                found.append((field.short_name, text, f"{name}: {self._shown(field.short_name, text)}"))
        return found

    def _shown(self, name: str, text: str) -> str:
        chosen = self._choices
        named = {"topik": chosen.topic, "wilayah": chosen.region, "unit": chosen.unit, "layanan": chosen.service}
        if (row := named.get(name)) is not None:
            return row.name
        if name == "jenis":
            return str(gettext(KIND_LABELS[Kind(text)]))
        if name == "status":
            return str(gettext(STATE_LABELS[State(text)]))
        return day(getattr(self, name).data) if name in ("dari", "sampai") else text

    def _read(self, rule: Callable[[], Value]) -> Value | None:
        """What a rule makes of the input, or None with the reason at the field."""
        try:
            return rule()
        except Invalid as refusal:
            self.refuse(refusal)
            return None

    def filters(self) -> Filters | None:
        """What to list, or None when something given cannot be used; the fields then say what."""
        good = self.validate()
        question = self._read(lambda: read_question(self.q.data or ""))
        period = self._read(lambda: read_period(self.dari.data, self.sampai.data, self.zone))
        if self.layanan.data and self._choices.service is None:
            self.refuse(Invalid(mark("Layanan ini tidak dikenal."), field="layanan"))
            return None
        if not good or question is None or period is None:
            return None
        chosen = self._choices
        return Filters(
            text=question.words,
            number=question.number,
            kind=Kind(self.jenis.data) if self.jenis.data else None,
            state=State(self.status.data) if self.status.data else None,
            topic_id=chosen.topic.id if chosen.topic else None,
            service_id=chosen.service.id if chosen.service else None,
            unit_path=chosen.unit.place if chosen.unit else None,
            region_code=chosen.region.key if chosen.region else None,
            since=period[0],
            until=period[1],
        )


class CatalogueForm(Address):
    """The filters of the list of services."""

    q = Line(lazy_gettext("Cari layanan"), longest=200)
    topik = SelectField(lazy_gettext("Topik"))
    unit = SelectField(lazy_gettext("Unit"))

    def offer(self, choices: Choices) -> None:
        """Fill the lists to choose from."""
        everything = [_choice("", gettext("Semua"))]
        self.topik.choices = everything + [_choice(topic.key, topic.name) for topic in choices.topics]
        self.unit.choices = everything + [_unit(unit) for unit in choices.units]
        for field in (self.topik, self.unit):
            field.data = field.data or ""


class TrackForm(Form):
    """Number and secret code of a report."""

    nomor = Line(
        lazy_gettext("Nomor laporan"), [Words(lazy_gettext("Tulis nomor laporan, misalnya MB-7Q2K-4F0F."))], longest=64
    )
    kode = Line(
        lazy_gettext("Kode rahasia"), [Words(lazy_gettext("Tulis kode rahasia dari tanda terima."))], longest=64
    )


def _choice(value: str, label: str, group: str | None = None) -> SelectChoice:
    return SelectChoice(value=value, label=label, optgroup=group)


def _regions(regions: Sequence[Named]) -> list[SelectChoice]:
    """Regions in groups by province; the province itself stands first in its group."""
    names = {region.key: region.name for region in regions}
    found = []
    for region in regions:
        province = names.get(region.key.split(".")[0], region.name)
        depth = region.key.count(".")
        label = "– " * (depth - 1) + region.name if depth else gettext("Seluruh %(name)s", name=region.name)
        found.append(_choice(region.key, label, province))
    return found


def _unit(unit: Named) -> SelectChoice:
    return _choice(unit.key, "– " * (unit.place.count(".") - 1) + unit.name)
