from __future__ import annotations

from pathlib import Path

from feedback.admin.actions.keys import ensure_keys
from feedback.vault.keys import PRIVATE_FILE, PUBLIC_FILE, private_key, public_key
from feedback.vault.rules.sealing import open_seal, seal


def fits(instance: Path) -> bool:
    sealed = seal({"name": "Siti"}, public_key(instance), "ticket:1")
    return open_seal(sealed, private_key(instance), "ticket:1")["name"] == "Siti"


def test_keys_are_made_once(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = private_key(tmp_path)
    ensure_keys(tmp_path)
    assert private_key(tmp_path) == before
    assert fits(tmp_path)


def test_a_lost_public_half_is_made_from_the_private_one(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    sealed = seal({"name": "Siti"}, public_key(tmp_path), "ticket:1")
    for broken in (None, ""):
        (tmp_path / PUBLIC_FILE).unlink()
        if broken is not None:
            (tmp_path / PUBLIC_FILE).write_text(broken)
        ensure_keys(tmp_path)
        assert fits(tmp_path)
        assert open_seal(sealed, private_key(tmp_path), "ticket:1")["name"] == "Siti"


def test_an_empty_private_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / PRIVATE_FILE).write_text("")
    ensure_keys(tmp_path)
    assert fits(tmp_path)


def test_a_web_host_with_the_public_half_alone_keeps_it(tmp_path: Path) -> None:
    """On two machines only the worker has the private half; a new pair here would make every address unreadable there."""
    ensure_keys(tmp_path / "worker")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / PUBLIC_FILE).write_text((tmp_path / "worker" / PUBLIC_FILE).read_text())
    ensure_keys(tmp_path / "web")
    assert public_key(tmp_path / "web") == public_key(tmp_path / "worker")
    assert not (tmp_path / "web" / PRIVATE_FILE).exists()
