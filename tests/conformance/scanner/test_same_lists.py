"""The scanner page's JavaScript takes the lists that the Python takes, and refuses the others."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore.errors import CertstoreError
from certstore.presenting.signed_out import SignedOutDevices
from certstore.status_list import read_status_list
from certstore.trust import parse_trust_list
from tests.conformance.scanner.list_cases import device_cases, status_cases, trust_cases
from tests.conformance.scanner.test_same_verdicts import serve
from tests.unit.certstore.codes.sealed_house import NOW, house

HERE = Path(__file__).parent


@cache
def asked() -> dict[str, Any]:
    """The cases as JSON."""
    spki = house().root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "root": base64.b64encode(spki).decode(),
        "good": house().trust_jws(),
        "trust": [jws for _, jws in trust_cases()],
        "status": [base64.b64encode(token).decode() for _, token in status_cases()],
        "devices": [jws for _, jws in device_cases()],
    }


def taken(read: Callable[[], object]) -> bool:
    """Whether something is read without a refusal."""
    try:
        read()
    except CertstoreError:
        return False
    return True


@cache
def expected() -> dict[str, dict[str, bool]]:
    """What Python says of each list, by its name."""
    held = house().trust()
    return {
        "trust": {
            name: taken(lambda j=jws: parse_trust_list(j.strip(), house().root, NOW, outdated=True))
            for name, jws in trust_cases()
        },
        "status": {
            name: taken(lambda t=token: read_status_list(t, held)) for name, token in status_cases()
        },
        "devices": {
            name: taken(lambda j=jws: SignedOutDevices.parse(j, held))
            for name, jws in device_cases()
        },
    }


def named(answers: dict[str, list[bool]]) -> dict[str, dict[str, bool]]:
    """The scanner's answers by the names of the cases."""
    return {kind: dict(zip(expected()[kind], said, strict=True)) for kind, said in answers.items()}


def test_the_cases_are_of_both_kinds():
    for kind in expected().values():
        assert set(kind.values()) == {True, False}


def test_node_takes_the_same_lists():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: apt install nodejs")
    done = subprocess.run(
        [node, str(HERE / "read_lists.mjs")],
        input=json.dumps(asked()).encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert named(json.loads(done.stdout)) == expected()


@pytest.mark.browser
def test_chromium_takes_the_same_lists(chromium):
    page = chromium.new_context().new_page()
    page.route("https://scanner.example/**", serve)
    page.goto("https://scanner.example/")
    answers = page.evaluate(
        "async (asked) => (await import('/read_lists.mjs'))"
        ".readLists(asked, (name) => import(`/${name}.js`))",
        asked(),
    )
    page.context.close()
    assert named(answers) == expected()
