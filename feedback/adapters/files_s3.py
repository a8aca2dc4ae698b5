"""Files in an object store that speaks S3 (FILES=s3). Contents are sealed before they come here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from feedback.adapters.files import NAME, Missing, StoreFailure

# A store that does not answer must not hold a worker of the site for long.
_PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"})


@lru_cache(maxsize=4)
def _client(endpoint: str, region: str, key: str, secret: str) -> Any:
    """A client costs a quarter of a second to make, and may be used by all threads."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=key or None,
        aws_secret_access_key=secret or None,
        config=_PATIENCE,
    )


class S3Store:
    """One bucket; names as they are."""

    def __init__(self, endpoint: str, bucket: str, region: str, key: str, secret: str) -> None:
        self._s3 = _client(endpoint, region, key, secret)
        self._bucket = bucket

    def put(self, name: str, data: bytes) -> None:
        """A put is whole and lasting when it is acknowledged."""
        with _told():
            self._s3.put_object(Bucket=self._bucket, Key=_known(name), Body=data)

    def get(self, name: str) -> bytes:
        """Read it whole."""
        with _told(name):
            answer = self._s3.get_object(Bucket=self._bucket, Key=_known(name))
            return bytes(answer["Body"].read())

    def delete(self, name: str) -> None:
        """Harmless when it is not there."""
        with _told():
            self._s3.delete_object(Bucket=self._bucket, Key=_known(name))

    def names(self) -> Iterator[tuple[str, datetime]]:
        """A thousand at a time."""
        with _told():
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for one in page.get("Contents", ()):
                    if NAME.fullmatch(one["Key"]):
                        yield one["Key"], one["LastModified"]


def _known(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"not a storage name: {name!r}")
    return name


@contextmanager
def _told(name: str = "") -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if name and code in ("NoSuchKey", "404"):
            raise Missing(name) from None
        raise StoreFailure(code or "ClientError", full=code in _FULL) from error
    except BotoCoreError as error:
        raise StoreFailure(type(error).__name__) from error
