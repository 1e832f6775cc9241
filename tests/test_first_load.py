"""The example that loads CSV files, as an integrator runs it."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from support import own_database, running_server

SCRIPT = Path(__file__).parents[1] / "examples" / "first_load.py"


@pytest.fixture(scope="module")
def server():
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        server = stack.enter_context(running_server(database.name))
        server.key = database.api_key("admin")
        server.database_object = database
        yield server


def write(folder, name, *rows):
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def run(server, folder, *arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments, "--url", server.url]
        + ["--database", server.database_object.name]
        + ["--state", str(folder / "state.json")],
        env={**os.environ, "ODOO_API_KEY": server.key},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def customers(server):
    with server.database_object.environment() as env:
        found = env["res.partner"].search([("name", "=like", "First load%")])
        return sorted(found.mapped("name"))


def test_files_are_loaded_in_chunks_and_again_without_doubles(server, tmp_path):
    rows = [f"site.f{n},First load {n},+79140000{n:03}" for n in range(5)]
    path = write(tmp_path, "3-res.partner.csv", "id,name,phone", *rows)
    for again in ((), ("--again",)):
        result = run(server, tmp_path, path, "--rows", "2", *again)
        assert result.returncode == 0, result.stderr
        assert customers(server) == [f"First load {n}" for n in range(5)]
    assert json.loads((tmp_path / "state.json").read_text()) == {"3-res.partner.csv": 5}


def test_wrong_row_is_named_by_its_line_and_the_rest_goes_on_later(server, tmp_path):
    header = "id,name,country_id/id"
    good, bad = "site.g1,First load good,base.ru", "site.g2,First load bad,base.nowhere"
    path = write(tmp_path, "res.partner.csv", header, good, bad)
    result = run(server, tmp_path, path, "--rows", "1")
    assert result.returncode == 1
    assert "res.partner.csv:3:" in result.stderr
    write(tmp_path, "res.partner.csv", header, good, bad.replace("nowhere", "ru"))
    result = run(server, tmp_path, path, "--rows", "1")
    assert result.returncode == 0, result.stderr
    assert "1 rows in" in result.stdout
    assert "First load bad" in customers(server)
