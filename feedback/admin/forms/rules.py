"""Routing rules, and the question where a report would go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from feedback.admin.forms.choices import Pick, authority_choices, service_choices, topic_choices, unit_choices
from feedback.catalogue.actions import ChangeRule, RuleDetails
from feedback.catalogue.rules import AuthorityRow, ServiceRow, TopicRow
from feedback.units.rules import UnitRow
from feedback.web.form import Form, Line, Prose, Words

_REGION_HINT = _("Kode Kemendagri; aturan berlaku juga untuk semua wilayah di dalamnya.")


@dataclass(frozen=True, slots=True)
class Offers:
    """What a rule may speak of."""

    topics: Iterable[TopicRow]
    services: Iterable[ServiceRow]
    units: Iterable[UnitRow] = ()
    authorities: Iterable[AuthorityRow] = ()


class RuleForm(Form):
    """A topic or a service, in a region, goes to a unit or an outside body."""

    sections: Any = (
        (_("Bila laporan"), ("region_code", "topic_id", "service_id")),
        (_("Teruskan ke"), ("unit_id", "authority_id", "note", "rank")),
    )
    region_code = Line(_("Kode wilayah"), [Words()], longest=20, description=_REGION_HINT)
    topic_id = Pick(_("Topik"))
    service_id = Pick(_("Layanan"), description=_("Isi topik atau layanan, salah satu saja."))
    unit_id = Pick(_("Unit"))
    authority_id = Pick(
        _("Lembaga di luar pemerintah daerah"), description=_("Isi unit atau lembaga, salah satu saja.")
    )
    note = Prose(_("Catatan untuk pelapor"), [Optional()], longest=500)
    rank = IntegerField(
        _("Urutan"),
        [InputRequired(), NumberRange(1, 99)],
        default=1,
        description=_("Yang kecil didahulukan di wilayah yang sama."),
    )

    def offer(self, offers: Offers) -> None:
        """Set the choices of subjects and targets."""
        empty = gettext("Tidak dipilih")
        self.topic_id.offer(topic_choices(offers.topics), empty=empty)
        self.service_id.offer(service_choices(offers.services), empty=empty)
        self.unit_id.offer(unit_choices(offers.units), empty=empty)
        self.authority_id.offer(authority_choices(offers.authorities), empty=empty)

    def details(self) -> dict[str, Any]:
        """The values that every command about a rule carries."""
        names = ("region_code", "topic_id", "service_id", "unit_id", "authority_id", "rank")
        return {name: self[name].data for name in names} | {"note": self.note.data or ""}

    def create(self) -> RuleDetails:
        """The rule asked for."""
        return RuleDetails(**self.details())

    def change(self, rule_id: int) -> ChangeRule:
        """New content for this rule."""
        return ChangeRule(rule_id=rule_id, **self.details())


class TryForm(Form):
    """A question by GET: it changes nothing and its answer can be shared as a link."""

    class Meta(Form.Meta):
        csrf = False

    wilayah = Line(_("Kode wilayah"), [Words()], longest=20, description=_("Misalnya 21.72.01.1001."))
    topik = Pick(_("Topik"))
    layanan = Pick(_("Layanan"))

    def offer(self, offers: Offers) -> None:
        """Set the choices of topics and services."""
        empty = gettext("Tidak dipilih")
        self.topik.offer(topic_choices(offers.topics), empty=empty)
        self.layanan.offer(service_choices(offers.services), empty=empty)
