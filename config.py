"""Settings: read once from the environment, typed, and refused loudly when wrong (docs/settings.md lists them)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
# For an account and for a network, in ten minutes. A network may be a village behind one mobile operator's address.
RATES = {
    "report": (30, 600),
    "words": (200, 1200),
    "track": (60, 1200),
    "search": (300, 3000),
    "register": (5, 100),
    "sign_in": (60, 1200),
    "sign_ins": (3000, 3000),
    "mail": (5, 100),
    "upload": (100, 2000),
    "write": (600, 6000),
}


class BadSettings(Exception):
    """The settings cannot be used; the message is one sentence for the operator.

    The process ends with ``status``: 78, after which systemd does not try again.
    """

    status = 78


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations.

    ``unset`` names the addresses nobody gave, for which a default stands: good enough to try the site, not to run it.
    """

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    instance: Path
    public_url: str
    trusted_hosts: tuple[str, ...]
    production: bool = False
    debug: bool = False
    unset: frozenset[str] = frozenset()
    demo: bool = False
    testing: bool = False
    proxy_hops: int = 0
    mail: str = "console"
    mail_from: str = "Masyarakat Bicara <jangan-balas@localhost>"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_starttls: bool = False
    retention: bool = False
    files: str = "local"
    files_key: str = field(default="", repr=False)
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_region: str = "us-east-1"
    s3_key: str = field(default="", repr=False)
    s3_secret: str = field(default="", repr=False)
    clamav: str = ""
    files_person_mb: int = 200
    files_network_mb: int = 1000
    files_site_mb: int = 10_000
    limits: str = "database"
    redis_url: str = field(default="", repr=False)
    rates: Mapping[str, tuple[int, int]] = field(default_factory=lambda: RATES)
    bssn_password_days: int = 0
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = ""
    oidc_domain: str = ""
    oidc_claim: str = ""
    oidc_second_factor: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether readers come over https, so cookies are Secure and HSTS is sent."""
        return self.public_url.startswith("https://")


def _whole(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise BadSettings(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _flag(values: Mapping[str, str], name: str, default: bool) -> bool:
    text = values.get(name, "").strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    if text:
        raise BadSettings(f"{name} must be 1 or 0, not {text!r}.")
    return default


def _rates(values: Mapping[str, str]) -> Mapping[str, tuple[int, int]]:
    found = dict(RATES)
    for rate in RATES:
        name = f"RATE_{rate.upper()}"
        if text := values.get(name, "").strip():
            numbers = text.split()
            if len(numbers) != 2 or not all(one.isdecimal() and int(one) for one in numbers):
                raise BadSettings(f"{name} must be two whole numbers, for an account and for a network, not {text!r}.")
            found[rate] = (int(numbers[0]), int(numbers[1]))
    return found


def _files(values: Mapping[str, str], instance: Path) -> tuple[str, str]:
    """Where attached files are kept, and the key they are sealed with."""
    files = values.get("FILES", "").strip() or "local"
    if files not in ("local", "s3"):
        raise BadSettings("FILES must be local or s3.")
    if files == "s3" and not values.get("S3_BUCKET", "").strip():
        raise BadSettings("S3_BUCKET must be set for FILES=s3.")
    if files == "s3" and find_spec("boto3") is None:
        raise BadSettings("FILES=s3 needs boto3: install requirements-scale.txt.")
    return files, values.get("FILES_KEY", "").strip() or secret_file(instance / "files.key")


def _limits(values: Mapping[str, str]) -> str:
    limits = values.get("LIMITS", "").strip() or "database"
    if limits not in ("database", "redis"):
        raise BadSettings("LIMITS must be database or redis.")
    if limits == "redis" and not values.get("REDIS_URL", "").strip():
        raise BadSettings("REDIS_URL must be set for LIMITS=redis, for example redis://127.0.0.1:6379/0.")
    return limits


def secret_file(path: Path) -> str:
    """The secret in a file; made on the first call, for its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        return path.read_text().strip()
    except OSError as error:
        raise BadSettings(f"{path} cannot be made or read: {error.strerror}.") from None


def _database_url(values: Mapping[str, str], instance: Path) -> str:
    """Where the database is. Only these two are known to the site, and only with these drivers."""
    url = values.get("DATABASE_URL", "").strip() or f"sqlite:///{instance / 'feedback.sqlite3'}"
    try:
        known = make_url(url).drivername in ("sqlite", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        known = False
    if not known:  # the address itself is not repeated: it may hold a password
        raise BadSettings(
            "DATABASE_URL must look like postgresql+psycopg://user@host/name or sqlite:////path/to/file."
        )
    return url


def _public_url(values: Mapping[str, str]) -> str:
    url = values.get("PUBLIC_URL", "").strip().rstrip("/")
    url = url or f"http://127.0.0.1:{_whole(values, 'PORT', 8000)}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise BadSettings(f"PUBLIC_URL must look like https://lapor.kota.go.id, not {url!r}.")
    return url


def _oidc(values: Mapping[str, str]) -> dict[str, Any]:
    """One provider people may sign in with; none without OIDC_ISSUER."""
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_DOMAIN", "OIDC_CLAIM")
    found: dict[str, Any] = {name.lower(): values.get(name, "").strip() for name in names}
    issuer = urlsplit(found["oidc_issuer"])
    if not found["oidc_issuer"]:
        return {}
    if issuer.query or not (issuer.scheme == "https" or issuer.hostname in ("localhost", "127.0.0.1")):
        raise BadSettings("OIDC_ISSUER must be the provider's https address, as it names itself.")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"):
        if not found[name.lower()]:
            raise BadSettings(f"{name} must be set beside OIDC_ISSUER.")
    if found["oidc_claim"] and not all(found["oidc_claim"].partition("=")):
        raise BadSettings("OIDC_CLAIM must look like name=value.")
    found["oidc_domain"] = found["oidc_domain"].lower().removeprefix("@")
    words = values.get("OIDC_SECOND_FACTOR", "").split(",")
    return {**found, "oidc_second_factor": tuple(word.strip() for word in words if word.strip())}


def load_settings(values: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises BadSettings with one sentence when they cannot be understood.

    Whether a city may be served with them is judged at the start (``feedback.admin.actions.fitness``).
    """
    values = os.environ if values is None else values
    production = values.get("ENVIRONMENT", "development").strip() == "production"
    if values.get("ENVIRONMENT", "development") not in ("development", "production"):
        raise BadSettings("ENVIRONMENT must be development or production.")
    instance = Path(values.get("INSTANCE") or ROOT / "instance").resolve()
    key = values.get("SECRET_KEY", "").strip() or secret_file(instance / "secret.key")
    mail = values.get("MAIL", "console").strip()
    if mail not in ("console", "smtp"):
        raise BadSettings("MAIL must be console or smtp.")
    files, files_key = _files(values, instance)
    url = _public_url(values)
    hosts = tuple(host.strip() for host in values.get("TRUSTED_HOSTS", "").split(",") if host.strip())
    return Settings(
        secret_key=key,
        database_url=_database_url(values, instance),
        instance=instance,
        public_url=url,
        trusted_hosts=hosts or (urlsplit(url).hostname or "", "localhost", "127.0.0.1")[: 1 if production else 3],
        production=production,
        debug=_flag(values, "FLASK_DEBUG", False),
        unset=frozenset(name for name in ("PUBLIC_URL", "TRUSTED_HOSTS") if not values.get(name, "").strip()),
        demo=_flag(values, "DEMO", not production),
        proxy_hops=_whole(values, "PROXY_HOPS", 0),
        mail=mail,
        mail_from=values.get("MAIL_FROM") or f"Masyarakat Bicara <jangan-balas@{urlsplit(url).hostname}>",
        smtp_host=values.get("SMTP_HOST") or "localhost",
        smtp_port=_whole(values, "SMTP_PORT", 25),
        smtp_user=values.get("SMTP_USER", ""),
        smtp_password=values.get("SMTP_PASSWORD", ""),
        smtp_starttls=_flag(values, "SMTP_STARTTLS", False),
        retention=_flag(values, "RETENTION", False),
        files=files,
        files_key=files_key,
        s3_endpoint=values.get("S3_ENDPOINT", "").strip(),
        s3_bucket=values.get("S3_BUCKET", "").strip(),
        s3_region=values.get("S3_REGION", "").strip() or "us-east-1",
        s3_key=values.get("S3_KEY", ""),
        s3_secret=values.get("S3_SECRET", ""),
        clamav=values.get("CLAMAV", "").strip(),
        bssn_password_days=_whole(values, "BSSN_PASSWORD_DAYS", 0),
        files_person_mb=_whole(values, "FILES_PERSON_MB", 200),
        files_network_mb=_whole(values, "FILES_NETWORK_MB", 1000),
        files_site_mb=_whole(values, "FILES_SITE_MB", 10_000),
        limits=_limits(values),
        redis_url=values.get("REDIS_URL", "").strip(),
        rates=_rates(values),
        **_oidc(values),
    )
