"""A wallet that nobody here wrote answers a request of ours, over a real connection."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from certstore.certificates import Status
from certstore.clock import unix
from certstore.jwk import to_jwk
from certstore.keys import Purpose
from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.sealed import LIN, become, voucher
from tests.showing_wallet import Wallet

WALLET = Path(__file__).parents[2] / "judges" / "wallet_answer.mjs"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    built = house_in(tmp_path_factory.mktemp("judged"), public_url=url)
    with serving(built, "127.0.0.1", port):
        yield built
    built.close()


@pytest.fixture(scope="module")
def http(house):
    with httpx.Client(base_url=house.settings.public_url) as client:
        yield client


def shown(house, http, held, keep):
    """What the foreign wallet did, and the verdict."""
    wallet = Wallet.holding(house, held)
    made = http.post(
        "/v1/verify/wallet-requests", json={"wanted": "minimal", "verifier": "望江酒店"}
    ).json()
    case = {
        "link": made["link"],
        "root": http.get("/.well-known/certstore-root.pem").text,
        "credential": wallet.credential,
        "holder": ECKey.import_key(wallet.key).as_dict(private=True),
        "statusKey": to_jwk(house.keys.signer(Purpose.STATUS).public_key),
        "keep": keep,
        "now": unix(house.clock.now()),
    }
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: apt install nodejs")
    done = subprocess.run(
        [node, WALLET],
        input=json.dumps(case),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = http.post(
        f"/v1/verify/wallet-requests/{made['ref']}:result", json={"secret": made["secret"]}
    )
    return json.loads(done.stdout), result.json()["verdict"]


def test_a_foreign_wallet_shows_a_voucher_and_is_refused_after_revocation(house, http):
    held = voucher(house)
    did, verdict = shown(house, http, held, ["name", "valid_until"])
    assert (did["itself"], did["prefix"]) == ("good", "x509_hash")
    assert did["claims"] == [["name"], ["valid_until"]]
    assert (did["status"], did["said"]) == (200, {})
    assert (verdict["verdict"], verdict["fields"]["name"]) == ("valid", LIN.name)
    become(house, held, Status.REVOKED)
    did, verdict = shown(house, http, held, ["name", "valid_until"])
    assert "Status is not valid" in did["itself"]
    assert (verdict["verdict"], verdict["reasons"]) == ("revoked", ["STATUS_REVOKED"])


def test_a_foreign_wallet_that_shows_more_than_was_asked_shows_nothing(house, http):
    _, verdict = shown(house, http, voucher(house), ["name", "valid_until", "id_number"])
    assert (verdict["verdict"], verdict["reasons"]) == ("malformed", ["MORE_THAN_ASKED"])
    assert verdict["fields"] == {}
