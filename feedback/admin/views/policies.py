"""Time limits: what is in force, and changes prepared with their consequences in sight."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext

from feedback.admin.actions.timing import keep_rule
from feedback.admin.forms.calendars import LimitForm
from feedback.admin.rules import CERTAINTY_LABELS, STATUS_LABELS, UNIT_LABELS
from feedback.admin.views.blueprint import admin
from feedback.admin.views.calendars import changed_page, foreseen, today
from feedback.admin.views.pages import Answer
from feedback.clocks.actions import Tally, preview_rule
from feedback.clocks.queries import changes, policy_history, policy_rules
from feedback.clocks.rules.policy import ClockKind, Rule, rules_on
from feedback.clocks.rules.words import ChangeSubject
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.tickets.rules.words import GRADE_LABELS, KIND_LABELS, Grade, Kind
from feedback.tickets.views.labels import CLOCK_LABELS
from feedback.web.guard import actor, requires
from feedback.web.markup import day


def _about(rule: Rule) -> str:
    """Which reports a limit is for."""
    kind = gettext(KIND_LABELS[Kind(rule.ticket_kind)]) if rule.ticket_kind else gettext("Semua laporan")
    return f"{kind}: {gettext(GRADE_LABELS[Grade(rule.grade)])}" if rule.grade else kind


def _order(rule: Rule) -> tuple[int, int, str]:
    return list(ClockKind).index(rule.clock), rule.rank, rule.code


def _newest(code: str) -> Rule:
    """The newest published version of a limit that has one."""
    found = next((rule for rule in policy_rules() if rule.code == code and rule.amount is not None), None)
    if found is None:
        raise NotFound
    return found


@admin.get("/tenggat")
@requires(Permission.ADMINISTER)
def policies() -> str:
    """Every limit in force today and those that come, and the newest changes."""
    rules, now = policy_rules(), today()
    current = sorted((rule for rule in rules_on(rules, now) if rule.amount), key=_order)
    return render_template(
        "admin/calendars_policies.html",
        current=[(rule, gettext(CLOCK_LABELS[rule.clock]), _about(rule)) for rule in current],
        coming=[rule for rule in rules if rule.valid_from > now],
        units=UNIT_LABELS,
        certainties=CERTAINTY_LABELS,
        changes=changes(ChangeSubject.POLICY, limit=20),
        statuses=STATUS_LABELS,
    )


@admin.route("/tenggat/<code>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def policies_edit(code: str) -> Answer:
    """One limit: its history, and a form that prepares another from a date on."""
    before = _newest(code)
    assert before.amount is not None
    assert before.version_id is not None
    based_on: int = before.version_id
    form = LimitForm(data=_data(before))
    form.offer()

    def look(keep: bool) -> tuple[Tally, int | None]:
        rule = form.rule(before)
        tally = preview_rule(rule, utc_now())
        title = gettext("%(name)s sejak %(day)s", name=name, day=day(rule.valid_from))
        return tally, _keep(title, form, rule, based_on) if keep else None

    name = f"{gettext(CLOCK_LABELS[before.clock])} ({_about(before)})"
    history = policy_history(code)
    answer = foreseen(form, look, title=name, back=url_for("admin.policies"), history=history, statuses=STATUS_LABELS)
    return changed_page(answer, ChangeSubject.POLICY) if isinstance(answer, int) else answer


def _keep(title: str, form: LimitForm, rule: Rule, based_on: int) -> int:
    reason = form.reason.data or ""
    return keep_rule(title=title[:200], reason=reason, rule=rule, based_on=based_on, actor=actor())


def _data(rule: Rule) -> dict[str, object]:
    assert rule.amount is not None
    return {
        "valid_from": max(today(), rule.valid_from),
        "amount": rule.amount.number,
        "unit": rule.amount.unit.value,
        "extension": rule.extension,
        "source": rule.source,
        "certainty": rule.certainty.value,
    }
