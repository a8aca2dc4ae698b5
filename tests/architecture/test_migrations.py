"""The migrations make exactly the tables of the models, on both databases, in one line without branches."""

from __future__ import annotations

import itertools
from pathlib import Path

from flask import Flask
from flask_migrate import check

ROOT = Path(__file__).resolve().parents[2]


def test_a_migrated_database_is_what_the_models_say(app: Flask) -> None:
    check()  # exits with a message when a table, column, index or constraint differs


def test_every_migration_follows_the_one_before() -> None:
    names = sorted(file.name[:4] for file in (ROOT / "migrations/versions").glob("*.py"))
    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]
    for before, after in itertools.pairwise(names):
        text = next((ROOT / "migrations/versions").glob(f"{after}_*.py")).read_text()
        assert f'down_revision = "{before}"' in text or f"down_revision = '{before}'" in text
