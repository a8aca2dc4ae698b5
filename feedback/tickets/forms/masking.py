"""The shape of a masking: passages by their words, for a coordinator with a reason."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.tickets.rules.words import REDACT_LABELS
from feedback.web.form import Form, Prose, Words

LONGEST_PASSAGES = 4000
FOUND = "temuan"


class MaskForm(Form):
    """What the writer wants masked: findings that were ticked, and passages."""

    passages = Prose(lazy_gettext("Bagian lain yang disamarkan"), [Optional()], longest=LONGEST_PASSAGES)


class RedactForm(MaskForm):
    """What a coordinator masks, and why."""

    redact_reason = SelectField(lazy_gettext("Alasan"), [InputRequired()], coerce=str)
    text = Prose(lazy_gettext("Penjelasan untuk umum"), [Words()], longest=LONGEST_TEXT)

    def __init__(self, *args: object, **rest: object) -> None:
        super().__init__(*args, **rest)
        named = (SelectChoice(one.value, gettext(label)) for one, label in REDACT_LABELS.items())
        self.redact_reason.choices = [SelectChoice("", gettext("Pilih")), *named]


class DeclineForm(Form):
    """Why a request is not met."""

    text = Prose(lazy_gettext("Mengapa tidak disamarkan"), [Words()], longest=LONGEST_TEXT)
