"""Keys of a vault as two custodians make and keep them, away from every site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from feedback.vault.cli import cli

PASSPHRASES = ("mangga muda di kebun timur", "perahu biru tanpa layar")


def make_key(folder: Path) -> tuple[Path, Path, Path]:
    """The public file and both halves."""
    typed = "".join(f"{one}\n{one}\n" for one in PASSPHRASES)
    made = CliRunner().invoke(cli, ["keygen", "--out", str(folder)], input=typed)
    assert made.exit_code == 0, made.output
    one, other = sorted(folder.glob("*.half"))
    return folder / "vault.public", one, other


def at_custodians(*words: object, typed: Sequence[str] = PASSPHRASES) -> tuple[int, str, str]:
    """A command on the custodians' machine: no site, no database; each types their own passphrase."""
    found = CliRunner().invoke(cli, [str(word) for word in words], input="".join(f"{one}\n" for one in typed))
    return found.exit_code, found.stdout, found.stderr
