"""A small OpenID Connect provider on this machine: honest unless a test makes it lie."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "masyarakat-bicara", "rahasia klien"
NOW = time.time


@dataclass
class Provider:
    """What it says of whoever signs in there, and how it lies."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "satu"}))
    signs_with: RSAKey | None = None
    unsigned: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def id_token(self, nonce: str, client: str) -> str:
        now = int(NOW())
        claims = {"iss": self.url, "aud": client, "iat": now, "exp": now + 300, "nonce": nonce, **self.person, **self.lies}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.unsigned:
            head, body = (jwt_part({"alg": "none"}), jwt_part(claims))
            return f"{head}.{body}."
        return jwt.encode({"alg": "RS256", "kid": "satu"}, claims, self.signs_with or self.key)


def jwt_part(value: dict[str, Any]) -> str:
    import base64
    import json

    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _application(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.before_request
    def note() -> None:
        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        return jsonify({"issuer": provider.url, **{name: provider.url + path for name, path in ends.items()}})

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify({"keys": [provider.key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        provider.codes[code] = dict(asked)
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    @app.post("/token")
    def token() -> Any:
        given = request.authorization
        asked = provider.codes.pop(request.form["code"], None)  # once
        if given is None or (given.username, given.password) != (CLIENT, SECRET) or asked is None:
            return jsonify({"error": "invalid_grant"}), 400
        if create_s256_code_challenge(request.form["code_verifier"]) != asked["code_challenge"]:
            return jsonify({"error": "invalid_grant"}), 400
        if request.form["redirect_uri"] != asked["redirect_uri"]:
            return jsonify({"error": "invalid_grant"}), 400
        told = {"access_token": "x", "token_type": "Bearer", "expires_in": 60}
        return jsonify({**told, "id_token": provider.id_token(asked["nonce"], CLIENT)})

    return app


def running() -> Iterator[Provider]:
    """A provider that answers until the test is over."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _application(provider), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join(5)
    server.server_close()
