from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

from feedback.units.cli import cli
from feedback.units.queries import unit_by_slug
from tests.factories import World


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(cli, arguments)
    return result.exit_code, result.output


def test_the_tree_is_listed_for_people_and_for_programs(app: Flask, world: World) -> None:
    code, text = run(app, "list")
    assert code == 0
    assert "    bidang-lampu  Bidang Lampu Jalan" in text.splitlines()
    code, text = run(app, "list", "--json")
    assert code == 0
    assert {row["slug"] for row in json.loads(text)} >= {"provinsi-contoh", "bidang-lampu"}


def test_a_unit_is_added_changed_and_closed(app: Flask, world: World) -> None:
    added = ("add", "dinas-baru", "--name", "Dinas Baru", "--kind", "agency", "--parent", "provinsi-contoh", "--json")
    code, text = run(app, *added)
    assert code == 0
    assert json.loads(text)["slug"] == "dinas-baru"
    assert run(app, "change", "dinas-baru", "--phone", "000")[0] == 0
    assert run(app, "close", "dinas-baru", "--on", "2099-01-01", "--successor", "dinas-kesehatan")[0] == 0
    unit = unit_by_slug("dinas-baru")
    assert unit is not None
    assert (unit.name, unit.phone, unit.successor_id) == ("Dinas Baru", "000", world.other_agency)


def test_a_refusal_is_a_sentence_and_status_one(app: Flask, world: World) -> None:
    code, text = run(app, "add", "x y", "--name", "X", "--kind", "agency", "--parent", "provinsi-contoh")
    assert code == 1
    assert "slug" in text
    assert "Traceback" not in text
    assert run(app, "change", "tidak-ada", "--name", "X")[0] == 1
    assert run(app, "close", "provinsi-contoh", "--on", "2026-13-01")[0] == 2


def test_a_file_is_imported_all_or_nothing(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    head = "slug,name,short_name,kind,parent,valid_from\n"
    good = "dinas-a,Dinas A,A,agency,provinsi-contoh,2026-01-01\n"
    file.write_text(head + good + "dinas-b,Dinas B,B,agency,salah,2026-01-01\n")
    assert run(app, "import", str(file))[0] == 1
    assert unit_by_slug("dinas-a") is None
    file.write_text(head + good + "dinas-b,Dinas B,B,kantor,provinsi-contoh,2026-01-01\n")
    code, text = run(app, "import", str(file))
    assert code == 1
    assert "Line 3" in text
    file.write_text("slug\ndinas-a\n")
    assert run(app, "import", str(file))[0] == 2
    file.write_text(head + good)
    code, text = run(app, "import", str(file), "--json")
    assert code == 0
    assert json.loads(text) == {"created": 1, "kept": 0}
