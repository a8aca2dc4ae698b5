"""A change of calendars or limits on its way: looked at, approved by a second person, published, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, render_template
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from feedback.admin.actions.timing import approve_change, discard_change, publish_change, roll_back_change
from feedback.admin.forms.calendars import RollBackForm
from feedback.admin.rules import CERTAINTY_LABELS, STATUS_LABELS, UNIT_LABELS
from feedback.admin.views.blueprint import admin
from feedback.admin.views.calendars import changed_page
from feedback.admin.views.pages import Answer, saved
from feedback.clocks.actions import preview_calendars, preview_rule
from feedback.clocks.queries import ChangeRow, change, proposals_of, rule_before, rules_of
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.versions import Proposal, differences
from feedback.clocks.rules.words import ChangeSubject, VersionStatus
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden
from feedback.kernel.permissions import Permission
from feedback.web.form import sent
from feedback.web.guard import actor, requires
from feedback.web.language import told
from feedback.web.markup import day

WAITING = (VersionStatus.DRAFT, VersionStatus.APPROVED)


@admin.get("/tenggat/perubahan/<int(max=2147483647):change_id>", endpoint="policies_change")
@admin.get("/kalender/perubahan/<int(max=2147483647):change_id>")
@requires(Permission.ADMINISTER)
def calendars_change(change_id: int) -> Answer:
    """What a change says, what it does or did, and what may be done with it."""
    return _page(change(change_id), RollBackForm())


def _page(found: ChangeRow, form: RollBackForm) -> Answer:
    proposals = proposals_of(found.id) if found.subject is ChangeSubject.CALENDAR else ()
    rules = rules_of(found.id) if found.subject is ChangeSubject.POLICY else ()
    waits = found.status in WAITING
    html = render_template(
        "admin/calendars_change.html",
        change=found,
        versions=_grouped(proposals),
        limit=_limit_rows(rules[0], rule_before(found.id)) if rules else (),
        impact=_impact(proposals, rules) if waits else found.summary,
        waits=waits,
        is_mine=found.made_by_id == actor().person_id,
        form=form,
        statuses=STATUS_LABELS,
    )
    return html, 422 if form.errors else 200


def _grouped(proposals: tuple[Proposal, ...]) -> list[tuple[str, Proposal, Mapping[str, Any]]]:
    """Calendars of which the same is said, told once: their keys, one of them, and what changes."""
    groups: list[tuple[list[str], Proposal, Mapping[str, Any]]] = []
    for one in proposals:
        news = differences(one.before, one.after)
        same = next((keys for keys, other, told in groups if told == news and other.valid_from == one.valid_from), None)
        if same is None:
            groups.append(([one.key], one, news))
        else:
            same.append(one.key)
    return [(", ".join(keys), one, news) for keys, one, news in groups]


def _impact(proposals: tuple[Proposal, ...], rules: tuple[Rule, ...]) -> Mapping[str, Any]:
    now = utc_now()
    return (preview_rule(rules[0], now) if rules else preview_calendars(proposals, now)).written()


def _limit_rows(after: Rule, before: Rule | None) -> list[list[str]]:
    """What of a limit changes: name, before, after."""
    rows = [
        [gettext("Berlaku sejak"), day(before.valid_from) if before else "–", day(after.valid_from)],
        [gettext("Lamanya"), _length(before), _length(after)],
        [gettext("Dapat diperpanjang"), str(before.extension) if before else "–", str(after.extension)],
        [gettext("Peraturan"), before.source if before else "–", after.source],
        [gettext("Kepastian"), _certainty(before), _certainty(after)],
    ]
    return rows


def _length(rule: Rule | None) -> str:
    if rule is None or rule.amount is None:
        return "–"
    return f"{rule.amount.number} {gettext(UNIT_LABELS[rule.amount.unit]).lower()}"


def _certainty(rule: Rule | None) -> str:
    return gettext(CERTAINTY_LABELS[rule.certainty]) if rule else "–"


def _done(change_id: int, act: Callable[[], object], message: str) -> Response:
    """Do it and go back to the change; a refusal is told there."""
    found = change(change_id)
    try:
        act()
    except (Conflict, Forbidden) as refusal:
        flash(told(refusal), "error")
    else:
        flash(message, "success")
    return changed_page(change_id, found.subject)


@admin.post("/kalender/perubahan/<int(max=2147483647):change_id>/setujui")
@requires(Permission.ADMINISTER)
def calendars_approve(change_id: int) -> Response:
    """A second administrator agrees."""
    return _done(change_id, lambda: approve_change(change_id, actor()), gettext("Rancangan disetujui."))


@admin.post("/kalender/perubahan/<int(max=2147483647):change_id>/terbitkan")
@requires(Permission.ADMINISTER)
def calendars_publish(change_id: int) -> Response:
    """It counts from now on; the running deadlines are counted again."""
    return _done(change_id, lambda: publish_change(change_id, actor()), gettext("Perubahan terbit dan berlaku."))


@admin.post("/kalender/perubahan/<int(max=2147483647):change_id>/buang")
@requires(Permission.ADMINISTER)
def calendars_discard(change_id: int) -> Response:
    """Throw a draft away."""
    found = change(change_id)
    try:
        discard_change(change_id, actor())
    except Conflict as refusal:
        flash(told(refusal), "error")
        return changed_page(change_id, found.subject)
    return saved("policies" if found.subject is ChangeSubject.POLICY else "calendars")


@admin.post("/kalender/perubahan/<int(max=2147483647):change_id>/batalkan")
@requires(Permission.ADMINISTER)
def calendars_roll_back(change_id: int) -> Answer:
    """What counted before counts again."""
    found, form = change(change_id), RollBackForm()
    done: list[int] = []
    if not sent(form, lambda: done.append(_rolled_back(change_id, form))):
        return _page(found, form)
    flash(gettext("Perubahan dibatalkan; yang berlaku sebelumnya terbit lagi."), "success")
    return changed_page(done[-1], found.subject)


def _rolled_back(change_id: int, form: RollBackForm) -> int:
    return roll_back_change(change_id, form.reason.data or "", actor()).change_id


@admin.app_template_filter()
def shift_label(days: int) -> str:
    """By how much a date moves, in words."""
    if days > 0:
        return ngettext("mundur %(num)d hari", "mundur %(num)d hari", days)
    return ngettext("maju %(num)d hari", "maju %(num)d hari", -days)
