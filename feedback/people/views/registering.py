"""A citizen's new account: the address first, and the rest for who reads the letter sent there (docs/adr)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from feedback.kernel.errors import Invalid, TooMany
from feedback.people.actions import ask_account, register_person
from feedback.people.forms import BeginForm, RegisterForm
from feedback.people.queries.registration import open_registration
from feedback.people.rules.links import MOST_LETTERS
from feedback.people.views.blueprint import Answer, device, enter, people, too_many
from feedback.web.guard import public
from feedback.web.humans import judge
from feedback.web.language import chosen_language
from feedback.web.limits import Rate, count_letter, limited


@people.route("/daftar", methods=["GET", "POST"])
@public
@limited(Rate.REGISTER)
def register() -> Answer:
    """Ask for the letter; the answer is the same whether the address has an account or not."""
    form = RegisterForm()
    if form.validate_on_submit():
        email = (form.email.data or "").lower()
        judge(form, Rate.REGISTER, email)
        if not form.errors:
            try:
                count_letter(email, MOST_LETTERS)
            except TooMany as refusal:
                return too_many("people/register.html", form, refusal)
            ask_account(email, chosen_language())
            return render_template("people/register_sent.html", email=email), 200
    return render_template("people/register.html", form=form), 422 if form.errors else 200


@people.route("/daftar/<token>", methods=["GET", "POST"])
@public
@limited(Rate.SIGN_IN)
def register_begin(token: str) -> Answer:
    """Name and password, by the link; looking changes nothing: mail programs look too."""
    email = open_registration(token)
    if email is None:
        return render_template("people/register_over.html"), 404
    form = BeginForm(locale=chosen_language())
    if form.validate_on_submit():
        try:
            token_of_session = register_person(form.command(email), device=device())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            enter(token_of_session, made=True)
            flash(gettext("Akun Anda sudah jadi."), "success")
            return redirect(url_for("people.account"), 303)
    page = render_template("people/register_begin.html", form=form, email=email, token=token)
    return page, 422 if form.errors else 200
