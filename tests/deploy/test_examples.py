"""What operators copy from deploy/ keeps the promises of SECURITY.md 1.16 and 1.17 and of section 6."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def test_two_databases_acknowledge_together() -> None:
    text = (DEPLOY / "patroni.example.yml").read_text()
    cluster = yaml.safe_load(text)["bootstrap"]["dcs"]
    assert cluster["synchronous_mode"] is True
    assert cluster["maximum_lag_on_failover"] == 0
    assert cluster["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert re.search(r"patroni\[[^]]*\]==4\.1\.\d", text)


def test_a_proxy_takes_slow_requests_whole_and_writes_no_addresses_down() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    servers = text.split("\nserver {")
    assert len(servers) == 2
    for line in (r"access_log off;", r"error_log \S+ crit;"):  # a line about a failed request names its client
        assert all(re.search(rf"^\s*{line}", server, re.MULTILINE) for server in servers)
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert not re.search(r"^\s*http2 on;", text, re.MULTILINE), "unknown to the nginx of Debian 12 (1.22)"
    assert "server_tokens off;" in text, "no answer names a version"
    # nginx buffers what people send unless somebody switches that off
    assert "proxy_request_buffering off" not in text
    assert "proxy_buffering off" not in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text, "a client's own header must not be handed on"
    assert "gzip on" not in text.partition("location / ")[2], "pages of a session are never compressed (ADR 0007)"


def test_the_processes_keep_to_their_own() -> None:
    for name in ("bicara-web.service", "bicara-worker.service"):
        text = (DEPLOY / name).read_text()
        for line in ("NoNewPrivileges=yes", "PrivateTmp=yes", "ProtectSystem=strict", "RestartPreventExitStatus=78", "RestartSec=5"):
            assert line in text, f"{line} in {name}"
        assert "User=root" not in text
    # Beside each other for the first time: the worker would see pending migrations and end for good.
    assert re.search(r"^After=.* bicara-web\.service", (DEPLOY / "bicara-worker.service").read_text(), re.MULTILINE)


def test_the_sample_settings_are_those_of_production() -> None:
    given = dict(line.split("=", 1) for line in (DEPLOY / "bicara.env.example").read_text().splitlines() if "=" in line)
    assert given["ENVIRONMENT"] == "production"
    assert given["PUBLIC_URL"].startswith("https://")
    assert given["TRUSTED_HOSTS"] == given["PUBLIC_URL"].removeprefix("https://")
    assert "SECRET_KEY" not in given, "a sample key would be copied"
