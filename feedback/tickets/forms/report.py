"""The shape of a report as it is typed; the same fields at the citizen's and at the counter."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    TelField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from feedback.catalogue.queries import services, topics
from feedback.files.forms import Attachments
from feedback.kernel.errors import Refusal
from feedback.kernel.text import clean, mark
from feedback.tickets.actions.submit import SubmitReport
from feedback.tickets.rules.report import LONGEST_NAME, LONGEST_PLACE, LONGEST_TEXT
from feedback.tickets.rules.words import CHANNEL_LABELS, KIND_LABELS, Channel, Kind
from feedback.units.queries import region_children, region_trail, subtree, units_covering
from feedback.units.rules import RegionRow, UnitKind
from feedback.web.form import Address, FormKey, Line, Prose, Words, id_or_none
from feedback.web.humans import VisitorForm

AT_COUNTER = (Channel.COUNTER, Channel.LETTER, Channel.PHONE)
LEVELS = (mark("Provinsi"), mark("Kota atau kabupaten"), mark("Kecamatan"), mark("Kelurahan atau desa"))
_ANY = lazy_gettext("Tidak tahu, atau biarkan koordinator memilih")


def _code(value: str | None) -> str:
    """A region code as typed, without what no database takes."""
    return clean(value or "", lines=False)


class ReportForm(VisitorForm):
    """What a citizen writes. `region` is what is chosen so far; `region_next` the list one level below it."""

    form_key = FormKey()
    text = Prose(lazy_gettext("Apa yang terjadi?"), [Words()], longest=LONGEST_TEXT)
    kind = RadioField(
        lazy_gettext("Laporan ini adalah"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, lazy_gettext(label)) for kind, label in KIND_LABELS.items()],
        default=Kind.COMPLAINT.value,
    )
    topic = SelectField(lazy_gettext("Tentang apa?"), coerce=str)
    region = HiddenField(filters=[_code])
    region_next = SelectField(lazy_gettext("Wilayah"), coerce=str, filters=[_code], validate_choice=False)
    place = Line(lazy_gettext("Patokan tempat"), [Optional()], longest=LONGEST_PLACE)
    event_date = DateField(lazy_gettext("Tanggal kejadian"), [Optional()])
    files = Attachments()
    service = SelectField(lazy_gettext("Layanan yang dimaksud"), coerce=id_or_none)
    unit = SelectField(lazy_gettext("Unit yang menangani"), coerce=id_or_none)
    reported_unit = SelectField(lazy_gettext("Laporan ini tentang petugas di unit"), coerce=id_or_none)
    about_head = BooleanField(lazy_gettext("Yang saya laporkan adalah pimpinan unit itu"))
    anonymous = BooleanField(lazy_gettext("Sembunyikan nama saya (anonim)"))
    confidential = BooleanField(lazy_gettext("Jangan tampilkan isi laporan kepada umum (rahasia)"))
    name = Line(lazy_gettext("Nama Anda"), [Optional()], longest=LONGEST_NAME)
    email = EmailField(lazy_gettext("Surel"), [Optional(), Length(max=254), Address()])
    phone = TelField(lazy_gettext("Nomor telepon"), [Optional(), Length(max=40)])

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.trail: tuple[RegionRow, ...] = ()
        self._offer_topics()
        self._walk_regions()
        self._offer_owners()

    def _offer_topics(self) -> None:
        rows = topics()
        named = (SelectChoice(str(row.id), row.name) for row in rows)
        self.topic.choices = [SelectChoice("", gettext("Pilih topik")), *named]

    def _walk_regions(self) -> None:
        """Go down to what was chosen last, and further while there is only one way."""
        chosen = self.region_next.data or self.region.data or ""
        self.trail = region_trail(chosen) if chosen else ()
        if not self.trail and self.region.data:
            self.trail = region_trail(self.region.data)
        below = region_children(self.trail[-1].code if self.trail else None)
        while len(below) == 1 and len(self.trail) < 2:
            self.trail = (*self.trail, below[0])
            below = region_children(below[0].code)
        self.region.data = self.trail[-1].code if self.trail else ""
        first = gettext("Pilih wilayah") if len(self.trail) < 2 else gettext("Seluruh wilayah di atas")
        self.region_next.choices = [SelectChoice("", first), *(SelectChoice(row.code, row.name) for row in below)]
        self.region_next.label.text = gettext(LEVELS[min(len(self.trail), 3)])
        self.region_next.render_kw = {"data-continue": "lanjut-wilayah"}
        self.region_next.data = ""

    def _offer_owners(self) -> None:
        governments = units_covering(self.region.data) if self.region.data else ()
        units = [unit for government in governments for unit in subtree(government.path)]
        offered = [service for government in governments for service in services(path=government.path)]
        known = {service.id for service in offered}
        named = (SelectChoice(str(row.id), f"{row.name} – {row.unit_name}") for row in offered)
        self.service.choices = [SelectChoice("", _ANY), *named]
        listed = [unit for unit in units if unit.kind is not UnitKind.GOVERNMENT]
        indented = (SelectChoice(str(unit.id), "\u2003" * (unit.depth - 1) + unit.name) for unit in listed)
        self.unit.choices = [SelectChoice("", _ANY), *indented]
        nobody = SelectChoice("", gettext("Bukan tentang petugas tertentu"))
        self.reported_unit.choices = [nobody, *self.unit.choices[1:]]
        if not self.is_submitted() and self.service.data not in known:
            self.service.data = None

    def choose_region_again(self) -> None:
        """Forget the place; everything else stays as typed."""
        self.region.data = self.region_next.data = ""
        self._walk_regions()
        self._offer_owners()

    def refuse(self, refusal: Refusal) -> None:
        """A refused region is shown at the list it is chosen from, a refused unit of an officer likewise."""
        if refusal.field == "reported_unit_id":
            refusal.field = self.reported_unit.name
        if refusal.field == self.region.name:
            refusal.field = self.region_next.name
        super().refuse(refusal)

    @property
    def region_done(self) -> bool:
        """Whether the place is known at least to the city."""
        return len(self.trail) >= 2

    def validate_region_next(self, field: Field) -> None:
        """Raise when no city was chosen."""
        if not self.region_done:
            raise ValidationError(gettext("Pilih sampai kota atau kabupaten."))

    def validate_topic(self, field: Field) -> None:
        """Raise when no topic was chosen."""
        if not field.data:
            raise ValidationError(gettext("Pilih topik."))

    def command(self, locale: str) -> SubmitReport:
        """The action's command; call it after `validate()`."""
        return SubmitReport(
            form_key=self.form_key.data or "",
            kind=Kind(self.kind.data),
            text=self.text.data or "",
            topic_id=int(self.topic.data),
            region_code=self.region.data or "",
            place=self.place.data or "",
            service_id=self.service.data,
            unit_id=self.unit.data,
            event_date=self.event_date.data,
            reported_unit_id=self.reported_unit.data,
            about_head=bool(self.about_head.data),
            anonymous=bool(self.anonymous.data),
            confidential=bool(self.confidential.data),
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            locale=locale,
            **self.at_counter(),
        )

    def at_counter(self) -> dict[str, Any]:
        """What only a counter adds."""
        return {}


class CounterForm(ReportForm):
    """A coordinator writes down what somebody brings: how it came and when, which may be days ago (DOMAIN.md 4.14)."""

    channel = RadioField(
        lazy_gettext("Laporan masuk lewat"),
        [InputRequired()],
        choices=[SelectChoice(one.value, lazy_gettext(CHANNEL_LABELS[one])) for one in AT_COUNTER],
        default=Channel.COUNTER.value,
    )
    received_date = DateField(lazy_gettext("Tanggal diterima"), [InputRequired()])
    received_time = TimeField(lazy_gettext("Jam diterima"), [InputRequired()])

    def __init__(self, *args: Any, zone: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.zone = zone

    def at_counter(self) -> dict[str, Any]:
        """How and when it came in, in the zone of the desk."""
        assert self.received_date.data is not None  # validate() came first
        assert self.received_time.data is not None
        local = datetime.combine(self.received_date.data, self.received_time.data, ZoneInfo(self.zone))
        return {"channel": Channel(self.channel.data), "received_at": local}
