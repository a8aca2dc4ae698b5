"""What every administrators' page does: a form that is shown or saved, and the links of a list's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.admin.queries import Place
from feedback.kernel.paging import Page

Answer = Response | tuple[str, int]
Links = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses of the pages before and after this one; None at an end."""

    previous_url: str | None
    next_url: str | None


def form_page(form: Any, *, title: str, back: str, submit: str = "", links: Links = ()) -> tuple[str, int]:
    """A page of one form by its sections; 422 with everything typed when something is wrong."""
    submit = submit or gettext("Simpan")
    page = render_template("admin/form.html", form=form, title=title, back=back, submit=submit, links=links)
    return page, 422 if form.errors else 200


def saved(endpoint: str, **values: Any) -> Response:
    """Back to a page of administration, saying that it is done."""
    flash(gettext("Perubahan tersimpan."), "success")
    return redirect(url_for(f"admin.{endpoint}", **values), 303)


def place() -> Place:
    """Which page of a list is asked for."""
    return Place(after=request.args.get("setelah"), before=request.args.get("sebelum"))


def neighbours(endpoint: str, page: Page[Any], **values: Any) -> Neighbours:
    """Links to the pages around this one; ``values`` keeps what the list is narrowed to."""
    return Neighbours(
        url_for(endpoint, **values, sebelum=page.previous) if page.previous else None,
        url_for(endpoint, **values, setelah=page.next) if page.next else None,
    )
