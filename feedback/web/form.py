"""What every form shares: Indonesian messages for WTForms, cleaned text, and a key that makes a resend harmless."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, Signer
from markupsafe import Markup, escape
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Email, Length
from wtforms.widgets import Select

from feedback.kernel import text
from feedback.kernel.addresses import PLAIN_LETTERS, is_plain
from feedback.kernel.errors import Conflict, Invalid, Refusal
from feedback.kernel.text import mark

# WTForms speaks English and has no Indonesian catalogue: its messages are keys into ours.
MESSAGES = {
    "This field is required.": mark("Bagian ini wajib diisi."),
    "Not a valid choice.": mark("Pilihan ini tidak dikenal."),
    "Not a valid choice": mark("Pilihan ini tidak dikenal."),
    "Invalid Choice: could not coerce.": mark("Pilihan ini tidak dikenal."),
    "Not a valid date value.": mark("Tanggal ini tidak dikenal. Tulis seperti 2026-03-17."),
    "Not a valid time value.": mark("Jam ini tidak dikenal. Tulis seperti 14:05."),
    "Not a valid datetime value.": mark("Tanggal dan jam ini tidak dikenal."),
    "Not a valid integer value.": mark("Tulis bilangan bulat."),
    "Invalid email address.": mark("Alamat surel ini tidak lengkap atau salah tulis. Contoh: nama@contoh.id."),
    "Invalid input.": mark("Isian ini tidak dikenal."),
    "Field cannot be longer than %(max)d characters.": mark("Paling banyak %(max)d karakter."),
    "Field must be at least %(min)d characters long.": mark("Paling sedikit %(min)d karakter."),
    "Field must be between %(min)d and %(max)d characters long.": mark("Antara %(min)d dan %(max)d karakter."),
    "Number must be between %(min)s and %(max)s.": mark("Antara %(min)s dan %(max)s."),
    "Field must be equal to %(other_name)s.": mark("Kedua isian ini harus sama."),
}
EXPIRED = lazy_gettext("Formulir ini kedaluwarsa. Tulisan Anda masih ada: periksa, lalu kirim lagi.")


class _Messages:
    """The catalogue interface WTForms asks for."""

    def gettext(self, message: str) -> str:
        return gettext(MESSAGES[message]) if message in MESSAGES else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        known = MESSAGES.get(many)
        return gettext(known) if known else ngettext(one, many, number)


class _Options(Select):
    """The list of a select field, written ten times faster for plain options: some lists have hundreds of units."""

    @classmethod
    def render_option(cls, choice: Any, **rest: Any) -> Markup:
        """One option; anything unusual about it is left to WTForms."""
        if rest or choice.render_kw or not isinstance(choice.value, str):
            return super().render_option(choice, **rest)  # type: ignore[no-any-return]
        chosen = "selected " if choice.selected else ""
        shown = f'<option {chosen}value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>'
        return Markup(shown)  # noqa: S704  (both parts are escaped in the line above)


class Form(FlaskForm):
    """The base of all forms."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """Lists by our own widget."""
            if type(field.widget) is Select:
                field.widget = _Options(multiple=field.widget.multiple)
            return super().render_field(field, render_kw)

        def get_translations(self, form: Any) -> Any:
            """Our words for WTForms' messages."""
            return _Messages()

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the action at the field it names, or above the form."""
        message = gettext(refusal.message, **refusal.values)
        field: Field | None = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


def sent(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was sent, was right, and its action went through; a refusal stays in the form."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except (Invalid, Conflict) as refusal:
        form.refuse(refusal)
        return False
    return True


class Line(StringField):
    """One line of cleaned text; ``longest`` is enforced after cleaning."""

    def __init__(self, label: Any = None, validators: Any = (), *, longest: int = 200, **rest: Any) -> None:
        super().__init__(label, [*validators, Length(max=longest)], filters=[_one_line], **rest)
        self.longest = longest


class Prose(TextAreaField):
    """Several lines of cleaned text."""

    def __init__(self, label: Any = None, validators: Any = (), *, longest: int = 10_000, **rest: Any) -> None:
        super().__init__(label, [*validators, Length(max=longest)], filters=[_many_lines], **rest)
        self.longest = longest


def _one_line(value: str | None) -> str | None:
    return text.clean(value, lines=False) if value else value


def _many_lines(value: str | None) -> str | None:
    return text.clean(value) if value else value


class Words:
    """A validator: there is something to read (a letter or digit), not only spaces, emoji or invisible signs."""

    def __init__(self, message: Any = None) -> None:
        self.message = message or lazy_gettext("Tulis dengan kata-kata; tanda atau emoji saja tidak cukup.")
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Raise a ValidationError when nothing can be read."""
        if not field.data:
            raise ValidationError(gettext("Bagian ini wajib diisi."))
        if not text.has_words(field.data):
            raise ValidationError(str(self.message))


class Address(Email):
    """A validator: a mail address in plain letters, so that none looks like somebody else's."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise a ValidationError for an address nobody can write to."""
        if field.data and not is_plain(field.data):
            raise ValidationError(gettext(PLAIN_LETTERS))
        super().__call__(form, field)


def id_or_none(value: object) -> int | None:
    """The id an option stands for; None for "nothing chosen" and for anything that is not a small whole number."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="form-key")


def new_form_key() -> str:
    """A signed random key for one form: whatever is sent with it twice is stored once."""
    return _signer().sign(secrets.token_urlsafe(18)).decode()


class FormKey(HiddenField):
    """The hidden idempotency key; a forged one is refused and replaced."""

    data: str | None

    def __init__(self, **rest: Any) -> None:
        super().__init__(default=new_form_key, **rest)

    def pre_validate(self, form: Any) -> None:
        """Raise a ValidationError unless this site made the key."""
        try:
            _signer().unsign((self.data or "").encode())
        except (BadSignature, UnicodeError):
            self.data = new_form_key()
            raise ValidationError(str(EXPIRED)) from None
