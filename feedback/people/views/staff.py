"""The staff of one's subtree: who holds which role until when, invitations, extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound, Refusal
from feedback.kernel.permissions import Permission, Role
from feedback.people.actions.expiry import extend_role
from feedback.people.actions.invitations import invite, resend, withdraw
from feedback.people.forms import ExtendForm, InviteForm
from feedback.people.queries.invitations import invitations_within
from feedback.people.queries.staff import count_ending, staff_line, staff_page
from feedback.people.rules import ROLE_LABELS
from feedback.people.rules.invitations import roles_given_by
from feedback.people.views.blueprint import Answer, people
from feedback.units.queries import subtree, tree
from feedback.web.form import Form, sent
from feedback.web.guard import actor, fresh, requires
from feedback.web.language import told
from feedback.web.limits import Rate, limited

ENDING = "akan-berakhir"


@people.get("/meja/petugas")
@requires(Permission.STAFF)
def staff() -> str:
    """Roles within reach, and invitations that wait."""
    here = actor()
    ending = request.args.get("daftar") == ENDING
    text = request.args.get("q", "")[:200]
    page = staff_page(
        here, ending=ending, text=text, after=request.args.get("setelah"), before=request.args.get("sebelum")
    )
    kept: dict[str, Any] = {"daftar": ENDING if ending else None, "q": text or None}
    return render_template(
        "people/staff.html",
        rows=page.rows,
        invitations=invitations_within(here) if not (ending or text) else [],
        labels=ROLE_LABELS,
        text=text,
        ending=ending,
        tabs=[
            {"href": url_for("people.staff"), "label": gettext("Semua"), "current": not ending, "count": None},
            {
                "href": url_for("people.staff", daftar=ENDING),
                "label": gettext("Akan berakhir"),
                "current": ending,
                "count": count_ending(here),
            },
        ],
        pager_links={
            "previous_url": page.previous and url_for("people.staff", sebelum=page.previous, **kept),
            "next_url": page.next and url_for("people.staff", setelah=page.next, **kept),
        },
    )


def _units(here: Actor) -> dict[int, str]:
    """Units somebody may staff, parents before what is under them."""
    if here.may(Permission.ADMINISTER):
        found = tree()
    else:
        found = tuple(unit for path in here.paths(Role.COORDINATOR) for unit in subtree(path))
    return {unit.id: "\u2003" * unit.depth + unit.name for unit in found}


def _form_page(form: Form, title: str, **rest: Any) -> tuple[str, int]:
    page = render_template("people/staff_form.html", form=form, title=title, **rest)
    return page, 422 if form.errors else 200


@people.route("/meja/petugas/undang", methods=["GET", "POST"])
@requires(Permission.STAFF)
@fresh
@limited(Rate.WORDS)
def staff_invite() -> Answer:
    """Ask somebody by mail to take a role."""
    here = actor()
    form = InviteForm()
    form.offer(roles_given_by(here), _units(here))
    if sent(form, lambda: invite(form.command(), here)):
        flash(gettext("Undangan dikirim."), "success")
        return redirect(url_for("people.staff"), 303)
    return _form_page(form, gettext("Undang petugas"), submit=gettext("Kirim undangan"), caption=None, lead=None)


@people.route("/meja/petugas/peran/<int(max=2147483647):role_id>", methods=["GET", "POST"])
@requires(Permission.STAFF)
@fresh
def staff_extend(role_id: int) -> Answer:
    """Let a role end later."""
    here = actor()
    line = staff_line(here, role_id)
    if line is None or not line.may_extend:
        raise NotFound
    form = ExtendForm()
    if sent(form, lambda: extend_role(role_id, form.valid_to.data, here)):
        flash(gettext("Perubahan tersimpan."), "success")
        return redirect(url_for("people.staff"), 303)
    return _form_page(
        form,
        gettext("Perpanjang peran"),
        submit=gettext("Perpanjang"),
        caption=f"{line.name}: {gettext(ROLE_LABELS[line.role])}, {line.unit}",
        lead=line.valid_to,
    )


def _on_invitation(act: Callable[[], None], done: str) -> Response:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        flash(told(refusal), "error")
    else:
        flash(done, "success")
    return redirect(url_for("people.staff"), 303)


@people.post("/meja/undangan/<int(max=2147483647):invitation_id>/kirim-ulang")
@requires(Permission.STAFF)
@limited(Rate.WORDS)
def invitation_resend(invitation_id: int) -> Response:
    """A new link by mail; the old one is worthless."""
    return _on_invitation(lambda: resend(invitation_id, actor()), gettext("Undangan dikirim ulang."))


@people.post("/meja/undangan/<int(max=2147483647):invitation_id>/tarik")
@requires(Permission.STAFF)
def invitation_withdraw(invitation_id: int) -> Response:
    """Take an invitation back."""
    return _on_invitation(lambda: withdraw(invitation_id, actor()), gettext("Undangan ditarik."))
