"""The shape of each move: one form with the fields its row of the table needs, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DateField, EmailField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from feedback.catalogue.queries import authorities
from feedback.files.forms import Attachments
from feedback.files.rules.kinds import Phase
from feedback.kernel.actor import Actor
from feedback.kernel.text import mark
from feedback.tickets.actions.shielding import LONGEST_TITLE
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.forms.shield import Question
from feedback.tickets.rules.lifecycle import REPORTER, WITH_FILES, Move
from feedback.tickets.rules.lifecycle import Words as MoveWords
from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.tickets.rules.sending import may_send
from feedback.tickets.rules.words import (
    GRADE_LABELS,
    HOLD_LABELS,
    HOLD_LONGEST_DAYS,
    REJECT_LABELS,
    Grade,
    HoldReason,
    Kind,
    MoveName,
    RejectReason,
)
from feedback.units.queries import tree
from feedback.units.rules import UnitKind, UnitRow
from feedback.web.form import Address, Form, FormKey, Line, Prose, Words, id_or_none

_EXTRA = {
    MoveName.VERIFY_AND_ASSIGN: ("title", "reported_email"),
    MoveName.ADD_INFORMATION: ("is_public",),
    MoveName.SET_REPORTED: ("reported_unit_id", "about_head", "reported_email"),
}
TEXT_LABELS = {
    MoveName.ASK_COMPLETION: mark("Apa yang perlu dilengkapi?"),
    MoveName.COMPLETE: mark("Kelengkapan"),
    MoveName.ASSIGN: mark("Alasan pemindahan"),
    MoveName.RETURN_TO_COORDINATOR: mark("Alasan pengembalian"),
    MoveName.INTERIM_REPLY: mark("Tanggapan sementara"),
    MoveName.HOLD: mark("Penjelasan untuk pelapor"),
    MoveName.ANSWER: mark("Jawaban akhir"),
    MoveName.REVIEW_ANSWER: mark("Jawaban setelah sanggahan"),
    MoveName.CONFIRM: mark("Catatan"),
    MoveName.DISPUTE: mark("Apa yang belum selesai?"),
    MoveName.REOPEN: mark("Apa yang terjadi lagi?"),
    MoveName.WITHDRAW: mark("Alasan"),
    MoveName.ADD_INFORMATION: mark("Keterangan tambahan"),
    MoveName.CHANGE_GRADE: mark("Alasan mengubah kadar"),
    MoveName.INSTRUCT: mark("Arahan"),
    MoveName.MAKE_CONFIDENTIAL: mark("Alasan"),
    MoveName.MAKE_ANONYMOUS: mark("Alasan"),
    MoveName.SET_REPORTED: mark("Alasan"),
    MoveName.RETITLE: mark("Judul untuk umum"),
}
_LONGEST = {MoveName.RETITLE: LONGEST_TITLE}
_ALWAYS = frozenset({"version", "move", "csrf_token"})


class MoveForm(Form):
    """Every field a move may need; :func:`move_form` keeps those of one move."""

    move = HiddenField()
    version = IntegerField(validators=[InputRequired()])
    text = Prose(lazy_gettext("Tulisan"), [Optional()], longest=LONGEST_TEXT)
    unit_id = SelectField(lazy_gettext("Unit tujuan"), coerce=id_or_none)
    proposed_unit_id = SelectField(lazy_gettext("Unit yang menurut Anda berwenang"), coerce=id_or_none)
    grade = RadioField(
        lazy_gettext("Kadar pengaduan"),
        [Optional()],
        choices=[SelectChoice(grade.value, lazy_gettext(label)) for grade, label in GRADE_LABELS.items()],
    )
    title = Line(lazy_gettext("Judul untuk umum"), [Optional()], longest=160)
    reported_email = EmailField(lazy_gettext("Surel petugas yang dilaporkan"), [Optional(), Length(max=254), Address()])
    reported_unit_id = SelectField(lazy_gettext("Unit petugas yang dilaporkan"), coerce=id_or_none)
    about_head = BooleanField(lazy_gettext("Yang dilaporkan memimpin unit itu"))
    hold_reason = SelectField(lazy_gettext("Alasan penundaan"), coerce=str)
    promised_date = DateField(lazy_gettext("Tanggal yang dijanjikan"), [Optional()])
    reject_reason = SelectField(lazy_gettext("Alasan"), coerce=str)
    authority_id = SelectField(lazy_gettext("Lembaga yang berwenang"), coerce=id_or_none)
    joined_number = Line(lazy_gettext("Nomor laporan tujuan"), [Optional()], longest=20)
    is_public = BooleanField(lazy_gettext("Tampilkan keterangan ini untuk umum"))
    form_key = FormKey()
    files = Attachments()
    # About private data in the words, asked when the move was refused for it.
    questions: tuple[Question, ...] = ()

    def public_parts(self) -> dict[str, str]:
        """The words of the move that become public, by name."""
        return {name: self[name].data or "" for name in ("text", "title") if name in self}

    def command(self, number: str) -> MakeMove:
        """The action's command; call it after `validate()`."""
        apart = ("csrf_token", "move", "files")
        found = {name: field.data for name, field in self._fields.items() if name not in apart}
        words = {
            "grade": Grade,
            "hold_reason": HoldReason,
            "reject_reason": RejectReason,
        }
        for name, kind in words.items():
            if name in found:
                found[name] = kind(found[name]) if found[name] else None
        for name in ("text", "title", "reported_email", "joined_number", "form_key"):
            if name in found:
                found[name] = found[name] or ""
        return MakeMove(number=number, move=MoveName(self.move.data or ""), **found)


class NoteForm(Form):
    """An internal note."""

    form_key = FormKey()
    text = Prose(lazy_gettext("Catatan internal"), [Words()], longest=LONGEST_TEXT)


class Offers:
    """What the forms of one ticket's page let somebody choose from; each list is read at most once."""

    def __init__(self, actor: Actor, unit_path: str) -> None:
        self._actor, self._path = actor, unit_path

    @cached_property
    def _tree(self) -> list[UnitRow]:
        return _in_tree_order()

    @cached_property
    def units(self) -> list[SelectChoice]:
        """Every unit in force, in the order of the tree."""
        return _named(self._tree)

    def targets(self, *, here_too: bool) -> list[SelectChoice]:
        """Those this person may send the ticket to; ``here_too``: and the one that has it."""
        return _named(one for one in self._tree if self._is_target(one, here_too))

    def _is_target(self, unit: UnitRow, here_too: bool) -> bool:
        if unit.path == self._path:
            return here_too
        return may_send(self._actor, self._path, unit.path, to_is_government=unit.kind is UnitKind.GOVERNMENT)

    @cached_property
    def authorities(self) -> list[SelectChoice]:
        """Every body outside the regional government."""
        return _pick((str(row.id), row.name) for row in authorities())


def move_form(
    move: Move, *, version: int, kind: Kind, grade: Grade | None, data: dict[str, Any], offers: Offers, **rest: Any
) -> MoveForm:
    """The form of one move, its ids apart from those of the others on the page by the move's name.

    ``data``: what its fields hold at first.
    """
    filled = {"move": move.name.value, "version": version, "grade": grade, **data}
    form = MoveForm(prefix=move.name.value, data=filled, **rest)
    needed = {*move.needs, *_EXTRA.get(move.name, ()), *_ALWAYS}
    if move.words is not MoveWords.NONE:
        needed.add("text")
        form.text.longest = _LONGEST.get(move.name, LONGEST_TEXT)
        form.text.label.text = gettext(TEXT_LABELS.get(move.name, mark("Penjelasan")))
    if move.words is MoveWords.REQUIRED:
        _require(form, "text", Words())
    for name in move.needs:
        _require(form, name, InputRequired())
    if kind is not Kind.COMPLAINT:
        needed.discard("grade")
    if move.name in WITH_FILES:
        needed |= {"form_key", "files"}
        _ask_for_files(form.files, move)
    for name in [field.short_name for field in form]:
        if name not in needed:
            del form[name]
    _offer(form, move, offers)
    return form


def _ask_for_files(field: Attachments, move: Move) -> None:
    """Officials show the work before and after, and say what can be seen."""
    field.needs_alt = not move.who <= REPORTER
    if move.name in (MoveName.ANSWER, MoveName.REVIEW_ANSWER):
        field.phases = (Phase.BEFORE, Phase.AFTER, Phase.NONE)


def _require(form: MoveForm, name: str, validator: Any) -> None:
    field = form[name]
    field.validators = [*(one for one in field.validators if not isinstance(one, Optional)), validator]
    field.flags.optional, field.flags.required = False, True


def _offer(form: MoveForm, move: Move, offers: Offers) -> None:
    if "unit_id" in form:
        form.unit_id.choices = offers.targets(here_too=move.name is MoveName.VERIFY_AND_ASSIGN)
    if "proposed_unit_id" in form:
        form.proposed_unit_id.choices = offers.units
    if "reported_unit_id" in form:
        nobody = SelectChoice("", gettext("Tidak disebut"))
        form.reported_unit_id.choices = [nobody, *offers.units[1:]]
    if "hold_reason" in form:
        form.hold_reason.choices = _pick((one.value, _with_limit(one)) for one in HoldReason)
    if "reject_reason" in form:
        form.reject_reason.choices = _pick((one.value, gettext(label)) for one, label in REJECT_LABELS.items())
    if "authority_id" in form:
        form.authority_id.choices = offers.authorities


def _named(units: Iterable[UnitRow]) -> list[SelectChoice]:
    named = (SelectChoice(str(one.id), "\u2003" * one.depth + one.name) for one in units)
    return [SelectChoice("", gettext("Pilih unit")), *named]


def _pick(named: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice("", gettext("Pilih")), *(SelectChoice(value, label) for value, label in named)]


def _with_limit(reason: HoldReason) -> str:
    longest = gettext("paling lama %(days)s hari", days=HOLD_LONGEST_DAYS[reason])
    return f"{gettext(HOLD_LABELS[reason])} ({longest})"


def _in_tree_order() -> list[UnitRow]:
    """Units under their parents, each level by name; paths sort as text, so ids must not decide."""
    units = tree()
    names = {one.id: one.name for one in units}
    from_root = {one.id: tuple(names.get(int(part), "") for part in one.path.split(".") if part) for one in units}
    return sorted(units, key=lambda one: from_root[one.id])
