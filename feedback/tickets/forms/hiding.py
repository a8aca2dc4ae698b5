"""The form by which officials hide an attachment or show it again."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from feedback.files.rules.kinds import Deed
from feedback.tickets.actions.hiding import LONGEST_REASON, HideFile
from feedback.web.form import Form, Prose, Words


class HidingForm(Form):
    """Which attachment and why."""

    token = RadioField(lazy_gettext("Lampiran"), [InputRequired()])
    reason = Prose(lazy_gettext("Alasan"), [Words()], longest=LONGEST_REASON)

    def offer(self, named: Iterable[tuple[str, str]]) -> None:
        """The attachments of the ticket, by token."""
        self.token.choices = [SelectChoice(token, label) for token, label in named]

    def command(self, number: str, deed: Deed) -> HideFile:
        """The action's command; call it after `validate()`."""
        return HideFile(number=number, token=self.token.data, deed=deed, reason=self.reason.data or "")
