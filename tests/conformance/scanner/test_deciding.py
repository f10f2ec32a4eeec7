"""What a device decides by itself: a code counts once however it is spelled, by a right clock."""

import base64
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore.clock import unix
from tests.conformance.scanner.corpus_cases import ORDER, message, sealed, spelled, trust_lists
from tests.unit.certstore.codes.sealed_house import HOUR, NOW

HERE = Path(__file__).parent
SECOND = timedelta(seconds=1)


def decided(*steps, made=NOW):
    """The answers of a device whose lists were made at a moment; a step: text, on line, when."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: apt install nodejs")
    spki = sealed().root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    asked = {
        "root": base64.b64encode(spki).decode(),
        "trust": trust_lists()["usual"],
        "list": base64.b64encode(sealed().status_cwt(now=made)).decode(),
        "now": unix(made),
        "steps": [{"text": t, "on_line": on, "now": unix(now)} for t, on, now in steps],
    }
    done = subprocess.run(
        [node, str(HERE / "decide_codes.mjs")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def respelled(code):
    """The same code with the other signature that its key's owner might have made: s as n - s."""
    data = message(code)
    data[-32:] = (ORDER - int.from_bytes(data[-32:], "big")).to_bytes(32, "big")
    return spelled(data, code.partition(":")[0])


def test_a_code_redeemed_on_line_is_used_up_off_line_however_it_is_spelled():
    for code in (sealed().on_line(), sealed().off_line()):
        again = respelled(code)
        assert again != code
        first, same, other = decided((code, True, NOW), (code, False, NOW), (again, False, NOW))
        assert first["verdict"] == "valid"
        assert same["verdict"] == other["verdict"] == "replayed"
        (alone,) = decided((again, False, NOW))
        assert alone["verdict"] == "valid"


def test_a_clock_set_back_makes_no_dead_code_live():
    code, later = sealed().on_line(), NOW + HOUR
    dead, revived = decided((code, False, later), (code, False, NOW), made=later)
    assert (dead["verdict"], dead["reasons"]) == ("expired", ["CODE_EXPIRED"])
    assert (revived["verdict"], revived["reasons"]) == ("stale_list", ["CLOCK_BEHIND"])
    assert revived["fields"] == {}
    code, least = sealed().printed(), NOW - 30 * SECOND
    within, beyond = decided((code, False, least), (code, False, least - SECOND))
    assert (within["verdict"], beyond["reasons"]) == ("valid", ["CLOCK_BEHIND"])


def test_while_no_number_is_looked_at_the_device_says_so_and_not_that_the_network_is_down():
    refused, off_line = decided(("000 000 000", True, NOW), ("000000000", False, NOW))
    assert refused == {}  # TOO_MANY_WRONG
    assert off_line is None
