"""What people type about themselves: signing in, registering, their account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.actions import CreatePerson
from feedback.people.actions.invitations import Invite
from feedback.people.rules import CITIZEN_LENGTH, ROLE_LABELS, STAFF_LENGTH
from feedback.web.form import Address, Form, Line, Words, id_or_none
from feedback.web.humans import VisitorForm
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


_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autocapitalize": "none"}


class CodeForm(Form):
    """The code an app shows."""

    code = StringField(_("Kode 6 angka"), [DataRequired(), Length(max=64)], filters=[_strip], render_kw=_CODE)


class SecondForm(Form):
    """The code an app shows, or a recovery code: that one has letters, which the keys for numbers have not."""

    code = StringField(_("Kode 6 angka"), [Length(max=64)], filters=[_strip], render_kw=_CODE)
    recovery = StringField(
        _("Kode pemulihan"),
        [Optional(), Length(max=64)],
        filters=[_strip],
        description=_("Salah satu dari sepuluh kode yang Anda simpan; setiap kode hanya berlaku sekali."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )

    @property
    def typed(self) -> str:
        """Whichever was filled in."""
        return self.recovery.data or self.code.data or ""

    def validate_code(self, field: StringField) -> None:
        """Raise a ValidationError when neither was."""
        if not self.typed:
            raise ValidationError(gettext("Bagian ini wajib diisi."))


class AgainForm(Form):
    """A passkey once more, before a step that cannot be taken lightly."""

    class Meta(Form.Meta):
        csrf = False  # the page's own token stands beside it

    jawaban = HiddenField()

    @property
    def answered(self) -> bool:
        """Whether it comes with a proof, right or wrong."""
        return any(one.data for one in self)


class CodeAgainForm(AgainForm):
    """A code of the app, or a passkey."""

    WRONG = mark("Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu tulis lagi.")
    proof = StringField(_("Kode 6 angka"), [DataRequired(), Length(max=64)], filters=[_strip], render_kw=_CODE)


class PasswordAgainForm(AgainForm):
    """The password, or a passkey."""

    WRONG = mark("Kata sandi salah.")
    proof = PasswordField(_("Kata sandi"), [DataRequired()], render_kw={"autocomplete": "current-password"})


class RegisterForm(VisitorForm):
    """The address that a citizen's new account begins with."""

    email = EmailField(
        _("Alamat surel"), [DataRequired(), Length(max=254), Address()], filters=[_strip], render_kw=_ADDRESS
    )


class BeginForm(Form):
    """Name and password of who came back with the link."""

    name = Line(_("Nama"), [Words()], longest=120, render_kw={"autocomplete": "name"})
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

    def command(self, email: str) -> CreatePerson:
        """The account asked for, with the address the link was sent to."""
        return CreatePerson(
            email=email,
            name=self.name.data or "",
            password=self.password.data or "",
            locale=self.locale.data,
        )


class AccountForm(Form):
    """What an account is called and the language of its mail."""

    name = Line(_("Nama"), [Words()], longest=120, render_kw={"autocomplete": "name"})
    locale = SelectField(_("Bahasa surat elektronik"), choices=_LANGUAGES)


class AddressForm(Form):
    """An address to send a link to."""

    email = EmailField(
        _("Alamat surel"), [DataRequired(), Length(max=254), Address()], filters=[_strip], render_kw=_ADDRESS
    )


class NewPasswordForm(Form):
    """A new password by a link."""

    password = PasswordField(
        _("Kata sandi baru"), [DataRequired()], render_kw={"autocomplete": "new-password"}
    )

    def describe(self, *, staff: bool) -> None:
        """Say how long it has to be."""
        self.password.description = _(
            "Paling sedikit %(min)s karakter. Beberapa kata yang tidak berhubungan lebih aman dan mudah diingat.",
            min=STAFF_LENGTH if staff else CITIZEN_LENGTH,
        )


class PasswordForm(Form):
    """A new password; the old one proves that the account's owner asks."""

    current_password = PasswordField(
        _("Kata sandi sekarang"), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        _("Kata sandi baru"), [DataRequired()], render_kw={"autocomplete": "new-password"}
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
        [Optional(), Length(max=254), Address()],
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


class InviteForm(Form):
    """Who is asked to take which role."""

    email = EmailField(
        _("Alamat surel"),
        [DataRequired(), Length(max=254), Address()],
        filters=[_strip],
        description=_("Alamat dinas orangnya. Tautan undangan dikirim ke sini dan hanya dapat dipakai sekali."),
        render_kw={"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"},
    )
    role = SelectField(_("Peran"))
    unit_id = SelectField(_("Unit"), coerce=id_or_none)
    valid_to = DateField(
        _("Sampai"),
        [Optional()],
        description=_("Hari terakhir peran ini berlaku. Kosong: tanpa batas."),
    )

    def offer(self, roles: Iterable[Role], units: Mapping[int, str]) -> None:
        """The roles and units this person may give."""
        self.role.choices = [SelectChoice(role.value, gettext(ROLE_LABELS[role])) for role in roles]
        named = (SelectChoice(str(unit_id), name) for unit_id, name in units.items())
        self.unit_id.choices = [SelectChoice("", gettext("Pilih unit")), *named]

    def validate_unit_id(self, field: SelectField) -> None:
        """Raise a ValidationError when none was chosen."""
        if field.data is None:
            raise ValidationError(gettext("Bagian ini wajib diisi."))

    def command(self) -> Invite:
        """The invitation asked for."""
        return Invite(self.email.data or "", Role(self.role.data), self.unit_id.data, self.valid_to.data)


class ExtendForm(Form):
    """The new last day of a role."""

    valid_to = DateField(_("Berlaku sampai"), [InputRequired()])


class AcceptForm(Form):
    """Name and password of whoever takes an invitation without an account yet."""

    name = Line(_("Nama"), [Words()], longest=120, render_kw={"autocomplete": "name"})
    password = PasswordField(
        _("Kata sandi"),
        [DataRequired()],
        description=_(
            "Paling sedikit %(min)s karakter. Beberapa kata yang tidak berhubungan lebih aman dan mudah diingat.",
            min=STAFF_LENGTH,
        ),
        render_kw={"autocomplete": "new-password"},
    )
    locale = SelectField(_("Bahasa surat elektronik"), choices=_LANGUAGES)


class PasskeyForm(Form):
    """What a browser answers for a passkey; `lanjut` is the page that asked for it."""

    jawaban = HiddenField()
    lanjut = HiddenField()


class NewPasskeyForm(Form):
    """A passkey that a browser just made, and what its owner calls it."""

    name = Line(
        _("Nama kunci sandi"),
        [Words()],
        longest=60,
        description=_("Supaya Anda mengenalinya nanti, misalnya: ponsel kantor."),
        render_kw={"autocomplete": "off"},
    )
    jawaban = HiddenField()
