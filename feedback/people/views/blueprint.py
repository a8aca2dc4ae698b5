"""The blueprint, and how its pages begin a session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.actor import Actor
from feedback.kernel.errors import TooMany
from feedback.kernel.permissions import Permission
from feedback.people.actions import end_session
from feedback.people.actions.news import tell_of_new_device
from feedback.people.queries import open_session
from feedback.people.rules import device_word
from feedback.people.views.devices import known_device, remember_device
from feedback.web.form import Form
from feedback.web.language import told
from feedback.web.limits import network_of_request
from feedback.web.session import browser

people = Blueprint("people", __name__)

Answer = AnyResponse | tuple[str, int]
ROOMS = (
    (Permission.ADMINISTER, "admin.home"),
    (Permission.DESK, "tickets.desk"),
    (Permission.BOARD, "insight.board"),
)


def source() -> str:
    """The client's network address, for counting failures."""
    return network_of_request()


def device() -> str:
    """A coarse word for this browser."""
    return device_word(request.headers.get("User-Agent", ""))


def enter(token: str, *, made: bool = False) -> Actor:
    """Begin a session in this browser: nothing an earlier visitor left behind stays in it.

    The first time an account is opened here its owner is told, unless it was ``made`` here just now.
    """
    kept = browser().kept
    if kept is not None and kept.token != token:
        end_session(kept.token)
    begun = open_session(token)
    browser().begin(begun)
    if begun and begun.person and not known_device(begun.person.email):
        remember_device(begun.person.email)
        if not made:
            tell_of_new_device(begun.person.actor.person_id or 0)
    return begun.person.actor if begun and begun.person else Actor()


def room(here: Actor) -> str:
    """Where somebody begins their work."""
    return url_for(next((endpoint for permission, endpoint in ROOMS if here.may(permission)), "people.account"))


def onward(here: Actor, asked: str | None = None) -> str:
    """Where somebody goes on after signing in: to the second factor first, when they owe one."""
    kept = browser().kept
    if kept is not None and kept.waiting is not None:
        return url_for("people.second_factor", lanjut=asked)
    return asked or room(here)


def too_many(template: str, form: Form, refusal: TooMany, **page: Any) -> Response:
    """The form again, saying how long to wait."""
    form.form_errors.append(told(refusal))
    answer = make_response(render_template(template, form=form, **page), refusal.status)
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer
