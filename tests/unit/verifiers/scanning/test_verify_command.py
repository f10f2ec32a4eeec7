"""`certstore verify`, run as a verifier runs it: words on the screen, and the exit code."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from certstore.service.cli import main
from tests.unit.certstore.codes.sealed_house import ENTRY, NOW, SERIAL, house, strangers
from tests.unit.verifiers.scanning.hostile_files import HOSTILE
from tests.unit.verifiers.scanning.signed_document import genuine
from tests.unit.verifiers.scanning.test_verify import picture

ROOT = Path(__file__).parents[4]
CODE = house().printed()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("verifier")
    (found / "root.pem").write_bytes(house().root_pem)
    (found / "trust.jws").write_text(house().trust_jws())
    (found / "list.jwt").write_text(house().status_jwt())
    (found / "list.cwt").write_bytes(house().status_cwt())
    (found / "revoked.cwt").write_bytes(house().status_cwt({ENTRY.index: 1}))
    (found / "strange.jws").write_text(strangers().trust_jws())
    (found / "genuine.pdf").write_bytes(genuine())
    (found / "cut.pdf").write_bytes(genuine()[:-300])
    (found / "changed.pdf").write_bytes(genuine().replace(b"/Info", b"/Inf0", 1))
    (found / "bomb.pdf").write_bytes(HOSTILE["branching page tree"])
    (found / "code.png").write_bytes(picture(CODE))
    (found / "none.png").write_bytes(picture("1234"))
    (found / "finders.png").write_bytes(HOSTILE["finder patterns"])
    (found / "hello.txt").write_text("hello")
    (found / "folder").mkdir()
    return found


@pytest.fixture(autouse=True)
def logs_as_they_were():
    logger = logging.getLogger("certstore")
    before = (logger.handlers, logger.level, logger.propagate)
    yield
    logger.handlers, logger.level, logger.propagate = before


def arguments(folder, shown, *more, lists=("list.cwt",), **held):
    given = {"root": "root.pem", "trust": "trust.jws", **held}
    files = [f"--{name}={folder / value}" for name, value in given.items() if name != "at"]
    files += [f"--status={folder / name}" for name in lists]
    path = str(folder / shown) if (folder / shown[:99]).exists() else shown
    return ["verify", path, f"--at={held.get('at', NOW.isoformat())}", *files, *more]


def run(folder, shown, *more, **how):
    ran = CliRunner().invoke(main, arguments(folder, shown, *more, **how))
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


def run_alone(folder, *words):
    """In an interpreter of its own, as a verifier does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - a child's environment
    ran = subprocess.run(
        [sys.executable, "-m", "certstore.service.cli", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


def test_the_command_is_there_with_its_exit_codes(folder):
    good = run_alone(folder, *arguments(folder, "genuine.pdf"))
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith("VALID")
    nothing = run_alone(folder, *arguments(folder, "finders.png"))
    assert nothing.returncode == 2, nothing.stderr
    hello = run_alone(folder, *arguments(folder, "hello"))
    assert hello.returncode == 2
    assert hello.stderr.startswith("certstore: hello is neither a file nor a code")


@pytest.mark.parametrize(
    ("shown", "how", "code", "words"),
    [
        ("genuine.pdf", {}, 0, ("VALID", SERIAL, "ok")),
        ("code.png", {"lists": ("list.jwt",)}, 0, ("VALID", SERIAL)),
        (CODE, {}, 0, ("VALID", SERIAL)),
        (f" {CODE}\n", {}, 0, ("VALID",)),
        (CODE, {"lists": ("revoked.cwt",)}, 1, ("REVOKED", "STATUS_INVALID")),
        ("changed.pdf", {}, 1, ("TAMPERED", "CHANGED_AFTER_SIGNING")),
        (CODE[:-3], {}, 1, ("because",)),
        (CODE, {"lists": ()}, 2, ("STALE_LIST", "STATUS_LIST_MISSING")),
        ("cut.pdf", {}, 2, ("MALFORMED", "DOCUMENT_UNREADABLE")),
        ("bomb.pdf", {}, 2, ("MALFORMED", "NOT_SIGNED")),
        ("none.png", {}, 2, ("MALFORMED", "NO_CODE_FOUND")),
        ("hello.txt", {}, 2, ("MALFORMED", "NOT_OUR_CODE")),
    ],
)
def test_a_verdict_is_printed_and_decides_the_exit_code(folder, shown, how, code, words):
    ran = run(folder, shown, **how)
    assert ran.exit_code == code, ran.output
    for word in words:
        assert word in ran.stdout, ran.stdout


@pytest.mark.parametrize(
    ("shown", "how", "words"),
    [
        ("hello", {}, ("hello is neither a file nor a code", "begins with RP1:")),
        ("x" * 5000, {}, ("neither a file nor a code",)),
        ("https://city.example/s/" + "k" * 20, {}, ("status page", "large code")),
        ("https://city.example/s/" + "k" * 21, {}, ("neither a file nor a code",)),
        ("folder", {}, ("cannot be read", "picture")),
        (CODE, {"root": "none.pem"}, ("none.pem cannot be read", "certstore-root.pem")),
        (CODE, {"trust": "none.jws"}, ("none.jws cannot be read", "certstore-trust-list")),
        (CODE, {"lists": ("none.jwt",)}, ("none.jwt cannot be read", "status-lists")),
        (CODE, {"root": "hello.txt"}, ("PEM", "what to do")),
        (CODE, {"trust": "strange.jws"}, ("certstore: ",)),
        (CODE, {"at": "noon"}, ("--at", "2026-11-22T10:00:00+08:00")),
        (CODE, {"at": "9" * 40}, ("--at",)),
    ],
)
def test_what_cannot_be_judged_is_a_sentence_with_what_to_do(folder, shown, how, words):
    ran = run(folder, shown, **how)
    assert ran.exit_code == 2, ran.output
    assert ran.stderr.startswith("certstore: "), ran.stderr
    for word in words:
        assert word in ran.stderr, ran.stderr
    said = json.loads(run(folder, shown, "--json", **how).stdout)
    assert (said["verdict"], said["fields"]) == (None, {})
    assert said["reasons"]


def test_json_holds_the_four_members_and_what_became_of_the_file(folder):
    said = json.loads(run(folder, "genuine.pdf", "--json").stdout)
    assert said.keys() == {"verdict", "reasons", "checks", "fields", "document"}
    assert said["document"]["finding"] == "genuine"
    assert (said["verdict"], said["fields"]["number"]) == ("valid", SERIAL)


def test_what_was_changed_is_printed(folder):
    (folder / "grown.pdf").write_bytes((folder / "genuine.pdf").read_bytes() + b"\n")
    printed = run(folder, "grown.pdf").stdout
    assert printed.startswith("TAMPERED")
    assert "file      changed\n" in printed
    assert "changed   bytes_behind 1\n" in printed
    assert "file      genuine\n" in run(folder, "genuine.pdf").stdout


def test_a_failure_nobody_thought_of_is_a_sentence_too(folder, monkeypatch, capsys):
    import typer  # noqa: PLC0415 - only here

    from certstore.service.cli_verify import verify  # noqa: PLC0415 - only here
    from verifiers.scanning import verify as judging  # noqa: PLC0415 - only here

    def broken(*_args, **_more):
        raise RecursionError("陈一鸣")

    monkeypatch.setattr(judging, "verify", broken)
    monkeypatch.chdir(folder)
    with pytest.raises(typer.Exit) as ended:
        verify(CODE, Path("root.pem"), Path("trust.jws"))
    assert ended.value.exit_code == 2
    said = capsys.readouterr().err
    assert "RecursionError" in said
    assert "陈一鸣" not in said


def test_the_help_is_whole_on_a_narrow_screen(folder):
    ran = run_alone(folder, "verify", "--help")
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.endswith("...")]
    for word in (
        *("JWT", "CWT", "--root", "--trust", "--status", "--at", "--json", "RP1:", "RPH1:"),
        *("Exit code 0", "Exit code 1", "Exit code 2", "certstore-root.pem", "statuslist+cwt"),
    ):
        assert word in ran.stdout, word
