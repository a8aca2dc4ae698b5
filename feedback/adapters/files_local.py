"""Files in a folder only their owner may enter, written so that an acknowledged one survives a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedback.adapters.files import NAME, Missing, StoreFailure
from feedback.kernel.clock import utc_now
from feedback.storage.disk import sync

_FULL = (errno.ENOSPC, errno.EDQUOT)
# A writer needs seconds; what is older was left by a kill.
LEFT_OVER = timedelta(hours=1)


class LocalStore:
    """``folder/ab/abcdef…-320``: 256 folders keep each of them small."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Write beside, fsync, rename, fsync the folder (SECURITY.md 1.4)."""
        path = self._path(name)
        beside = path.with_name(f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
        with _told():
            self._make(path.parent)
            try:
                descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                beside.rename(path)
                sync(path.parent)
            except BaseException:
                with suppress(OSError):
                    beside.unlink()
                raise

    def get(self, name: str) -> bytes:
        """Read it whole."""
        with _told():
            try:
                return self._path(name).read_bytes()
            except FileNotFoundError:
                raise Missing(name) from None

    def delete(self, name: str) -> None:
        """Unlink it."""
        with _told():
            self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Walk the folders."""
        if not self.folder.is_dir():
            return
        for entry in self.folder.glob("??/*"):
            with suppress(FileNotFoundError):
                written = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                if NAME.fullmatch(entry.name):
                    yield entry.name, written
                elif entry.name.startswith(".") and written < utc_now() - LEFT_OVER:
                    entry.unlink()

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"not a storage name: {name!r}")
        return self.folder / name[:2] / name

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        for one in (self.folder, folder):
            with suppress(FileExistsError):
                one.mkdir(mode=0o700, parents=one == self.folder)
                sync(one.parent)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFailure(type(error).__name__, full=error.errno in _FULL) from error
