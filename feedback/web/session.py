"""What is kept for one browser lives on the server; its cookie holds a random token (docs/adr/0013)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature
from sqlalchemy.exc import DBAPIError

from feedback.storage.session import db

CSRF = "csrf_token"
ON_OWN_PHONE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Store:
    """Where sessions are kept; the people shelf does it."""

    find: Callable[[str], Any]
    keep: Callable[[str | None, Mapping[str, Any]], str]
    drop: Callable[[str], None]
    note_use: Callable[[Any], None]


class Session(SessionMixin):
    """The words kept for one browser, read when first asked for. ``kept`` is its row; None for most visitors."""

    modified = False
    accessed = False

    def __init__(self, load: Callable[[], tuple[Any, dict[str, Any]]]) -> None:
        self._load = load
        self._read: tuple[Any, dict[str, Any]] | None = None
        self.changes: dict[str, Any] = {}
        self.is_new_token = False

    def _loaded(self) -> tuple[Any, dict[str, Any]]:
        self.accessed = True
        if self._read is None:
            self._read = self._load()
        return self._read

    @property
    def kept(self) -> Any:
        """The row behind this session."""
        return self._loaded()[0]

    @property
    def person(self) -> Any:
        """Who is signed in, or None."""
        return self.kept.person if self.kept else None

    def begin(self, kept: Any) -> None:
        """Another session takes the place of this one; None leaves nothing."""
        self.accessed = self.modified = self.is_new_token = True
        self._read = (kept, dict(kept.data) if kept else {})
        self.changes = {}

    def __getitem__(self, word: str) -> Any:
        return self._loaded()[1][word]

    def __setitem__(self, word: str, value: Any) -> None:
        self._loaded()[1][word] = self.changes[word] = value
        self.modified = True

    def __delitem__(self, word: str) -> None:
        del self._loaded()[1][word]
        self.changes[word] = None
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded()[1])

    def __len__(self) -> int:
        return len(self._loaded()[1])


class Sessions(SecureCookieSessionInterface):
    """A visitor who is only shown a form gets a signed cookie with its token and no row: reading never writes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def open_session(self, app: Flask, request: Request) -> Session:  # type: ignore[override]
        """Nothing is read yet: many answers need no session."""
        return Session(lambda: self._find(app, request))

    def _find(self, app: Flask, request: Request) -> tuple[Any, dict[str, Any]]:
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if not cookie or request.endpoint == "static":
            return None, {}
        if "." in cookie:  # a token has no dots, a signature does
            return None, self._form_token(app, cookie)
        kept = self.store.find(cookie)
        return kept, dict(kept.data) if kept else {}

    def _form_token(self, app: Flask, cookie: str) -> dict[str, Any]:
        try:
            found = self._signer(app).loads(cookie)
        except BadSignature:
            return {}
        return {CSRF: found[CSRF]} if CSRF in found else {}

    def _signer(self, app: Flask) -> Any:
        return self.get_signing_serializer(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """After the response is made. What was done stays done: a message that cannot be kept is no reason to fail."""
        assert isinstance(session, Session)
        if not session.accessed:
            return
        # Private pages do not vary by cookie: no shared cache holds them. Sending a report changes the cookie; with
        # `Vary: Cookie` the browser would refuse to go back to the check page and ask people to send the form again.
        if response.cache_control.private:
            response.vary.discard("cookie")  # in lower case: Werkzeug compares the rest of the list so
        else:
            response.vary.add("Cookie")
        try:
            cookie = self._settle(app, session)
        except DBAPIError as error:
            db.session.rollback()
            app.logger.warning("session not kept: %s", type(error.orig).__name__)
            return
        if cookie is not None:
            self._set_cookie(app, session, response, cookie)

    def _settle(self, app: Flask, session: Session) -> str | None:
        """Write what has to be written; returns the cookie to set, or None to leave it as it is."""
        kept, words = session.kept, set(session)
        if kept and kept.person is None and words <= {CSRF}:  # a visitor of whom nothing is left to keep
            self.store.drop(kept.token)
            return self._form_cookie(app, session)
        if session.changes and (kept or words - {CSRF}):
            token = self.store.keep(kept.token, session.changes) if kept else self.store.keep(None, dict(session))
            return token if session.is_new_token or not kept else None
        if session.is_new_token or session.changes:
            return str(kept.token) if kept else self._form_cookie(app, session)
        # A page that renews itself (static/js/refresh.js) is not somebody at work.
        if kept and kept.should_note and request.headers.get("X-Requested-With") != "refresh":
            self.store.note_use(kept)
        return None

    def _form_cookie(self, app: Flask, session: Session) -> str:
        return str(self._signer(app).dumps({CSRF: session[CSRF]})) if CSRF in session else ""

    def _set_cookie(self, app: Flask, session: Session, response: Response, value: str) -> None:
        rest: dict[str, Any] = {
            "path": "/",
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": self.get_cookie_samesite(app),
        }
        if not value:
            response.delete_cookie(self.get_cookie_name(app), **rest)
            return
        lasts = ON_OWN_PHONE if session.kept and session.kept.outlives_browser else None
        response.set_cookie(self.get_cookie_name(app), value, max_age=lasts, **rest)


def browser() -> Session:
    """The session of the browser that asks."""
    return cast(Session, session)
