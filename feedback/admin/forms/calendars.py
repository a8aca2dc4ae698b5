"""Working hours, closed days and time limits as administrators write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, FileField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from feedback.admin.forms.choices import Pick, labelled
from feedback.admin.rules import CERTAINTY_LABELS, UNIT_LABELS, ZONE_LABELS
from feedback.clocks.queries import CalendarRow, Hours, StoredCalendar
from feedback.clocks.rules.calendar import WEEKDAYS
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.handwriting import (
    read_closed,
    read_dates,
    read_hours,
    read_special,
    write_closed,
    write_hours,
    write_special,
)
from feedback.clocks.rules.holidays import Holiday, parse_decree
from feedback.clocks.rules.policy import Certainty, Rule
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.web.form import Form, Line, Prose, Words

LONGEST_TABLE = 60_000
_HOURS = _("Seperti 08.00-12.00, 13.00-16.00. Kosong berarti tutup.")


class HoursForm(Form):
    """What a calendar says from a date on: its week, dated hours, and days it differs from the country."""

    sections: Any = (
        ("", ("valid_from", "reason")),
        (_("Jam buka"), WEEKDAYS),
        (_("Jam khusus"), ("exceptions",)),
        (_("Hari tutup dan hari masuk"), ("local", "opened")),
    )
    valid_from = DateField(_("Berlaku sejak"), [InputRequired()])
    reason = Prose(_("Alasan atau dasar perubahan"), [Words()], longest=1000)
    mon = Line(_("Senin"), [Optional()], longest=80, description=_HOURS)
    tue = Line(_("Selasa"), [Optional()], longest=80)
    wed = Line(_("Rabu"), [Optional()], longest=80)
    thu = Line(_("Kamis"), [Optional()], longest=80)
    fri = Line(_("Jumat"), [Optional()], longest=80)
    sat = Line(_("Sabtu"), [Optional()], longest=80)
    sun = Line(_("Minggu"), [Optional()], longest=80)
    exceptions = Prose(
        _("Masa dengan jam lain, satu baris satu masa"),
        [Optional()],
        longest=4000,
        description=_("Misalnya Ramadan: 2026-02-18 s.d. 2026-03-19: sen-kam 08.00-15.00; jum 08.00-15.30"),
    )
    local = Prose(
        _("Hari tutup hanya di sini, satu baris satu hari"),
        [Optional()],
        longest=8000,
        description=_("Tanggal | nama | keputusan. Misalnya 2026-10-17 | Hari jadi kota | SK Wali Kota 12/2026"),
    )
    opened = Prose(
        _("Hari libur nasional yang tetap masuk, satu baris satu tanggal"),
        [Optional()],
        longest=4000,
        description=_("Misalnya 2026-12-24."),
    )

    def hours(self) -> Hours:
        """What was written; ``Invalid`` names the field that cannot be read."""
        assert self.valid_from.data is not None
        return Hours(
            valid_from=self.valid_from.data,
            week=tuple(read_hours(self[name].data or "", field=name) for name in WEEKDAYS),
            exceptions=read_special(self.exceptions.data or ""),
            local=read_closed(self.local.data or "", field="local"),
            opened=read_dates(self.opened.data or ""),
        )


def hours_data(base: StoredCalendar, opened: Iterable[date], today: date) -> dict[str, Any]:
    """The form filled with what counts now."""
    content = base.content
    week = {name: write_hours(day) for name, day in zip(WEEKDAYS, content.week, strict=True)}
    return {
        **week,
        "valid_from": max(today, base.valid_from),
        "exceptions": write_special(content.exceptions),
        "local": write_closed(content.local),
        "opened": "\n".join(str(each) for each in sorted(opened)),
    }


class DecreeForm(Form):
    """The closed days of a year, from a file or pasted."""

    sections: Any = (("", ("file", "table", "whole_years", "reason")),)
    file = FileField(
        _("Berkas CSV"), description=_("Kolom tanggal, nama, jenis, keputusan. Atau tempel isinya di bawah.")
    )
    table = Prose(
        _("Isi daftar"),
        [Optional()],
        longest=LONGEST_TABLE,
        description=_("Misalnya: 2027-01-01,Tahun Baru Masehi,libur nasional,SKB 3 Menteri Nomor 1 Tahun 2026"),
    )
    whole_years = BooleanField(
        _("Daftar ini lengkap untuk tahunnya"),
        default=True,
        description=_("Hari libur nasional tahun itu yang tidak disebut menjadi hari kerja."),
    )
    reason = Prose(_("Catatan"), [Optional()], longest=1000)

    def take_file(self) -> None:
        """Put an uploaded file's text into the table, so that it is still there when the page comes back."""
        uploaded = self.file.data
        if uploaded is None or not getattr(uploaded, "filename", ""):
            return
        raw = uploaded.read(LONGEST_TABLE + 1)
        try:
            self.table.data = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid(mark("Berkas ini bukan teks UTF-8."), field="file") from None

    def holidays(self) -> tuple[Holiday, ...]:
        """The rows; ``Invalid`` names the first line that is wrong."""
        self.take_file()
        if not (self.table.data or "").strip():
            raise Invalid(mark("Pilih berkas atau tempel isinya."), field="file")
        return parse_decree(self.table.data or "")


class NewCalendarForm(Form):
    """A calendar of a province, an agency or a unit."""

    sections: Any = (("", ("name", "key", "zone", "parent_id")),)
    name = Line(_("Nama"), [Words()], longest=120, description=_("Misalnya RSUD: layanan 24 jam."))
    key = Line(_("Kunci"), [Words()], longest=80, description=_("Huruf kecil, angka, tanda hubung. Dipilih pada unit."))
    zone = SelectField(_("Zona waktu"))
    parent_id = Pick(_("Mengikuti kalender"), description=_("Hari libur dan jam yang tidak diubah ikut kalender ini."))

    def offer(self, calendars: Iterable[CalendarRow]) -> None:
        """Set the zones and the calendars that may be followed."""
        self.zone.choices = labelled(ZONE_LABELS)
        choices = [SelectChoice(str(row.id), f"{row.name} ({row.key})") for row in calendars]
        self.parent_id.offer(choices, empty=gettext("Tidak mengikuti kalender lain"))


class LimitForm(Form):
    """A time limit from a date on."""

    sections: Any = (
        ("", ("valid_from", "amount", "unit", "extension")),
        (_("Dasar"), ("source", "certainty", "reason")),
    )
    valid_from = DateField(
        _("Berlaku sejak"), [InputRequired()], description=_("Untuk tenggat yang mulai pada atau sesudah tanggal ini.")
    )
    amount = IntegerField(_("Lamanya"), [InputRequired(), NumberRange(1, 10_000)])
    unit = SelectField(_("Dihitung dalam"))
    extension = IntegerField(
        _("Dapat diperpanjang"),
        [InputRequired(), NumberRange(0, 1000)],
        description=_("Sekali, dengan alasan tertulis."),
    )
    source = Line(_("Peraturan"), [Words()], longest=300)
    certainty = SelectField(_("Kepastian"))
    reason = Prose(_("Alasan perubahan"), [Words()], longest=1000)

    def offer(self) -> None:
        """Set the choices."""
        self.unit.choices = labelled(UNIT_LABELS)
        self.certainty.choices = labelled(CERTAINTY_LABELS)

    def rule(self, before: Rule) -> Rule:
        """The version asked for; what it is about stays."""
        assert self.valid_from.data is not None
        assert self.amount.data is not None
        if self.valid_from.data < before.valid_from:
            raise Invalid(mark("Tanggal ini sebelum aturan yang sekarang dimulai."), field="valid_from")
        return replace(
            before,
            amount=Amount(self.amount.data, Unit(self.unit.data)),
            extension=self.extension.data or 0,
            source=self.source.data or "",
            certainty=Certainty(self.certainty.data),
            valid_from=self.valid_from.data,
            version_id=None,
        )


class RollBackForm(Form):
    """Why a change is taken back."""

    reason = Prose(_("Alasan membatalkan"), [Words()], longest=1000)
