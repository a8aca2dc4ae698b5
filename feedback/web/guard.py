"""Every view says who may come in; a view that says nothing is open to nobody (tests/architecture proves it)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from flask import current_app, redirect, request, session, url_for
from flask_login import current_user

from feedback.kernel.actor import Actor
from feedback.kernel.errors import Forbidden
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.errors import typed_again
from feedback.web.session import browser

View = TypeVar("View", bound=Callable[..., Any])
TRACKED = "tracked"
MOST_TRACKED = 20
PUBLIC = "public"
SIGNED_IN = "signed_in"


def public(view: View) -> View:
    """Open to everybody."""
    cast(Any, view).guard = PUBLIC
    return view


def signed_in(view: View) -> View:
    """Open to anybody with an account."""
    cast(Any, view).guard = SIGNED_IN
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Open to actors with a role that has the permission."""

    def set_guard(view: View) -> View:
        cast(Any, view).guard = permission
        return view

    return set_guard


def fresh(view: View) -> View:
    """Besides its guard: only for somebody who showed within five minutes who they are; others are asked again."""
    return fresh_when(lambda: True)(view)


def fresh_when(asked: Callable[[], bool]) -> Callable[[View], View]:
    """`fresh` for some requests of a view only, such as those for a file."""

    def set_fresh(view: View) -> View:
        cast(Any, view).fresh = asked
        return view

    return set_fresh


def actor() -> Actor:
    """Who asks, with the tickets this browser opened by their secret code."""
    tracked = session.get(TRACKED)
    known: Actor = current_user.actor
    return replace(known, tracked=frozenset(tracked)) if tracked else known


def open_by_code(ticket_id: int) -> None:
    """This browser showed a ticket's secret code, or has just sent it: until it is closed it acts as the reporter."""
    known = [one for one in session.get(TRACKED, []) if one != ticket_id]
    session[TRACKED] = [*known, ticket_id][-MOST_TRACKED:]


def check_guard() -> Any:
    """Before every request: let in, send to sign-in, or refuse."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    guard = getattr(current_app.view_functions[request.endpoint], "guard", None)
    if guard == PUBLIC:
        return None
    if guard is None:
        raise Forbidden(mark("Halaman ini belum dibuka untuk siapa pun."))
    if not current_user.is_authenticated:
        if request.method == "POST":
            return typed_again(401)  # the sign-in ended while somebody wrote: their words must not go with it
        kept = browser().kept
        door = "people.second_factor" if kept and kept.waiting else "people.sign_in"
        return redirect(url_for(door, lanjut=request.full_path.rstrip("?")), 303)
    if isinstance(guard, Permission) and not actor().may(guard):
        raise Forbidden(mark("Peran Anda tidak membuka halaman ini."))
    return None
