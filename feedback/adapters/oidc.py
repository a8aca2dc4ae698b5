"""One OpenID Connect provider: where to send people, and who they are when they come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from feedback.kernel.clock import utc_now

TIMEOUT = 5
LEEWAY = 60
KNOWN_FOR = timedelta(hours=1)
# Signatures by the provider's private key only: `none` proves nothing, and HS256 would be signed by our own secret.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
SCOPE = "openid email profile"


class Unreachable(Exception):
    """The provider does not answer, or not as one."""


class Refused(Exception):
    """The provider sent somebody back without proof of who they are."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says somebody is. ``methods`` are the words of `amr` and `acr`; ``claims`` all it said."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    methods: frozenset[str]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of the settings. It is asked for its addresses and keys when first needed, and once an hour."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send somebody. Raises Unreachable."""
        with self._session(scope=SCOPE, code_challenge_method="S256") as session:
            url, _state = session.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    def identity(self, code: str, *, nonce: str, verifier: str) -> Identity:
        """Who came back with a code. Raises Unreachable, and Refused for a code or token that proves nothing."""
        metadata = self._metadata()
        try:
            with self._session() as session:
                token = session.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
        except RequestException as error:
            raise Unreachable(type(error).__name__) from error
        except (OAuthError, ValueError) as error:
            raise Refused("code") from error
        if not isinstance(token.get("id_token"), str):
            raise Refused("no id_token")
        return self._read(token, nonce)

    def _session(self, **rest: Any) -> OAuth2Session:
        return OAuth2Session(
            self.client_id, self.client_secret, redirect_uri=self.redirect_uri, default_timeout=TIMEOUT, **rest
        )

    def _read(self, token: dict[str, Any], nonce: str) -> Identity:
        try:
            found = self._decoded(token["id_token"])
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "sub": {"essential": True, "allow_blank": False},
                },
                {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(utc_now().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Refused(type(error).__name__) from error
        return _identity(dict(claims))

    def _decoded(self, text: str) -> jwt.Token:
        """The token, its signature checked; a key that is not known yet is asked for once more."""
        try:
            return jwt.decode(text, self._keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(text, self._keys(anew=True), algorithms=ALGORITHMS)

    def _keys(self, *, anew: bool = False) -> KeySet:
        return KeySet.import_key_set(_asked(self._metadata()["jwks_uri"], anew=anew))  # type: ignore[arg-type]

    def _metadata(self) -> dict[str, Any]:
        found = _asked(get_well_known_url(self.issuer, external=True))
        ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.issuer or not all(_is_safe(found.get(end), self.issuer) for end in ends):
            raise Unreachable("not the metadata of this issuer")
        return found


def _is_safe(address: Any, issuer: str) -> bool:
    """Whether an address is https; a provider on this machine may do without."""
    return isinstance(address, str) and urlsplit(address).scheme in ("https", urlsplit(issuer).scheme)


_known: dict[str, tuple[datetime, dict[str, Any]]] = {}


def _asked(address: str, *, anew: bool = False) -> dict[str, Any]:
    """A JSON object of the provider, kept for an hour. Raises Unreachable."""
    now = utc_now()
    kept = _known.get(address)
    if kept is not None and not anew and now - kept[0] < KNOWN_FOR:
        return kept[1]
    try:
        with OAuth2Session(default_timeout=TIMEOUT) as session:
            answer = session.get(address, withhold_token=True, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
    except (RequestException, ValueError, RecursionError) as error:
        raise Unreachable(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Unreachable(f"status {answer.status_code}")
    _known[address] = (now, found)
    return found


def _identity(claims: dict[str, Any]) -> Identity:
    email, amr, acr = claims.get("email"), claims.get("amr"), claims.get("acr")
    methods = {str(one) for one in amr} if isinstance(amr, list) else set()
    name = claims.get("name")
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"])[:255],
        email=email.strip().lower() if isinstance(email, str) else "",
        email_verified=claims.get("email_verified") is True,
        name=name if isinstance(name, str) else "",
        methods=frozenset(methods | ({str(acr)} if acr else set())),
        claims=claims,
    )
