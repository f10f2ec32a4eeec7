"""`certstore ledger`, run as a citizen and as an auditor run it: what it says, how it ends."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from certstore.clock import MovedClock
from certstore.ledger import Access, record_access
from certstore.service import cli
from certstore.service.ledger_watch import Progress
from certstore.service.serving import free_port, serving
from tests.house import TODAY, house_in
from tests.sealed import LIN
from tests.witnesses import Key, witness


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house with five accesses under a checkpoint, and a key file beside it."""
    built = house_in(tmp_path_factory.mktemp("commands"))
    grow(built, 5)
    yield built
    built.close()


def grow(house, count):
    for number in range(count):
        with house.archive.writing() as books:
            access = Access(
                kind="pull", at=TODAY, client="school", agency="a", purpose="enrolment",
                person=books.people.known(LIN), record={"case_no": f"RX-{number}"},
            )  # fmt: skip
            record_access(books, house.settings.ledger_origin, access)
    house.ledger_desk.checkpoint()


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Shell:
    """A folder with files, and commands run in it: in this process, which saves Python's start."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __truediv__(self, name):
        return self.folder / name

    def run(self, *arguments, data_dir=None):
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setenv("CERTSTORE_DATA_DIR", str(data_dir or self.folder / "var"))
        self.monkeypatch.setattr(sys, "argv", ["certstore", "ledger", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.run()
        said = self.capsys.readouterr()
        return Ran(ended.value.code or 0, said.out, said.err)


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def files(house, shell):
    """What a citizen has: the proof file and the ledger's key; and a checkpoint kept elsewhere."""
    desk = house.ledger_desk
    with house.archive.reading() as books:
        person = books.people.find("111", LIN.id_number)
        entry = books.usage.of(person.id, TODAY.replace(year=2020))[1]
    proof = desk.proof(entry).as_json(desk.vkey())
    (shell / "proof.json").write_text(json.dumps(proof, ensure_ascii=False), "utf-8")
    (shell / "key.txt").write_text(desk.vkey() + "\n", "utf-8")
    (shell / "kept.txt").write_text(desk.latest().note, "utf-8")
    return shell


def changed(folder, **members):
    said = json.loads((folder / "proof.json").read_text("utf-8")) | members
    (folder / "proof.json").write_text(json.dumps(said), "utf-8")


def verify(folder, *more):
    return folder.run("verify-proof", "proof.json", "--public-key", "key.txt", *more)


def told(ran, code, *words):
    assert ran.returncode == code, ran.stdout + ran.stderr
    for word in words:
        assert word in ran.stdout + ran.stderr, ran.stdout + ran.stderr


# -- a proof file --------------------------------------------------------------------------


def test_a_proof_file_is_good_off_line_and_says_each_step(files):
    ran = verify(files)
    told(ran, 0, "GOOD", "checkpoint", "path", "leaf", "record", "subject")
    assert "FAILED" not in ran.stdout
    assert LIN.id_number not in ran.stdout
    said = json.loads(verify(files, "--json", "--checkpoint", "kept.txt").stdout)
    assert said["good"] is True
    assert [check["passed"] for check in said["checks"]] == [True] * 5


@pytest.mark.parametrize(
    ("members", "step"),
    [
        ({"record": {"case_no": "another"}}, "record"),
        ({"subject": {"id_number": "340199197109230625", "key": "00" * 32}}, "subject"),
        ({"leaf_index": 0}, "path"),
    ],
)
def test_a_proof_file_that_was_changed_is_bad_and_says_where(files, members, step):
    changed(files, **members)
    ran = verify(files)
    told(ran, 1, "BAD")
    (line,) = [line for line in ran.stdout.splitlines() if "FAILED" in line]
    assert step in line


def test_a_checkpoint_that_is_not_the_keys_is_bad(files):
    said = json.loads((files / "proof.json").read_text("utf-8"))
    changed(files, checkpoint=said["checkpoint"].replace("\n5\n", "\n6\n"))
    told(verify(files), 1, "BAD", "signature is wrong")


def test_the_place_alone_is_judged_with_a_checkpoint_beside_it(files):
    """What `certstore demo --once` writes: the place, and the checkpoint in a file of its own."""
    said = json.loads((files / "proof.json").read_text("utf-8"))
    members = ("leaf_hash", "leaf_index", "tree_size", "root", "audit_path")
    place = {name: said[name] for name in members}
    (files / "proof.json").write_text(json.dumps(place), "utf-8")
    told(verify(files, "--checkpoint", "kept.txt"), 0, "GOOD", "not in the file")
    told(verify(files), 2, "holds no checkpoint", "--checkpoint")


def test_what_cannot_be_judged_ends_with_2_and_a_sentence(files):
    told(files.run("verify-proof", "none.json", "--public-key", "key.txt"), 2, "cannot be read")
    told(files.run("verify-proof", "proof.json", "--public-key", "none"), 2, "cannot be read")
    told(files.run("verify-proof", "proof.json", "--public-key", "kept.txt"), 2, "certstore: ")
    (files / "key.bin").write_bytes(b"\xff\xfe")
    told(files.run("verify-proof", "proof.json", "--public-key", "key.bin"), 2, "no text")
    (files / "proof.json").write_text("{}", "utf-8")
    told(verify(files), 2, "audit_path")


def test_a_checkpoint_of_another_size_judges_nothing(files, house):
    grow(house, 1)
    (files / "later.txt").write_text(house.ledger_desk.latest().note, "utf-8")
    told(verify(files, "--checkpoint", "later.txt"), 2, "was made for")


DOCS = Path(__file__).parents[3] / "docs"


def test_the_script_in_the_documentation_judges_the_same(files):
    """A stranger's few lines: nothing of ours is imported."""
    page = (DOCS / "ledger.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert "certstore" not in script
    (files / "check.py").write_text(script, "utf-8")

    def run():
        command = [sys.executable, "-I", "check.py", "proof.json", "key.txt"]
        return subprocess.run(
            command, cwd=files.folder, capture_output=True, text=True, check=False
        )

    good = run()
    assert (good.returncode, good.stdout[:11]) == (0, "good: pull "), good.stderr
    for members in ({"record": {"case_no": "another"}}, {"leaf_index": 0}):
        before = (files / "proof.json").read_bytes()
        changed(files, **members)
        assert run().returncode == 1
        (files / "proof.json").write_bytes(before)


WITNESSES = [witness(f"witness.example/{name}") for name in "abc"]


def cosigned(files, *cosigners, policy="group two 2 a b c\nquorum two\n"):
    """The proof file with cosignatures added, and a policy of three witnesses."""
    note = json.loads((files / "proof.json").read_text("utf-8"))["checkpoint"]
    body = note.rpartition("\n\n")[0] + "\n"
    changed(files, checkpoint=note + "".join(w.cosigns(body, 1_800_000_000) for w in cosigners))
    lines = [f"witness {w.name[-1]} {w.vkey}\n" for w in WITNESSES]
    (files / "policy.txt").write_text("".join(lines) + policy, "utf-8")


@pytest.mark.parametrize(
    ("cosigners", "code", "words"),
    [
        (WITNESSES[:2], 0, "cosigned by witness.example/a at 2027-01-15T08:00:00+00:00"),
        (WITNESSES, 0, "witness.example/c at"),
        (WITNESSES[2:], 1, "no quorum: cosigned by witness.example/c"),
        ([WITNESSES[0]] * 2, 1, "no quorum"),
        ([witness("witness.example/a"), witness("witness.example/b")], 1, "cosigned by nobody"),
        ([], 1, "cosigned by nobody"),
    ],
)
def test_a_policy_wants_a_quorum_of_witnesses(files, cosigners, code, words):
    cosigned(files, *cosigners)
    told(verify(files, "--policy", "policy.txt"), code, words)


def test_without_a_policy_cosignatures_are_told_and_not_required(files):
    cosigned(files, WITNESSES[0])
    told(verify(files), 0, "GOOD", "not judged without a policy: witness.example/a")


def test_a_forged_cosignature_spoils_the_proof_under_a_policy(files):
    forged = replace(WITNESSES[0])
    cosigned(files, *WITNESSES[1:])
    said = json.loads((files / "proof.json").read_text("utf-8"))
    changed(files, checkpoint=said["checkpoint"] + forged.cosigns("another\n", 5))
    told(verify(files, "--policy", "policy.txt"), 1, "cosignature is wrong: witness.example/a")


def test_a_policy_that_cannot_be_used_judges_nothing(files):
    cosigned(files, *WITNESSES, policy="quorum d\n")
    told(verify(files, "--policy", "policy.txt"), 2, "defined above")
    told(verify(files, "--policy", "none.txt"), 2, "cannot be read")
    cosigned(files, policy=f"log {Key('log.example').vkey}\nquorum none\n")
    told(verify(files, "--policy", "policy.txt"), 2, "for other logs")
    own = (files / "key.txt").read_text()
    cosigned(files, policy=f"log {own}quorum none\n")
    told(verify(files, "--policy", "policy.txt"), 0, "GOOD")


# -- the monitor ---------------------------------------------------------------------------


def monitor(files, house, *more):
    return files.run("monitor", *more, data_dir=house.settings.data_dir)


def test_the_monitor_reads_the_database_of_the_settings(files, house):
    ran = monitor(files, house, "--checkpoint", "kept.txt", "--json")
    told(ran, 0)
    said = json.loads(ran.stdout)
    assert (said["sound"], said["findings"]) == (True, [])
    assert said["leaves"] == said["accesses"] >= 5
    told(monitor(files, house), 0, "SOUND", "no checkpoint from elsewhere")


def test_the_monitor_keeps_the_newest_checkpoint_where_all_fits(files, house):
    first = monitor(files, house, "--checkpoint", "new.txt", "--keep")
    told(first, 0)
    before = (files / "new.txt").read_text("utf-8")
    assert before == house.ledger_desk.latest().note
    grow(house, 1)
    told(monitor(files, house, "--checkpoint", "new.txt", "--keep"), 0, "kept elsewhere")
    assert (files / "new.txt").read_text("utf-8") != before
    told(monitor(files, house, "--keep"), 2, "--checkpoint")


def test_a_tampered_database_ends_with_1_and_keeps_the_old_checkpoint(files, tmp_path):
    house = house_in(tmp_path / "tampered")
    grow(house, 3)
    kept = house.ledger_desk.latest().note
    (files / "own.txt").write_text(kept, "utf-8")
    grow(house, 1)
    with house.archive.writing() as books:
        books.connection.execute(text("DELETE FROM usage WHERE leaf_index = 1"))
    house.close()
    ran = monitor(files, house, "--checkpoint", "own.txt", "--keep")
    told(ran, 1, "NOT SOUND", "access_missing")
    assert (files / "own.txt").read_text("utf-8") == kept


def test_progress_is_told_once_a_second_and_not_before():
    told, steady = [], iter([0.0, 0.5, 0.99, 1.0, 1.5, 2.1])
    progress = Progress(told.append, steady=lambda: next(steady))
    for done in range(1000, 6000, 1000):
        progress(done, 100_000)
    assert told == ["3,000 of 100,000 leaves read", "5,000 of 100,000 leaves read"]


def test_a_monitor_that_cannot_read_says_so_and_makes_nothing(files, house, tmp_path):
    nowhere = tmp_path / "nowhere"
    ran = files.run("monitor", data_dir=nowhere)
    told(ran, 2, "no database here")
    assert not nowhere.exists()
    told(monitor(files, house, "--checkpoint", "none.txt"), 2, "cannot be read")
    (files / "kept.txt").write_text("spoiled", "utf-8")
    told(monitor(files, house, "--checkpoint", "kept.txt"), 2, "without signatures")


def test_the_monitor_reads_a_ledger_over_http(files, house):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    own = ("--url", base, "--public-key", "key.txt", "--checkpoint", "kept.txt")
    with serving(house, "127.0.0.1", port):
        told(files.run("monitor", *own), 0, "SOUND", "leaves", "kept elsewhere")
        told(files.run("monitor", "--url", base), 2, "--public-key")
        told(files.run("monitor", *own, "--url", f"{base}/status-lists"), 2, "answered 404")
        strange = house_in(files / "strange", clock=MovedClock(TODAY))  # with keys of its own
        (files / "other.txt").write_text(strange.ledger_desk.vkey(), "utf-8")
        strange.close()
        told(files.run("monitor", "--url", base, "--public-key", "other.txt"), 2, "not signed by")
    told(files.run("monitor", *own), 2, "cannot be reached")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("verify-proof", "monitor")),
        (("verify-proof",), ("off line", "Exit code 0", "--public-key", "--policy")),
        (("monitor",), ("kept elsewhere", "Exit code 0", "--url", "--keep")),
    ],
)
def test_help_says_what_a_command_does(shell, arguments, words):
    told(shell.run(*arguments, "--help"), 0, *words)
