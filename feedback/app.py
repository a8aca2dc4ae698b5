"""Builds the application from its settings."""

from __future__ import annotations

import gc
from pathlib import Path

from flask import Flask, abort, request
from flask_babel import gettext
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from feedback.adapters.counts import init_counts
from feedback.doors import COMMANDS, DOORS, HANDLERS, SINGLE_COMMANDS, TIMERS
from feedback.people.actions import end_session, keep, note_use
from feedback.people.queries import Visitor, open_session
from feedback.storage.session import db, init_storage
from feedback.web.body import LARGEST_BODY, MOST_FIELDS, check_body
from feedback.web.compress import compress
from feedback.web.errors import init_errors
from feedback.web.guard import check_guard
from feedback.web.headers import add_headers
from feedback.web.language import init_language
from feedback.web.limits import check_rates
from feedback.web.markup import init_markup
from feedback.web.navigation import navigation
from feedback.web.session import Sessions, Store, browser


def create_app(settings: Settings) -> Flask:
    """The WSGI application; nothing in it depends on the environment except through ``settings``."""
    app = Flask("feedback", root_path=str(ROOT / "feedback"), instance_path=str(settings.instance))
    app.template_folder = str(ROOT / "templates")
    app.static_folder = str(ROOT / "static")
    app.session_interface = Sessions(Store(open_session, keep, end_session, note_use))
    _configure(app, settings)
    init_storage(app, settings.database_url)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.before_request(check_body)  # before the token is looked for in the form
    CSRFProtect(app)
    init_language(app, str(Path(app.root_path) / "translations"))
    init_markup(app)
    init_errors(app)
    _init_people(app)
    app.before_request(_refuse_nul)
    app.before_request(check_guard)
    app.extensions["counts"] = init_counts(settings)
    app.before_request(check_rates)
    app.after_request(compress)
    app.after_request(add_headers)
    app.context_processor(navigation)
    for door in DOORS:
        app.register_blueprint(door.blueprint, url_prefix=door.prefix or None)
    # The worker's commands stand below the table of doors, so the table is handed to them here.
    app.extensions["handlers"], app.extensions["timers"] = HANDLERS, TIMERS
    for command in (*COMMANDS, *SINGLE_COMMANDS):
        app.cli.add_command(command)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def spare_the_lasting() -> None:
    """What was made at the start lives as long as the process: leave it out of the search for garbage.

    Looking through its 200,000 objects held up one board in ten by 120 ms: 95th percentile 229 ms, with them left out
    141, looking less often 131.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=MOST_FIELDS,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SESSION_COOKIE_NAME="__Host-sesi" if settings.secure else "sesi",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A token that dies while somebody writes loses their text; SameSite=Lax and the session bound it.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def _init_people(app: Flask) -> None:
    login = LoginManager(app)
    login.anonymous_user = Visitor
    login.session_protection = None  # sessions are rows that can be ended; a changing mobile network must not end them
    login.request_loader(lambda _request: browser().person)


def _refuse_nul() -> None:
    """No address has a NUL in it, and PostgreSQL cannot even be asked."""
    if "\x00" in request.path:
        abort(404, gettext("Halaman tidak ditemukan"))
