"""The inventory of interfaces: complete, true, and told from one place."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certstore.service.interfaces import as_page, health, interface, interfaces
from certstore.tables.sources import LastStanding
from tests.house import house_in

ROOT = Path(__file__).parents[3]
PACKAGES = ("certstore", "verifiers", "issuance", "face_auth")
# Libraries that open connections. The demonstration calls the service as its users would.
CONNECTING = {"httpx", "minio", "obstore", "nats", "psycopg", "socket", "urllib3", "requests"}
OWN_ERRANDS = tuple(f"certstore.service.{errand}" for errand in ("demo", "serving", "bench_pull"))


def _modules():
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield ".".join(file.relative_to(ROOT).with_suffix("").parts), file


def _imports(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_every_module_that_opens_a_connection_belongs_to_an_interface():
    named = {module for each in interfaces() for module in each.modules}
    connecting = {
        module
        for module, file in _modules()
        if CONNECTING & set(_imports(file)) and not module.startswith(OWN_ERRANDS)
    }
    assert connecting, "nothing found: the search is broken"
    assert connecting - named == set()


def test_what_the_inventory_names_is_there():
    known = {module for module, _ in _modules()}
    for each in interfaces():
        assert (ROOT / each.test).exists(), each.test
        assert set(each.modules) <= known
        document = each.contract.rpartition("; ")[2]
        if document.endswith((".md", ".py")):
            assert (ROOT / document).exists(), document


def test_the_page_of_the_documentation_is_the_one_made_from_the_inventory():
    assert (ROOT / "docs/interfaces.md").read_text("utf-8") == as_page()


@pytest.fixture
def house(tmp_path):
    house = house_in(tmp_path / "house")
    yield house
    house.close()


@pytest.mark.parametrize("name", [each.name for each in interfaces()])
def test_each_says_how_it_does(house, name):
    found = health(house, interface(name))
    assert found.state in {"works", "unused", "unknown"}
    assert found.because


def test_a_source_that_does_not_answer_is_said_to_fail(house, tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text(
        '[[source]]\nuscc = "11310000MB0T00023P"\n'
        'url = "http://127.0.0.1:9/holdings"\nlast_known_days = 7\n'
    )
    asking = house_in(tmp_path / "house", sources_file=file)
    assert health(asking, interface("live-check")).state == "unknown"
    with asking.archive.writing() as books:
        books.sources.failed("11310000MB0T00023P", house.clock.now())
    assert health(asking, interface("live-check")).state == "fails"
    with asking.archive.writing() as books:
        key = ("lease_filing", "LF-1", 1)
        now = house.clock.now()
        books.sources.said("11310000MB0T00023P", [LastStanding(key, "valid", False, now)])
        books.sources.answered("11310000MB0T00023P", now)
    assert health(asking, interface("live-check")).state == "works"
    asking.close()


def _run(tmp_path, *words):
    environment = {"PATH": os.environ["PATH"], "CERTSTORE_DATA_DIR": str(tmp_path / "var")}  # noqa: TID251 - for the child
    return subprocess.run(
        [sys.executable, "-m", "certstore.service.cli", "interfaces", *words],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )


def test_a_joint_test_is_recorded_and_listed(tmp_path):
    recorded = _run(
        tmp_path,
        *("tested", "live-check", "--on", "2026-11-20", "--counterpart", "housing", "--failed"),
    )
    assert recorded.returncode == 0, recorded.stderr
    listed = {each["name"]: each for each in json.loads(_run(tmp_path, "list", "--json").stdout)}
    assert listed["live-check"]["last_joint_test"] == {
        "on": "2026-11-20",
        "counterpart": "housing",
        "passed": False,
    }
    assert listed["hand-in"]["last_joint_test"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("tested", "nothing", "--on", "2026-11-20", "--counterpart", "x", "--passed"),
        ("tested", "live-check", "--on", "2099-01-01", "--counterpart", "x", "--passed"),
        ("tested", "live-check", "--on", "2026-11-20", "--counterpart", "", "--passed"),
    ],
)
def test_a_joint_test_that_cannot_be_is_refused_in_words(tmp_path, words):
    refused = _run(tmp_path, *words)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()
