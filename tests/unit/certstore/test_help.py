"""`--help` of every command: whole at 80 columns, with examples and exit codes."""

import re
import subprocess
import sys

import pytest
import typer.main
from typer.testing import CliRunner

from certstore.service.cli import main

ROOT = typer.main.get_command(main)


def commands(command=ROOT, path=()):
    """Every command and group, by the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


EVERY = dict(commands())
GROUPS = [path for path, command in EVERY.items() if hasattr(command, "commands")]


def help_of(path):
    # `terminal_width` alone is not asked everywhere
    ran = CliRunner().invoke(main, [*path, "--help"], env={"COLUMNS": "80"}, terminal_width=80)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_there_are_commands():
    assert len(EVERY) >= 20
    assert {("trust",), ("keys",), ("bench",)} <= set(GROUPS)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_is_whole_at_80_columns(path):
    said = help_of(path)
    assert max(map(len, said.splitlines())) <= 88, path  # a choice of words may be long
    assert "\u2502" not in said  # no frames: a screen reader reads them aloud


@pytest.mark.parametrize("path", GROUPS, ids=lambda path: " ".join(path) or "certstore")
def test_a_group_names_its_commands_in_whole_sentences(path):
    listed = re.search(r"Commands:\n(.*?)(\n\n|\Z)", help_of(path), re.DOTALL)[1]
    lines = listed.splitlines()
    assert len(lines) == len(EVERY[path].commands), "a summary runs over its line"
    for line in lines:
        assert not line.rstrip().endswith(("...", "…")), line
        assert len(line.split()) > 2, line


@pytest.mark.parametrize("path", GROUPS, ids=lambda path: " ".join(path) or "certstore")
def test_a_group_without_a_command_shows_its_help(path):
    ran = CliRunner().invoke(main, list(path), env={"COLUMNS": "80"})
    assert ran.exit_code in {0, 2}
    assert "Commands:" in ran.output


@pytest.mark.parametrize("path", [("keys",), ("trust",), (), ("import",), ("decide",), ("serve",)])
def test_help_shows_examples_and_says_what_the_exit_codes_mean(path):
    said = " ".join(help_of(path).split())
    assert "certstore " in said
    assert "Exit code 2" in said


def test_help_is_enough_to_begin_with():
    said = help_of(())
    for words in ("certstore demo", "certstore serve", "certstore trust add", "README"):
        assert words in said


def test_help_waits_for_nothing_that_only_the_work_needs():
    asked = "import sys, certstore.service.cli; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    assert "certstore" in loaded
    assert not {"sqlalchemy", "alembic", "numpy", "PIL", "fastapi", "jinja2", "httpx"} & loaded
