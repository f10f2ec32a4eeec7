"""A pipe whose reader has gone ends a command quietly, with the code that shells know."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "decisions.json"
GONE = 141
ABSENT = ("--root", "no.pem", "--trust", "no.jws")
BUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"])


def run(*arguments, gone="stdout", unbuffered=""):
    """Run a command whose one standard stream is a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - a child's environment
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {gone: writer}
    try:
        return subprocess.run(
            [sys.executable, "-m", "certstore.service.cli", *map(str, arguments)],
            cwd=ROOT,
            env={**kept, "PYTHONUNBUFFERED": unbuffered},
            check=False,
            timeout=120,
            text=True,
            **streams,
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize(
    ("arguments", "unbuffered"), [(("--help",), ""), (("decide", CASES), ""), (("--version",), "1")]
)
def test_a_command_whose_reader_has_gone_ends_quietly(arguments, unbuffered):
    ran = run(*arguments, unbuffered=unbuffered)
    assert (ran.returncode, ran.stderr) == (GONE, "")


@BUFFERED
def test_a_verdict_nobody_reads_is_no_fault_of_ours(unbuffered):
    ran = run("verify", "RP1:ABC", *ABSENT, "--json", unbuffered=unbuffered)
    assert ran.returncode == GONE
    assert "BrokenPipe" not in ran.stderr
    assert "maintainers" not in ran.stderr


def test_what_was_found_out_is_said_by_the_code_also_when_nobody_reads_why():
    ran = run("verify", "RP1:ABC", *ABSENT, "--json", gone="stderr")
    assert ran.returncode == 2
    assert "cannot be read" in ran.stdout


def test_head_gets_its_lines_and_nothing_else_is_said():
    command = f"{sys.executable} -m certstore.service.cli decide {CASES} | head -n 2"
    ran = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (len(ran.stdout.splitlines()), ran.stderr) == (2, "")
    assert ran.returncode in {0, GONE}  # as the pipe had room for all of it, or had not
