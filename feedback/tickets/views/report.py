"""Write, check, send, keep the receipt. Everything travels in the form: nothing is lost, nothing is stored early."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import segno
from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from feedback.catalogue.queries import service_by_slug, topic_by_slug
from feedback.catalogue.rules import Route
from feedback.clocks.queries import Promise, promises
from feedback.files.rules.kinds import LARGEST_UPLOAD
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Permission
from feedback.kernel.references import read_number
from feedback.kernel.risk import Doubt
from feedback.kernel.text import clean, links_in
from feedback.tickets.actions.submit import (
    Receipt,
    SubmitReport,
    check_report,
    public_parts,
    public_words,
    receipt_of,
    submit,
)
from feedback.tickets.forms.report import CounterForm, ReportForm
from feedback.tickets.forms.shield import Question, questions, read_choices
from feedback.tickets.queries.desk import desk_zone
from feedback.tickets.queries.earlier import earlier_like, is_known_writer
from feedback.tickets.rules.shield import Unshielded, look
from feedback.tickets.rules.words import KIND_HINTS, Grade, Kind
from feedback.tickets.views.attached import uploader
from feedback.tickets.views.blueprint import tickets
from feedback.units.queries import government_of, region, unit_by_slug
from feedback.web.body import takes_files
from feedback.web.guard import actor, open_by_code, public, requires
from feedback.web.humans import challenge, judge
from feedback.web.limits import Rate, limited
from feedback.web.markup import day, moment

Answer = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the check page shows: who will hold the report and what they owe by when."""

    command: SubmitReport
    route: Route
    zone: str
    promises: tuple[Promise, ...]
    public_text: str
    public_place: str
    questions: tuple[Question, ...]


def _asked(name: str) -> str:
    """A word of the address without what no database takes."""
    return clean(request.args.get(name, "")[:80], lines=False)


def _preselected() -> dict[str, Any]:
    """What a link to "report about this" chose already; words we do not know are passed over."""
    chosen: dict[str, Any] = {}
    service = service_by_slug(_asked("layanan"))
    unit = unit_by_slug(service.service.unit_slug if service else _asked("unit"))
    topic = topic_by_slug(_asked("topik"))
    home = government_of(unit.path) if unit and not unit.region_code else unit
    code = _asked("wilayah") or (home.region_code if home else None)
    place = region(code) if code else None
    if service:
        chosen["service"] = service.service.id
        chosen["topic"] = str(service.service.topic_id or "")
    if unit and not service:
        chosen["unit"] = unit.id
    if topic:
        chosen["topic"] = str(topic.id)
    if place:
        chosen["region"] = place.code
    return chosen


def _kept(form: ReportForm) -> dict[str, str]:
    """Headers that let the back button show a page of the form again; a sealed report leaves no trace in the browser.

    Without them a browser asks to send the form again, and people believe their text is lost.
    """
    sealed = form.anonymous.data or form.confidential.data
    return {} if sealed else {"Cache-Control": "private, no-cache"}


def _write(form: ReportForm, status: int = 200) -> Answer:
    counter = isinstance(form, CounterForm)
    page = render_template(
        "tickets/write.html", form=form, counter=counter, kind_hints=KIND_HINTS, kept=read_choices(request.form)
    )
    later = {"Retry-After": str(form.files.retry_after)} if form.files.retry_after else {}
    return page, max(status, form.files.status), {**_kept(form), **later}


def _preview(command: SubmitReport) -> Preview:
    now = utc_now()
    route = check_report(command, now)
    assert route.government is not None
    grade = Grade.NON_OVERSIGHT.value if command.kind is Kind.COMPLAINT else None
    promised = promises(
        ticket_kind=command.kind.value,
        grade=grade,
        unit_id=(route.unit or route.government).id,
        received_at=command.received_at or now,
    )
    text, place = public_words(command)
    asked = questions(look(public_parts(command)), command.shield)
    return Preview(command, route, route.government.zone, promised, text.text, place.text, asked)


def _command(form: ReportForm) -> SubmitReport:
    return replace(form.command(str(get_locale())), shield=read_choices(request.form))


def _check(form: ReportForm, status: int = 200) -> Answer:
    try:
        preview = _preview(_command(form))
    except Invalid as refusal:
        form.refuse(refusal)
        return _write(form, 422)
    counter = isinstance(form, CounterForm)
    earlier = earlier_like(form.text.data or "", actor(), utc_now())
    page = render_template("tickets/check.html", form=form, preview=preview, counter=counter, earlier=earlier)
    return page, status, _kept(form)


def _doubts(form: ReportForm) -> frozenset[Doubt]:
    """What stands against this report; nothing against one that a coordinator writes down."""
    if isinstance(form, CounterForm):
        return frozenset()
    links = 0 if is_known_writer(actor()) else links_in(form.text.data or "")
    return judge(form, Rate.REPORT, form.form_key.data or "", links=links)


def _send(form: ReportForm) -> Answer:
    doubts = _doubts(form)
    if challenge() is not None:
        return _check(form, 422)
    try:
        receipt = submit(replace(_command(form), doubts=doubts), actor())
    except Unshielded as refusal:
        # The questions are on the page that shows what the public will read; its fields are not.
        form.form_errors.append(gettext(refusal.message))
        return _check(form, 422)
    except Invalid as refusal:
        form.refuse(refusal)
        return _write(form, 422)
    return _receipt(receipt, form), 200


def _receipt(receipt: Receipt, form: ReportForm) -> str:
    """The receipt, also of a form sent again; whoever is shown the code acts as the reporter in this browser."""
    if not isinstance(form, CounterForm):
        open_by_code(receipt.ticket_id)
    return render_template(
        "tickets/receipt.html",
        receipt=receipt,
        at=(day if receipt.coarse else moment)(receipt.received_at, receipt.zone),
        counter=isinstance(form, CounterForm),
        unsent=None if receipt.same_text else form.text.data,
        unsent_files=receipt.is_resend and any(one.filename for one in request.files.values()),
        has_contact=bool(form.email.data),
        # Letters go to the account of an open report; any other address was only typed.
        asks=actor().person_id is None or bool(form.anonymous.data or form.confidential.data),
    )


def _step(form: ReportForm) -> Answer:
    """One press of a button: choose a region, check, change or send. An already sent form shows its receipt again."""
    step = request.form.get("langkah", "periksa")
    if step in ("periksa", "kirim") and form.form_key.data:
        known = receipt_of(form.form_key.data, form.text.data or "")
        if known is not None and form.form_key.validate(form):
            return _receipt(known, form)
    key_is_ours = form.form_key.validate(form)  # another key is replaced by a new one
    only_files = form.files.receive(form.form_key.data or "", uploader(), step)
    if step == "wilayah-ulang":
        form.choose_region_again()
    if only_files or step in ("wilayah", "ubah", "wilayah-ulang"):
        return _write(form)
    if not form.validate() or not key_is_ours:
        return _write(form, 422)
    return _send(form) if step == "kirim" else _check(form)


@tickets.route("/lapor", methods=["GET", "POST"])
@public
@takes_files(LARGEST_UPLOAD)
@limited(Rate.REPORT, when=lambda: request.form.get("langkah") == "kirim")
def report() -> Answer:
    """A citizen writes, with or without an account."""
    if request.method != "POST":
        mine = {"name": current_user.name, "email": current_user.email} if current_user.is_authenticated else {}
        return _write(ReportForm(data={**mine, **_preselected()}))
    return _step(ReportForm())


@tickets.route("/meja/loket", methods=["GET", "POST"])
@requires(Permission.COUNTER)
@takes_files(LARGEST_UPLOAD)
@limited(Rate.WORDS)
def counter() -> Answer:
    """A coordinator records what somebody brought to the counter, by letter or by telephone."""
    zone = desk_zone(actor())
    if request.method != "POST":
        return _write(CounterForm(zone=zone, data=_preselected()))
    return _step(CounterForm(zone=zone))


@tickets.get("/laporan/<number>/qr.svg")
@public
def qr(number: str) -> Response:
    """A QR picture of the tracking page's address with the number, never the code."""
    canonical = read_number(number)
    if canonical is None:
        abort(404)
    out = io.BytesIO()
    segno.make(tracking_url(canonical), error="m").save(out, kind="svg", scale=4, border=2, dark="#000", light="#fff")
    return Response(out.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=31536000"})


def tracking_url(number: str) -> str:
    """The absolute address of the tracking page, from the configured public address only."""
    return str(current_app.config["SETTINGS"].public_url) + url_for("publicsite.track", nomor=number)
