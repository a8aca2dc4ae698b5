"""The shape of a request to open who reported."""

from __future__ import annotations

from flask_babel import lazy_gettext

from feedback.tickets.actions.opening import RequestOpening
from feedback.vault.rules.opening import LONGEST_BASIS, LONGEST_CASE
from feedback.web.form import Form, Line, Prose, Words


class OpeningForm(Form):
    """Number, legal basis and case; the reporter is told all of it."""

    number = Line(lazy_gettext("Nomor laporan"), [Words()], longest=64, render_kw={"autocomplete": "off"})
    basis = Prose(lazy_gettext("Dasar hukum, dengan kata-kata"), [Words()], longest=LONGEST_BASIS)
    case = Line(lazy_gettext("Nomor perkara atau surat"), [Words()], longest=LONGEST_CASE)

    def command(self) -> RequestOpening:
        """The action's command; call it after `validate()`."""
        return RequestOpening(
            number=self.number.data or "", basis=self.basis.data or "", case_number=self.case.data or ""
        )
