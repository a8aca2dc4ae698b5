"""What somebody asks about their data."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from feedback.rights.actions import AskRight
from feedback.rights.rules import LONGEST_WORDS, RightsKind
from feedback.web.form import Form, Prose, Words


class AskForm(Form):
    """One of the four rights; each has its own form on the page, told apart by `kind`."""

    kind = HiddenField(validators=[InputRequired()])
    words = Prose(lazy_gettext("Tulis permintaan Anda"), [Optional()], longest=LONGEST_WORDS)
    erase = RadioField(
        lazy_gettext("Apa yang dihapus?"),
        choices=[
            SelectChoice("0", lazy_gettext("Hapus akun, biarkan laporan tanpa nama")),
            SelectChoice("1", lazy_gettext("Hapus juga isi laporan saya; laporan yang belum selesai dicabut")),
        ],
        default="0",
    )
    sure = BooleanField(lazy_gettext("Saya mengerti ini tidak dapat dibatalkan"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        if self.kind.data == RightsKind.CORRECTION:
            self.words.flags.optional = False  # a correction says what is wrong; the action refuses one without words

    def command(self, *, person_id: int | None, ticket_id: int | None) -> AskRight | None:
        """The request, or None when the kind is unknown or the deletion is not confirmed; the field says so."""
        if self.kind.data not in set(RightsKind):
            self.form_errors.append(gettext("Isian ini tidak dikenal."))
            return None
        kind = RightsKind(self.kind.data)
        if kind is RightsKind.DELETION and not self.sure.data:
            self.sure.errors = [gettext("Centang untuk melanjutkan.")]
            return None
        erase = self.erase.data == "1" or ticket_id is not None
        return AskRight(
            kind=kind,
            person_id=person_id,
            ticket_id=ticket_id,
            words=self.words.data or "",
            erase_words=erase and kind is RightsKind.DELETION,
        )


class AnswerForm(Form):
    """What an official answers."""

    words = Prose(lazy_gettext("Jawaban dan alasannya"), [Words()], longest=LONGEST_WORDS)
