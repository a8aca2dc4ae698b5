"""Flask's signed cookie session, with pages that only their reader keeps left out of `Vary`."""

from __future__ import annotations

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Private pages do not vary by cookie: no shared cache holds them.

    Sending a report changes the cookie; with `Vary: Cookie` the browser would then refuse to go back to the check page
    and ask people to send the form again.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """After the response is made."""
        super().save_session(app, session, response)
        if response.cache_control.private:
            response.vary.discard("cookie")  # in lower case: Werkzeug compares the rest of the list so
