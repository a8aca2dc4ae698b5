"""The store of attached files: one port, the implementation chosen by the settings (FILES=local or s3).

Names are made by us from random tokens (``[0-9a-f]{32}-[0-9a-z]{1,8}``); contents are sealed before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from config import Settings

NAME = re.compile(r"[0-9a-f]{32}-[0-9a-z]{1,8}")


class StoreFailure(Exception):
    """The store cannot do it now; ``full`` when there is no room left."""

    def __init__(self, message: str, *, full: bool = False) -> None:
        super().__init__(message)
        self.full = full


class Missing(Exception):
    """No file of this name."""


class Store(Protocol):
    """What an implementation offers. Every call may raise StoreFailure."""

    def put(self, name: str, data: bytes) -> None:
        """Keep a file: when this returns it survives a power cut; when it raises nothing of it is there."""

    def get(self, name: str) -> bytes:
        """The whole file. Raises Missing."""

    def delete(self, name: str) -> None:
        """Forget a file; harmless when it is not there."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every file with the instant it was written, in no order; leftovers of a kill are removed on the way."""


def store_for(settings: Settings) -> Store:
    """The store of this installation."""
    if settings.files == "s3":
        from feedback.adapters.files_s3 import S3Store

        return S3Store(
            settings.s3_endpoint, settings.s3_bucket, settings.s3_region, settings.s3_key, settings.s3_secret
        )
    from feedback.adapters.files_local import LocalStore

    return LocalStore(settings.instance / "files")
