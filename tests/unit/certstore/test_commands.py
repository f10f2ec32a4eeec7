"""The commands, run as an operator runs them: what they say, and with which code they end."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from certstore.batches import sign_batch
from certstore.service.cli import main
from certstore.service.demo_cast import sources
from tests.unit.certstore.signed_batches import Source, as_lines, record

CASES = Path(__file__).parents[2] / "cases"
CITY = Path(str(files("certstore.service.demo_city"))) / "batches"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("commands")


def run(folder, *arguments, **settings):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - a child's environment
    own = {f"CERTSTORE_{name.upper()}": str(value) for name, value in settings.items()}
    ran = subprocess.run(
        [sys.executable, "-m", "certstore.service.cli", *map(str, arguments)],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[3]), **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


def told(ran, code, *words):
    """What went wrong, in a sentence on standard error."""
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert ran.stderr.startswith("certstore: "), ran.stderr
    for word in words:
        assert word in ran.stderr, ran.stderr


def commands():
    return sorted(command.name or command.callback.__name__ for command in main.registered_commands)


def test_every_command_is_there():
    assert {"demo", "serve", "worker", "verify", "import", "decide"} <= set(commands())
    assert {group.name for group in main.registered_groups} >= {"keys", "trust", "bench"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("certificates", "certstore demo", "verify", "import", "decide", "keys", "trust")),
        (("verify",), ("off line", "Exit code 0", "--root", "--status")),
        (("import",), ("batches", "signature", "Exit code 1")),
        (("decide",), ("reuse", "--later-from")),
        (("worker",), ("checkpoints", "--once")),
        (("serve",), ("--port",)),
        (("demo",), ("--once", "--out", "summary.json")),
        (("keys",), ("list", "make")),
        (("trust",), ("show", "publish")),
        (("bench", "issue"), ("per CPU-second", "--json")),
    ],
)
def test_help_says_what_a_command_does(folder, arguments, words):
    ran = run(folder, *arguments, "--help")
    assert ran.returncode == 0
    for word in words:
        assert word in ran.stdout, ran.stdout


def test_the_version_is_printed(folder):
    assert run(folder, "--version").stdout.startswith("certstore ")


def test_an_unknown_command_or_option_ends_with_2(folder):
    for arguments in (("nothing",), ("verify",), ("serve", "--nothing")):
        assert run(folder, *arguments).returncode == 2


def test_keys_are_listed_and_the_trust_list_shown(folder):
    listed = run(folder, "keys", "list")
    assert listed.returncode == 0, listed.stderr
    for purpose in ("document", "code", "status", "ledger", "receipt"):
        assert purpose in listed.stdout
    assert "specimen" in listed.stdout
    shown = run(folder, "trust", "show")
    assert shown.returncode == 0, shown.stderr
    assert "until" in shown.stdout
    assert sources()[0]["key"]["kid"] in shown.stdout


def test_keys_that_cannot_be_opened_are_a_sentence(folder):
    run(folder, "keys", "list")
    told(run(folder, "keys", "list", key_passphrase="wrong"), 2, "cannot be opened", "PASSPHRASE")
    missing = run(folder, "keys", "list", key_passphrase_file=folder / "nowhere")
    told(missing, 2, "CERTSTORE_KEY_PASSPHRASE_FILE")
    empty = run(
        folder,
        "keys",
        "list",
        data_dir=folder / "new",
        demonstration="false",
        key_passphrase="a passphrase",
    )
    told(empty, 2, "empty", "CERTSTORE_KEYS_DIR")


def test_a_setting_that_cannot_be_read_is_named_without_its_value(folder):
    told(run(folder, "keys", "list", session_minutes="secret"), 2, "CERTSTORE_SESSION_MINUTES")
    assert "secret" not in run(folder, "keys", "list", session_minutes="secret").stderr


def test_a_trust_list_that_is_not_there_or_not_the_roots_is_a_sentence(folder, tmp_path):
    told(run(tmp_path, "trust", "show"), 2, "root.pem")
    run(folder, "keys", "list")
    bad = tmp_path / "bad.jws"
    bad.write_text("a.b.c")
    told(run(folder, "trust", "show", bad), 2)


def test_the_cases_are_decided(folder):
    ran = run(folder, "decide", CASES / "decisions.json")
    assert ran.returncode == 0, ran.stderr
    cases = json.loads((CASES / "decisions.json").read_text("utf-8"))["cases"]
    assert len(json.loads(ran.stdout)) == len(cases)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cases": 1}', b"\xff\xfe"])
def test_cases_that_cannot_be_read_are_a_sentence(folder, tmp_path, content):
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    told(run(folder, "decide", file), 2)


def test_one_bad_case_is_told_in_its_place_and_the_others_are_judged(folder, tmp_path):
    good = json.loads((CASES / "decisions.json").read_text("utf-8"))["cases"][0]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [good, {"name": "bad", "facts": {}}, good]}), "utf-8")
    ran = run(folder, "decide", file)
    assert ran.returncode == 1, ran.stderr
    first, bad, last = json.loads(ran.stdout)
    assert first == last
    assert first["materials"]
    assert bad["name"] == "bad"
    assert bad["error"]["where"] == "cases[1].facts.matter"


def test_a_file_that_is_not_utf_8_says_so_with_the_place(folder, tmp_path):
    file = tmp_path / "cases.json"
    file.write_bytes('{"cases":\n ["陈一鸣"]}'.encode("gb18030"))
    told(run(folder, "decide", file), 2, "the file is not UTF-8: byte 14, 0xb3", "in line 2")


def test_a_file_that_is_not_there_cannot_be_judged(folder, tmp_path):
    told(run(folder, "decide", tmp_path / "none"), 2, "cannot be read")
    told(run(folder, "decide", CASES / "decisions.json", "--later-from", "soon"), 2)
    absent = ("--root", "no.pem", "--trust", "no.jws")
    told(run(folder, "verify", "RP1:ABC", *absent), 2, "cannot be read")
    told(run(folder, "verify", "RP1:ABC", *absent, "--at", "noon"), 2, "--at")


def test_a_good_batch_is_taken_and_again_changes_nothing(folder):
    batch = CITY / "employer.jsonl"
    ran = run(folder, "import", batch)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "taken" in ran.stdout
    assert "0 refused" in ran.stdout
    again = run(folder, "import", batch)
    first_line, _, report = again.stdout.partition("\n")
    assert "handed in before, nothing changed" in first_line
    assert report == ran.stdout  # what was said then, word for word
    assert again.returncode == 0


def test_bad_batches_are_refused_whole_each_with_its_reason(folder, tmp_path):
    unknown, unsigned = tmp_path / "unknown.jsonl", tmp_path / "unsigned.jsonl"
    unknown.write_bytes(as_lines([record()]))
    Path(f"{unknown}.jws").write_text(sign_batch(unknown.read_bytes(), Source().signer))
    unsigned.write_bytes(as_lines([record()]))
    altered = tmp_path / "altered.jsonl"
    altered.write_bytes((CITY / "employer.jsonl").read_bytes() + b"{}\n")
    Path(f"{altered}.jws").write_bytes((CITY / "employer.jsonl.jws").read_bytes())
    ran = run(folder, "import", unknown, unsigned, altered, tmp_path / "none.jsonl")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) == 4
    assert all("refused whole: " in line for line in lines)
    assert "nobody here trusts" in lines[0]


def test_the_worker_does_its_jobs_once(folder):
    ran = run(folder, "worker", "--once")
    assert ran.returncode == 0, ran.stderr
    assert "failed" not in ran.stderr


def test_a_database_that_is_down_is_a_sentence(folder):
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2"
    told(run(folder, "import", CITY / "employer.jsonl", database_url=url), 2, "does not answer")
