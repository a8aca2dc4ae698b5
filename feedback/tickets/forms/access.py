"""Asking about one report: may this person see it?"""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import ValidationError
from wtforms.validators import InputRequired

from feedback.kernel.references import read_number
from feedback.web.form import Form, Line


class AskForm(Form):
    """The number of a report, as people type it."""

    nomor = Line(_("Nomor laporan"), [InputRequired()], longest=64, render_kw={"autocomplete": "off"})

    @property
    def number(self) -> str:
        """The number in its canonical form; only after validation."""
        return read_number(self.nomor.data or "") or ""

    def validate_nomor(self, field: Line) -> None:
        """Raise a ValidationError for a typo."""
        if read_number(field.data or "") is None:
            raise ValidationError(gettext("Nomor laporan ini salah tulis. Periksa lagi; contohnya MB-7Q2K-4F0F."))
