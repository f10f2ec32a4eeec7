"""Wallets nobody here wrote receive vouchers all ways; a verifier nobody here wrote checks them."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from certstore.certificates import Status
from certstore.clock import SystemClock
from certstore.jwk import to_jwk
from certstore.keys import Purpose
from certstore.sd_jwt import open_sd_jwt
from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.sealed import LIN, VOUCHER, ZHOU, become, resident, voucher
from tests.wallets import CSRF, challenge, seal, session_of, unsealed

SCRIPT = Path(__file__).parents[2] / "judges" / "wallet_receives.mjs"
SHOWN = ("residence_district", "valid_until")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Served at the present time, as strangers' libraries know no other."""
    if shutil.which("node") is None or not (SCRIPT.parent / "node_modules").exists():
        pytest.skip("node or tests/judges/node_modules is missing: npm ci in tests/judges")
    port = free_port()
    house = house_in(
        tmp_path_factory.mktemp("wallets"),
        clock=SystemClock(),
        public_url=f"http://127.0.0.1:{port}",
    )
    with serving(house, "127.0.0.1", port):
        yield house
    house.close()


class Judge:
    """The script at work; what it waits for is a file."""

    def __init__(self, house, folder, **task):
        status = house.keys.signer(Purpose.STATUS).public_key
        self.files = {name: folder / name for name in ("sealed", "revoked")}
        said = {
            "issuer": house.settings.public_url,
            "type": VOUCHER,
            "frame": dict.fromkeys(SHOWN, True),
            "statusKey": to_jwk(status),
            "count": 1,
            **{name: str(path) for name, path in self.files.items()},
            **task,
        }
        self.process = subprocess.Popen(
            ["node", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.process.stdin.write(json.dumps(said))
        self.process.stdin.close()

    def says(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def go_on(self, name):
        self.files[name].touch()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def check_received(house, said, count):
    """What the strangers saw is what was shown, and our own reader agrees."""
    assert said["typeName"] == "Residence Registration Voucher"
    assert said["integrityHolds"]
    assert len(said["seen"]) == count
    for seen in said["seen"]:
        payload = seen["payload"]
        assert {name: payload[name] for name in SHOWN} == {
            "residence_district": "海港区",
            "valid_until": "2027-11-24",
        }
        assert not {"name", "id_number", "residence_address", "identifier"} & payload.keys()
        assert seen["header"]["typ"] == "dc+sd-jwt"
        assert len(seen["header"]["x5c"]) == 1
        assert seen["kb"]["aud"] == "https://door.example"
    assert len({json.dumps(seen["payload"]["cnf"]) for seen in said["seen"]}) == count
    opened = [open_sd_jwt(text, house.trust) for text in said["credentials"]]
    digests = [digest for text in said["credentials"] for digest in text.split("~")[1:-1]]
    assert len(set(digests)) == len(digests)
    assert {o.claims["name"] for o in opened} == {LIN.name}


def revoke_and_see(house, judge, held):
    become(house, held, Status.REVOKED)
    judge.go_on("revoked")
    assert set(judge.says()["after"]) == {"Status is not valid"}


def test_a_batch_with_a_pre_authorized_code_and_digits(house, tmp_path):
    """By reference, ten at once, told that they are stored; refused once revoked."""
    held = voucher(house)
    made = house.wallet_offer_desk.make(resident(), held.ref)
    task = {"way": "pre", "offer": made.link, "txCode": made.tx_code, "count": 10}
    with Judge(house, tmp_path, **task) as judge:
        first = judge.says()
        assert first == {"signedMetadata": True, "tokenType": "DPoP", "waits": False}
        check_received(house, judge.says(), 10)
        ((copy, certificate), *_) = house.wallet_desk.copies(resident())
        assert (copy.state, len(copy.key_thumbprints), certificate.ref) == (
            "accepted",
            10,
            held.ref,
        )
        newest = house.holdings_desk.usage(resident())[0]
        assert newest.record["purpose"] == "wallet"
        assert newest.record["credentials"] == 10
        revoke_and_see(house, judge, held)


def test_the_wallet_begins_and_a_permits_holder_agrees(house, tmp_path):
    """Pushed request, PKCE, the consent page, `iss`, and the code for a token bound to its key."""
    held = seal(house, unsealed(house, ZHOU, "residence_permit"))
    task = {
        "way": "code",
        "type": "residence_permit",
        "frame": {"valid_until": True},
        "session": session_of(house, ZHOU),
        "csrf": CSRF,
    }
    with Judge(house, tmp_path, **task) as judge:
        assert judge.says()["tokenType"] == "DPoP"
        said = judge.says()
        assert said["typeName"] == "Residence Permit"
        assert said["seen"][0]["payload"]["valid_until"] == "2027-11-24"
        assert "household_address" not in said["seen"][0]["payload"]
        revoke_and_see(house, judge, held)


@pytest.mark.browser
def test_a_browser_is_sent_back_to_the_wallet(house, page):
    """The form's answer leads to another place, which no policy of ours may hold up."""
    held = voucher(house, ZHOU)
    port = free_port()
    place = f"http://127.0.0.1:{port}/received"
    page.route(f"{place}**", lambda route: route.fulfill(body="<title>wallet</title>"))
    base = house.settings.public_url
    form = {
        "response_type": "code",
        "client_id": "wallet",
        "redirect_uri": place,
        "scope": VOUCHER,
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    }
    pushed = httpx.post(f"{base}/wallets/par", data=form).json()
    page.context.add_cookies([{"name": "session", "value": session_of(house, ZHOU), "url": base}])
    page.goto(f"{base}/wallets/authorize?client_id=wallet&request_uri={pushed['request_uri']}")
    page.click('button[value="yes"]')
    page.wait_for_url(f"{place}?**")
    query = parse_qs(urlsplit(page.url).query)
    assert set(query) == {"code", "iss"}
    assert held.ref not in page.url


def test_a_certificate_that_is_not_sealed_yet_is_fetched_later(house, tmp_path):
    for held in house.holdings_desk.of(resident()):
        if held.status is Status.VALID:
            become(house, held, Status.REVOKED)
    draft = unsealed(house)
    task = {
        "way": "code",
        "session": session_of(house),
        "csrf": CSRF,
        "frame": {"residence_district": True},
    }
    with Judge(house, tmp_path, **task) as judge:
        assert judge.says()["waits"]
        assert judge.says() == {"stillWaits": True}
        held = seal(house, draft)
        judge.go_on("sealed")
        assert judge.says()["seen"][0]["payload"]["residence_district"] == "海港区"
        revoke_and_see(house, judge, held)


def test_an_offer_by_value_says_what_the_one_by_reference_says(house):
    held = voucher(house)
    made = house.wallet_offer_desk.make(resident(), held.ref)
    whole = json.loads(parse_qs(urlsplit(made.whole_link).query)["credential_offer"][0])
    by_reference = house.wallet_offer_desk.read(made.https_link.rpartition("/")[2])
    assert whole == by_reference
    assert made.expires_at - house.clock.now() <= timedelta(minutes=5)
