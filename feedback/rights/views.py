"""Pages about one's own data: of an account, of one report by its secret code; and those who answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.audit.actions import note_read
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.permissions import Permission
from feedback.kernel.references import read_number
from feedback.rights.actions import answer, ask
from feedback.rights.forms import AnswerForm, AskForm
from feedback.rights.queries import copy_of, open_requests, request_line, requests_of, waiting
from feedback.rights.queries.incidents import notices_for
from feedback.rights.rules import EFFECTS, RequestState, RightsKind
from feedback.tickets.queries.detail import ticket_page
from feedback.web.guard import actor, fresh, public, requires, signed_in
from feedback.web.language import told
from feedback.web.limits import Rate, limited

rights = Blueprint("rights", __name__)
Answer = AnyResponse | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data a page is about, and where its forms and downloads are."""

    person_id: int | None
    ticket_id: int | None
    number: str | None

    def url(self, page: str, **rest: Any) -> str:
        """An address of this scope: ``data``, ``ask`` or ``copy``."""
        if self.number:
            return url_for(f"rights.report_{page}", number=self.number, **rest)
        return url_for(f"rights.{page}", **rest)


def _mine() -> Scope:
    return Scope(actor().person_id, None, None)


def _report(number: str) -> Scope:
    """The report of whoever showed its code or sent it. Raises NotFound for everybody else."""
    canonical = read_number(number)
    page = ticket_page(actor(), canonical or "", utc_now())
    if not page.is_reporter:
        raise NotFound
    return Scope(None, page.id, page.number)


def _page(scope: Scope, form: AskForm | None = None) -> tuple[str, int]:
    known = requests_of(person_id=scope.person_id, ticket_id=scope.ticket_id)
    html = render_template(
        "rights/data.html",
        scope=scope,
        filled=form,
        forms={kind: _form(kind, form) for kind in RightsKind},
        effects=EFFECTS,
        requests=known,
        incidents=notices_for(str(get_locale()), person_id=scope.person_id, ticket_id=scope.ticket_id),
        now=utc_now(),
        email=current_user.email if scope.person_id else None,
        roles=bool(actor().memberships) if scope.person_id else False,
    )
    return html, 422 if form is not None else 200


def _form(kind: RightsKind, filled: AskForm | None) -> AskForm:
    if filled is not None and filled.kind.data == kind.value:
        return filled
    return AskForm(formdata=None, prefix=kind.value, kind=kind.value)


def _asked(scope: Scope) -> Answer:
    prefix = next((kind.value for kind in RightsKind if f"{kind.value}-kind" in request.form), RightsKind.COPY.value)
    form = AskForm(prefix=prefix)
    command = form.command(person_id=scope.person_id, ticket_id=scope.ticket_id) if form.validate() else None
    if command is None:
        return _page(scope, form)
    try:
        request_id = ask(command, actor())
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(scope, form)
    return _after(scope, request_id)


def _after(scope: Scope, request_id: int) -> Answer:
    line = request_line(request_id)
    if line and line.kind is RightsKind.DELETION and line.state is RequestState.DONE:
        # No redirect: with the account its session is gone, and nothing could carry a message to another page.
        logout_user()
        session.clear()
        return render_template("rights/gone.html"), 200
    flash(gettext("Permintaan diterima. Dijawab paling lambat 3 x 24 jam."), "success")
    return redirect(scope.url("data"), 303)


def _zip(scope: Scope, request_id: int) -> Response:
    content = copy_of(request_id, utc_now(), person_id=scope.person_id, ticket_id=scope.ticket_id)
    headers = {"Content-Disposition": "attachment; filename=data-saya.zip", "Cache-Control": "no-store"}
    return Response(content, mimetype="application/zip", headers=headers)


@rights.get("/akun/data")
@signed_in
def data() -> Answer:
    """What I may ask, and what became of what I asked."""
    return _page(_mine())


@rights.post("/akun/data", endpoint="ask")
@signed_in
@fresh
@limited(Rate.MAIL)
def ask_page() -> Answer:
    """Ask about my account."""
    return _asked(_mine())


@rights.get("/akun/data/salinan/<int(max=2147483647):request_id>")
@signed_in
@fresh
def copy(request_id: int) -> Response:
    """Download my copy."""
    return _zip(_mine(), request_id)


@rights.get("/laporan/<number>/data")
@public
def report_data(number: str) -> Answer:
    """The same for one report, for whoever holds its code."""
    return _page(_report(number))


@rights.post("/laporan/<number>/data")
@public
@limited(Rate.MAIL)
def report_ask(number: str) -> Answer:
    """Ask about one report."""
    return _asked(_report(number))


@rights.get("/laporan/<number>/data/salinan/<int(max=2147483647):request_id>")
@public
def report_copy(number: str, request_id: int) -> Response:
    """Download the copy of one report."""
    return _zip(_report(number), request_id)


@rights.get("/kelola/hak")
@requires(Permission.ADMINISTER)
def queue() -> str:
    """Requests that wait for an official, the nearest deadline first."""
    page = open_requests(request.args.get("setelah"), request.args.get("sebelum"))
    late = waiting(utc_now())[1]
    if page.rows:
        note_read("rights.read", actor_id=actor().person_id or 0, subject="rights_requests")
    pager = {
        "previous_url": url_for("rights.queue", sebelum=page.previous) if page.previous else None,
        "next_url": url_for("rights.queue", setelah=page.next) if page.next else None,
    }
    return render_template(
        "rights/queue.html", rows=page.rows, pager_links=pager, late=late, now=utc_now(), effects=EFFECTS
    )


@rights.route("/kelola/hak/<int(max=2147483647):request_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
@limited(Rate.WORDS)
def one(request_id: int) -> Answer:
    """One request: read it, grant or refuse it with a reason."""
    line = request_line(request_id)
    if line is None:
        raise NotFound
    note_read("rights.read", actor_id=actor().person_id or 0, subject=f"rights_request:{request_id}")
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            answer(request_id, form.words.data or "", granted="tolak" not in request.form, by=actor().person_id or 0)
        except Conflict as refusal:
            form.form_errors.append(told(refusal))
        else:
            flash(gettext("Permintaan dijawab."), "success")
            return redirect(url_for("rights.queue"), 303)
    html = render_template("rights/one.html", line=line, form=form, effect=EFFECTS[line.kind], now=utc_now())
    return html, 422 if form.errors else 200
