"""What is decided without a database: kinds by content, names, networks, sealing."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import BadSettings, load_settings
from feedback.files.rules.kinds import LONGEST_NAME, format_of, shown_name
from feedback.files.rules.quota import Limits, Uploader, buckets
from feedback.files.rules.sealing import Broken, seal, unseal
from tests.files import samples

KEY = "a key for the files of tests, long and varied 9876543210"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (samples.picture(), "jpeg"), (samples.picture("PNG"), "png"), (samples.picture("WEBP"), "webp"),
        (samples.picture("HEIF"), "heic"), (samples.document(), "pdf"), (b"", None), (b"%PDF", None), (b"RIFF....WAVE", None),
        (b"\0\0\0\x20ftypavif", None), (b"\0\0\0\x20ftypmp42", None), (b" %PDF-1.7", None), (samples.archive(), None), (b"BM....", None),
    ],
    ids=[str(number) for number in range(13)],
)  # fmt: skip
def test_kinds_by_their_first_bytes(data: bytes, found: str | None) -> None:
    assert format_of(data) == found


@pytest.mark.parametrize(
    ("given", "shown"),
    [("C:\\Foto\\rumah.jpg", "rumah.jpg"), ("/etc/passwd", "passwd"), ("..", ""), ("a\0b.pdf", "ab.pdf"), (None, ""), ("a\nb.pdf", "a b.pdf"),
     ("\u202efdp.exe", "fdp.exe"), ("x" * 100_000, "x" * 79 + "…"), ("e" + "\u0301" * 500 + ".jpg", "\u00e9" + "\u0301" * 8 + ".jpg")],
)  # fmt: skip
def test_names(given: str | None, shown: str) -> None:
    assert shown_name(given) == shown
    assert len(shown_name(given)) <= LONGEST_NAME


def test_everybody_is_counted_and_a_visitor_has_no_account() -> None:
    limits = Limits(person=1, network=2, site=3)
    megabyte = 1024 * 1024
    assert buckets(Uploader(7, "10.1.2.3"), limits) == {"site": 3 * megabyte, "network:10.1.2.3": 2 * megabyte, "person:7": megabyte}
    assert set(buckets(Uploader(None, "10.1.2.3"), limits)) == {"site", "network:10.1.2.3"}


def test_sealed_bytes_come_back_only_under_their_own_name_and_key() -> None:
    sealed = seal(b"foto", KEY, "a-320")
    assert b"foto" not in sealed
    assert seal(b"foto", KEY, "a-320") != sealed
    assert unseal(sealed, KEY, "a-320") == b"foto"
    for data, key, name in ((sealed, KEY, "b-320"), (sealed, KEY + "x", "a-320"), (sealed[:-1], KEY, "a-320"), (b"", KEY, "a-320"), (b"\2" + sealed[1:], KEY, "a-320")):
        with pytest.raises(Broken):
            unseal(data, key, name)


@pytest.mark.parametrize(
    ("values", "told"),
    [({"FILES": "ftp"}, "local or s3"), ({"FILES": "s3"}, "S3_BUCKET"), ({"FILES_SITE_MB": "banyak"}, "FILES_SITE_MB")],
)  # fmt: skip
def test_wrong_settings_stop_the_start(tmp_path: Path, values: dict[str, str], told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        load_settings({"INSTANCE": str(tmp_path), **values})


def test_the_key_of_files_is_made_once_and_outlives_the_other_key(tmp_path: Path) -> None:
    first = load_settings({"INSTANCE": str(tmp_path)})
    second = load_settings({"INSTANCE": str(tmp_path), "SECRET_KEY": "another key, long and varied 0123456789 abc"})
    assert first.files_key == second.files_key != first.secret_key
    assert (tmp_path / "files.key").stat().st_mode & 0o077 == 0
