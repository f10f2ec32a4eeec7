"""The Python client against the real service, and the example of its page, word for word."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from certstore.client import Case, Client, NotGrantedError, Purpose, UntrustedError, read_key
from certstore.clock import SystemClock
from certstore.service.demo_school import (
    SCHOOL_CLIENT,
    SCHOOL_PURPOSE,
    enrol_school,
    school_signer,
)
from certstore.service.passphrase import passphrase
from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.sealed import GRANTED, LIN, MATTER, VOUCHER, voucher

ROOT = Path(__file__).parents[3]
CASE = Case("RX-1", person=LIN.id_number, operator="3021")
ALLOWED = {
    *(
        "base64url",
        "certificate_chain",
        "chance",
        "clock",
        "cosignature",
        "errors",
        "jcs",
        "jwk",
        "keys",
    ),
    *("leaves", "ledger_proof", "merkle", "signed_note", "strict_json", "tokens", "trust"),
    "witness_policy",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    port = free_port()
    folder = tmp_path_factory.mktemp("client") / "var"
    house = house_in(folder, clock=SystemClock(), public_url=f"http://127.0.0.1:{port}")
    enrol_school(house.archive, school_signer(folder, passphrase(house.settings)))
    voucher(house)
    with serving(house, "127.0.0.1", port):
        yield house
    house.close()


@pytest.fixture(scope="module")
def school(house):
    folder = house.settings.data_dir
    key = read_key(folder / "demo-school" / "client.key.pem", folder / "keys" / "passphrase")
    purpose = Purpose(SCHOOL_PURPOSE, MATTER, [VOUCHER], GRANTED)
    root = folder / "keys" / "root.pem"
    with Client(house.settings.public_url, SCHOOL_CLIENT, key, purpose, root=root) as client:
        yield client


def test_the_ten_lines_of_the_page_run_as_they_stand(house):
    (example,) = re.findall(r"```python\n(.*?)```", _page(), re.DOTALL)
    assert len([line for line in example.splitlines() if line]) <= 10
    example = example.replace("http://127.0.0.1:8000", house.settings.public_url)
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=house.settings.data_dir.parent,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("林晓禾 海港区 2027-11-24\n", "")


def _page():
    return (ROOT / "docs" / "client.md").read_text("utf-8")


def test_a_pull_has_a_receipt_that_holds_and_whose_promise_is_kept(school):
    found = school.search(CASE)
    pulled = school.pull(CASE, found.in_force(VOUCHER).ref)
    assert set(pulled.fields) == set(GRANTED)
    searched, receipt = school.verify_receipt(found), school.verify_receipt(pulled)
    assert searched.ledger != receipt.ledger == pulled.ledger
    proven = school.prove(receipt)
    assert proven.good
    assert [check.name for check in proven.checks][:2] == ["checkpoint", "path"]


def test_a_field_too_many_is_refused_by_name(school):
    ref = school.search(CASE).in_force().ref
    with pytest.raises(NotGrantedError) as raised:
        school.pull(CASE, ref, [*GRANTED, "id_number"])
    assert (raised.value.slug, raised.value.paths) == ("field-not-granted", ("id_number",))


def test_a_receipt_under_another_root_is_not_believed(house, school, tmp_path):
    stranger = house_in(tmp_path / "other")
    pulled = school.pull(CASE, school.search(CASE).in_force().ref)
    folder = house.settings.data_dir
    key = read_key(folder / "demo-school" / "client.key.pem", folder / "keys" / "passphrase")
    other = Client(school.base_url, SCHOOL_CLIENT, key, root=stranger.keys.root_pem())
    with other, pytest.raises(UntrustedError, match="trust list"):
        other.verify_receipt(pulled)
    stranger.close()


def test_the_client_imports_no_part_of_the_server():
    script = "import certstore.client, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.split()
    own = {name.split(".")[1] for name in loaded if name.startswith("certstore.")}
    assert own == ALLOWED | {"client"}
    assert not {"fastapi", "starlette", "sqlalchemy", "pydantic", "jinja2"} & set(loaded)
