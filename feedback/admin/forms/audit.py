"""What the audit log is narrowed to. The filters travel in the address and carry no token."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, EmailField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from feedback.audit.rules.deeds import DEEDS
from feedback.kernel.references import read_number
from feedback.web.form import Form, Line
from feedback.web.markup import DEFAULT_ZONE


class AuditForm(Form):
    """Who, about whom or what, which deed, when."""

    class Meta(Form.Meta):
        csrf = False

    pelaku = EmailField(lazy_gettext("Surel pelaku"), [Optional(), Length(max=254)])
    orang = EmailField(lazy_gettext("Surel orang yang dikenai"), [Optional(), Length(max=254)])
    laporan = Line(lazy_gettext("Nomor laporan"), [Optional()], longest=64)
    perbuatan = SelectField(lazy_gettext("Perbuatan"), validators=[Optional()])
    dari = DateField(lazy_gettext("Dari tanggal"), [Optional()])
    sampai = DateField(lazy_gettext("Sampai tanggal"), [Optional()])

    def offer(self) -> None:
        """The deeds to choose from, by their names."""
        named = sorted(((gettext(label), code) for code, label in DEEDS.items()), key=lambda pair: pair[0].casefold())
        choices = (SelectChoice(code, label) for label, code in named)
        self.perbuatan.choices = [SelectChoice("", gettext("Semua")), *choices]
        self.perbuatan.data = self.perbuatan.data or ""

    def number(self) -> str | None:
        """The report asked for; the field says so when it is none."""
        number = read_number(self.laporan.data or "")
        if self.laporan.data and number is None:
            message = gettext("Nomor laporan ini salah tulis. Periksa lagi; contohnya MB-7Q2K-4F0F.")
            self.refuse_field("laporan", message)
        return number

    def refuse_field(self, name: str, message: str) -> None:
        """Say at a field what is wrong with it."""
        self[name].errors = [*self[name].errors, message]

    def period(self) -> tuple[datetime | None, datetime | None]:
        """The days asked for, in western time, as instants; the second is not included."""
        zone = ZoneInfo(DEFAULT_ZONE)
        since = datetime.combine(self.dari.data, time(), zone).astimezone(UTC) if self.dari.data else None
        until = datetime.combine(self.sampai.data, time(), zone) + timedelta(days=1) if self.sampai.data else None
        if since and until and since >= until:
            self.refuse_field("sampai", gettext("Tanggal akhir mendahului tanggal mulai."))
        return since, until.astimezone(UTC) if until else None
