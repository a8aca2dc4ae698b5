"""How often something may be done: for each account and each network, in windows of ten minutes (docs/abuse.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from sqlalchemy.exc import DBAPIError

from feedback.adapters.counts import Counts
from feedback.kernel.addresses import mailbox
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import TooMany
from feedback.kernel.text import mark
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.web.guard import actor

View = TypeVar("View", bound=Callable[..., Any])
WINDOW = timedelta(minutes=10)
SAFE = ("GET", "HEAD", "OPTIONS")


class Rate(StrEnum):
    """What is counted; the numbers are settings (`RATE_REPORT` and so on)."""

    REPORT = "report"
    WORDS = "words"
    TRACK = "track"
    SEARCH = "search"
    REGISTER = "register"
    SIGN_IN = "sign_in"
    SIGN_INS = "sign_ins"
    MAIL = "mail"
    UPLOAD = "upload"
    WRITE = "write"


def always() -> bool:
    """For `limited`: reading counts too."""
    return True


def limited(rate: Rate, *, when: Callable[[], bool] = lambda: request.method not in SAFE) -> Callable[[View], View]:
    """This view counts as that, when the request is of the kind meant; any other sending of a form as `WRITE`."""

    def set_rate(view: View) -> View:
        cast(Any, view).rate = (rate, when)
        return view

    return set_rate


def check_rates() -> None:
    """Before every request that was let in: count it, and raise TooMany past the limit. Reading counts nothing.

    Whatever brings files is counted as an upload besides.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    rate, counts = getattr(view, "rate", (Rate.WRITE, bool))
    if not counts():
        if request.method in SAFE:
            return
        rate = Rate.WRITE
    try:
        g.uses = count_use(rate)
        if any(one.filename for one in request.files.values()):
            count_use(Rate.UPLOAD)
    except DBAPIError:
        if request.method not in SAFE:
            raise
        db.session.rollback()  # searching goes on when nothing can be written, on a full disk or a read-only copy


def count_use(rate: Rate, subject: str = "") -> int:
    """Count one more by this account and network, or by `subject`, which has the limit of an account.

    Returns how many this network, or the subject, has done in the window; raises TooMany.
    """
    account, network = current_app.config["SETTINGS"].rates[rate]
    if subject:
        asked = {subject: account}
    else:
        asked = {f"network:{network_of_request()}": network}
        if (person_id := actor().person_id) is not None:
            asked[f"account:{person_id}"] = account
    now = utc_now()
    # Another key every day: what was counted yesterday cannot be compared with today, and never turned back.
    keys = {keyed_hash(f"use:{now.date()}", f"{rate}:{who}"): limit for who, limit in asked.items()}
    counts: Counts = current_app.extensions["counts"]
    counted = counts.add(list(keys), WINDOW, now)
    waits = [until - now for key, (count, until) in counted.items() if count > keys[key]]
    if waits:
        raise TooMany(
            mark("Dari akun atau jaringan Anda datang terlalu banyak sekaligus. Coba lagi dalam %(minutes)s menit."),
            retry_after=max(1, -int(-max(waits).total_seconds() // 1)),
        )
    return counted[next(iter(keys))][0]


def count_letter(address: str, most: int) -> None:
    """Count a letter to an address that somebody typed, however its mailbox is spelled; TooMany past ``most`` a day."""
    now = utc_now()
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    key = keyed_hash(f"letter:{now.date()}", mailbox(address))
    counts: Counts = current_app.extensions["counts"]
    if counts.add([key], tomorrow - now, now)[key][0] > most:
        raise TooMany(
            mark("Hari ini kami sudah beberapa kali menulis ke alamat itu. Periksa folder spam, atau coba lagi besok."),
            retry_after=int((tomorrow - now).total_seconds()) + 1,
        )


def network_of_request() -> str:
    """The network that asks: one IPv4 address, or the /64 that one IPv6 customer has at least."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)
