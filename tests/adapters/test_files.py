"""One contract for every store of files, and what each does when it cannot."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from feedback.adapters import files_local, files_s3
from feedback.adapters.files import Missing, Store, StoreFailure
from feedback.adapters.files_local import LocalStore
from feedback.adapters.files_s3 import S3Store
from feedback.kernel.clock import utc_now

NAME = "0123456789abcdef0123456789abcdef-320"
OTHER = "01ffffffffffffff0123456789abcdef-pdf"


@pytest.fixture
def bucket() -> Iterator[str]:
    files_s3._client.cache_clear()
    with mock_aws():
        files_s3._client("", "us-east-1", "x", "y").create_bucket(Bucket="lampiran")
        yield ""
    files_s3._client.cache_clear()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "local":
        return LocalStore(tmp_path / "files")
    return S3Store(request.getfixturevalue("bucket"), "lampiran", "us-east-1", "x", "y")


def test_what_is_put_comes_back(store: Store) -> None:
    data = os.urandom(200_000)
    assert list(store.names()) == []
    store.put(NAME, data)
    store.put(OTHER, b"")
    assert (store.get(NAME), store.get(OTHER)) == (data, b"")
    store.put(NAME, b"again")
    assert store.get(NAME) == b"again"
    found = dict(store.names())
    assert sorted(found) == [NAME, OTHER]
    assert all(abs(utc_now() - written) < timedelta(minutes=1) for written in found.values())


def test_what_is_not_there(store: Store) -> None:
    with pytest.raises(Missing):
        store.get(NAME)
    store.delete(NAME)
    store.put(NAME, b"a")
    store.delete(NAME)
    store.delete(NAME)
    with pytest.raises(Missing):
        store.get(NAME)
    assert list(store.names()) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", NAME + "/../x", "\0", NAME.upper(), "x" * 300, f"{NAME}\n"])
def test_only_our_own_names_are_names(store: Store, name: str) -> None:
    for deed in (lambda: store.put(name, b"a"), lambda: store.get(name), lambda: store.delete(name)):
        with pytest.raises(ValueError, match="storage name"):
            deed()


def test_a_bucket_that_is_not_there_or_not_reachable_is_a_failure(bucket: str) -> None:
    for made in (S3Store(bucket, "tidak-ada", "us-east-1", "x", "y"), S3Store("http://127.0.0.1:9", "lampiran", "us-east-1", "x", "y")):
        for deed in (lambda made=made: made.put(NAME, b"a"), lambda made=made: made.get(NAME), lambda made=made: list(made.names())):
            with pytest.raises(StoreFailure):
                deed()


def test_drivers_are_imported_only_inside_their_module() -> None:
    sources = Path(files_s3.__file__).parents[1].rglob("*.py")
    assert [file.name for file in sources if "boto" in file.read_text()] == ["files_s3.py"]
    assert boto3.__name__ == "boto3"


# the folder


def test_written_beside_synced_renamed_and_the_folder_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(descriptor: int) -> None:
        done.append("sync " + Path(os.readlink(f"/proc/self/fd/{descriptor}")).name.split(".")[0])
        real_sync(descriptor)

    def rename(self: Path, goal: Path) -> Any:
        done.append("rename")
        return real_rename(self, goal)

    monkeypatch.setattr(files_local.os, "fsync", sync)
    monkeypatch.setattr(files_local.Path, "rename", rename)
    LocalStore(tmp_path / "files").put(NAME, b"a")
    # the new folders' names, then the file (its temporary name begins with a dot), its name, and the folder it stands in
    assert done == [f"sync {tmp_path.name}", "sync files", "sync ", "rename", "sync 01"]
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "files/01" / NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("number", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False)])
def test_a_failing_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, full: bool) -> None:
    store = LocalStore(tmp_path / "files")
    store.put(OTHER, b"a")

    def fail(_descriptor: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(files_local.os, "fsync", fail)
    with pytest.raises(StoreFailure) as failure:
        store.put(NAME, b"b")
    assert failure.value.full is full
    assert [file.name for file in (tmp_path / "files").rglob("*") if file.is_file()] == [OTHER]


def test_leftovers_of_a_kill_are_removed_on_the_way(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "files")
    store.put(NAME, b"a")
    old, fresh = (tmp_path / "files/01" / f".{NAME}.1.{which}" for which in ("old", "new"))
    for file in (old, fresh):
        file.write_bytes(b"half")
    past = (utc_now() - timedelta(hours=2)).timestamp()
    os.utime(old, (past, past))
    assert [name for name, _ in store.names()] == [NAME]
    assert (old.exists(), fresh.exists()) == (False, True)
