"""What people type about themselves: signing in, registering, their account."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, EmailField, HiddenField, PasswordField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from feedback.kernel.text import mark
from feedback.people.actions import CreatePerson
from feedback.people.rules import CITIZEN_LENGTH, LONGEST, STAFF_LENGTH
from feedback.web.form import Form, Line, Words, id_or_none
from feedback.web.language import LANGUAGES

_LANGUAGES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
_ADDRESS = {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}


def _strip(value: str | None) -> str | None:
    return value.strip() if value else value


class SignInForm(Form):
    """Address and password; `lanjut` is the page that asked for it."""

    email = EmailField(_("Alamat surel"), [DataRequired()], filters=[_strip], render_kw=_ADDRESS)
    password = PasswordField(_("Kata sandi"), [DataRequired()], render_kw={"autocomplete": "current-password"})
    lanjut = HiddenField()


class ProofForm(Form):
    """The password once more, before a step that cannot be taken lightly."""

    WRONG = mark("Kata sandi salah.")

    class Meta(Form.Meta):
        csrf = False  # the page's own token stands beside it

    password = PasswordField(_("Kata sandi"), [DataRequired()], render_kw={"autocomplete": "current-password"})


class RegisterForm(Form):
    """A citizen's new account."""

    name = Line(_("Nama"), [Words()], longest=120, render_kw={"autocomplete": "name"})
    email = EmailField(
        _("Alamat surel"), [DataRequired(), Length(max=254), Email()], filters=[_strip], render_kw=_ADDRESS
    )
    password = PasswordField(
        _("Kata sandi"),
        [DataRequired()],
        description=_(
            "Paling sedikit %(min)s karakter. Beberapa kata yang tidak berhubungan lebih aman dan mudah diingat.",
            min=CITIZEN_LENGTH,
        ),
        render_kw={"autocomplete": "new-password"},
    )
    locale = SelectField(_("Bahasa surat elektronik"), choices=_LANGUAGES)

    def command(self) -> CreatePerson:
        """The account asked for."""
        return CreatePerson(
            email=self.email.data or "",
            name=self.name.data or "",
            password=self.password.data or "",
            locale=self.locale.data,
        )


class AccountForm(Form):
    """What an account is called and the language of its mail."""

    name = Line(_("Nama"), [Words()], longest=120, render_kw={"autocomplete": "name"})
    locale = SelectField(_("Bahasa surat elektronik"), choices=_LANGUAGES)


class PasswordForm(Form):
    """A new password; the old one proves that the account's owner asks."""

    current_password = PasswordField(
        _("Kata sandi sekarang"), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        _("Kata sandi baru"), [DataRequired()], render_kw={"autocomplete": "new-password", "maxlength": LONGEST}
    )

    def describe(self, *, staff: bool) -> None:
        """Say how long the new password has to be."""
        shortest = STAFF_LENGTH if staff else CITIZEN_LENGTH
        self.password.description = _(
            "Paling sedikit %(min)s karakter. Sesudah diganti, semua perangkat lain keluar.", min=shortest
        )


class AbsenceForm(Form):
    """When somebody is away, and who acts in their place meanwhile."""

    valid_from = DateField(_("Tidak hadir mulai"), [InputRequired()])
    valid_to = DateField(_("Sampai dengan"), [InputRequired()])
    deputy_email = EmailField(
        _("Surel pengganti"),
        [Optional(), Length(max=254), Email()],
        filters=[_strip],
        description=_("Pengganti menerima surat dan wewenang Anda selama masa ini. Bila kosong, surat naik ke atasan."),
        render_kw={"spellcheck": "false", "autocapitalize": "none"},
    )
    unit_id = SelectField(_("Untuk peran di"), coerce=id_or_none)

    def offer(self, units: Mapping[int, str]) -> None:
        """The units where somebody holds a role."""
        named = (SelectChoice(str(unit_id), name) for unit_id, name in units.items())
        self.unit_id.choices = [SelectChoice("", gettext("Semua peran saya")), *named]


class DigestForm(Form):
    """Which digests to get by mail."""

    daily = BooleanField(_("Ringkasan harian: laporan yang jatuh tempo, terlambat, disanggah, atau dikembalikan"))
    weekly = BooleanField(_("Ringkasan mingguan untuk atasan: masuk, terjawab, terlambat, dan tertua per unit"))
