from __future__ import annotations

import json

from flask import Flask

from feedback.catalogue.cli import cli
from tests.factories import World


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(cli, arguments)
    return result.exit_code, result.output


def test_lists_are_for_people_and_for_programs(app: Flask, world: World) -> None:
    assert "lampu-jalan  Lampu jalan" in run(app, "topics")[1]
    assert {row["slug"] for row in json.loads(run(app, "topics", "--json")[1])} == {"lampu-jalan", "kesehatan"}
    assert "perbaikan-lampu" in run(app, "services")[1]
    assert json.loads(run(app, "services", "--unit", "dinas-kesehatan", "--json")[1]) == []
    assert run(app, "services", "--unit", "tidak-ada")[0] == 1


def test_a_route_is_explained(app: Flask, world: World) -> None:
    code, text = run(app, "route", "lampu-jalan", world.village, "--json")
    assert code == 0
    route = json.loads(text)
    assert (route["unit"], route["government"]) == ("dinas-perhubungan", "provinsi-contoh")
    for arguments in (("tidak-ada", world.village), ("lampu-jalan", "99"), ("lampu-jalan", "82", "--service", "x")):
        assert run(app, "route", *arguments)[0] == 1
