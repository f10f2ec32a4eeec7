"""The Python examples of the documents do what is said beside them, at a served demonstration."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from certstore.clock import SystemClock
from certstore.service.demo_counter import enrol_counter, register_matters
from certstore.service.demo_issuers import enrol_issuers
from certstore.service.demo_school import enrol_school, school_signer
from certstore.service.messenger import Messenger
from certstore.service.passphrase import passphrase
from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.matters import CHILD, FATHER, filed
from tests.sealed import voucher

ROOT = Path(__file__).parents[2]
PULLED = "林晓禾 海港区 2027-11-24"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which a demonstration runs: its stores are in `var`, as after `make demo`."""
    place, port = tmp_path_factory.mktemp("documented"), free_port()
    (place / "port").write_text(str(port))
    house = house_in(
        place / "var",
        clock=SystemClock(),
        public_url=f"http://127.0.0.1:{port}",
        webhook_loopback=True,
    )
    enrol_school(house.archive, school_signer(house.settings.data_dir, passphrase(house.settings)))
    enrol_issuers(house)
    enrol_counter(house)
    register_matters(house)
    voucher(house)
    filed(house, "birth_certificate", CHILD, parents=[{"id_type": "111", **FATHER}])
    filed(house, "property_certificate", FATHER, address="示范市云杉区松涛路12号302室")
    messenger = Messenger(house)
    messenger.start()
    with serving(house, "127.0.0.1", port):
        yield place
    messenger.stop()
    house.close()


def example(folder, document, number=0):
    """The text of one of a document's Python blocks, for the address that is served here."""
    text = (ROOT / document).read_text("utf-8")
    block = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[number]
    port = (folder / "port").read_text()
    return block.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("9000", str(free_port()))


def run(folder, code):
    """What it prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_first_afternoon(folder):
    printed = run(folder, example(folder, "docs/integration.md"))
    assert [line[:4] for line in printed] == ["200 ", "403 ", "403 "]
    assert "['id_number']" in printed[1]
    assert printed[2].endswith("the purpose does not cover these: id_number ['id_number']")


@pytest.mark.parametrize("document", ["README.md", "README.zh.md", "docs/client.md"])
def test_ten_lines_of_the_client(folder, document):
    assert run(folder, example(folder, document)) == [PULLED]


def test_a_first_certificate_of_another_authority(folder):
    code = example(folder, "docs/issuing.md")
    (first,) = run(folder, code)
    assert re.fullmatch(r"WF[0-9]{14} valid True", first)
    assert run(folder, code) == [first]  # the same record leads to the same certificate


def test_a_decision_by_a_matter_of_an_agency(folder):
    assert run(folder, example(folder, "docs/matters.md")) == [
        "age satisfied",
        "kinship satisfied",
        "registration officer_review",
        "home satisfied",
    ]


def test_a_webhook_that_is_verified(folder):
    (folder / "hook.py").write_text(example(folder, "docs/events.md"), "utf-8")
    (printed,) = run(folder, example(folder, "docs/events.md", 1))
    assert printed.startswith("certstore.ping.v1 {'change': 'ping'")
