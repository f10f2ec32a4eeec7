"""A verifier asks a wallet over HTTP: shown once, on record with the holder, refused if it must."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from fastapi.testclient import TestClient

from certstore.certificates import Status
from certstore.service.app import create_app
from tests.house import house_in
from tests.sealed import LIN, become, resident, voucher
from tests.showing_wallet import SHOWN, Wallet, answered, fetched, sealed

REQUESTS = "/v1/verify/wallet-requests"
NO_LIMITS = {"limit_verify": 0}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("wallets"), **NO_LIMITS)
    yield built
    built.close()


@pytest.fixture(scope="module")
def app(house):
    return create_app(house)


@pytest.fixture
def http(house, app):
    return TestClient(app, base_url=house.settings.public_url, follow_redirects=False)


@pytest.fixture(scope="module")
def wallet(house):
    return Wallet.holding(house, voucher(house))


def asked(http, wanted="minimal", verifier="望江酒店前台"):
    answer = http.post(REQUESTS, json={"wanted": wanted, "verifier": verifier})
    assert answer.status_code == 201, answer.text
    return answer.json()


def outcome(http, made):
    answer = http.post(f"{REQUESTS}/{made['ref']}:result", json={"secret": made["secret"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(request, presentation):
    return {"vp_token": {"residence": [presentation]}, "state": request["state"]}


def shown(http, wallet, keep=None, wanted="minimal", **how):
    """What comes of it when the wallet shows what was asked, or what `keep` and `how` change."""
    made = asked(http, wanted)
    request = fetched(http, made["link"])
    presentation = wallet.present(request, keep or SHOWN[wanted], **how)
    taken = answered(http, request, said(request, presentation))
    assert (taken.status_code, taken.json()) == (200, {})
    return outcome(http, made)["verdict"]


def scans(house):
    return [u for u in house.holdings_desk.usage(resident(LIN)) if u.kind == "scan"]


def test_what_was_asked_is_shown_once_and_stands_in_the_holders_list(house, http, wallet):
    before = len(scans(house))
    made = asked(http)
    assert outcome(http, made) == {"state": "waiting", "error": "", "verdict": None}
    request = fetched(http, made["link"])
    presentation = wallet.present(request, SHOWN["minimal"])
    assert answered(http, request, said(request, presentation), enc="A256GCM").json() == {}
    found = outcome(http, made)
    verdict = found["verdict"]
    assert (found["state"], verdict["verdict"], verdict["reasons"]) == ("answered", "valid", [])
    fields = verdict["fields"]
    assert (fields["name"], fields["valid_to"]) == (LIN.name, "2027-11-24")
    assert fields["type"] == "residence_voucher"
    assert not {"id_number", "residence_address", "residence_district"} & fields.keys()
    assert outcome(http, made) == {"state": "over", "error": "", "verdict": None}
    newest = scans(house)[0]
    assert len(scans(house)) == before + 1
    assert newest.record["claimed_by"] == "望江酒店前台"
    assert {"name", "valid_to", "status"} <= set(newest.record["fields"])
    assert "residence_address" in newest.record["other_fields"]


def test_the_request_is_as_the_profile_wants_it(http):
    made = asked(http, "district")
    request = fetched(http, made["link"], nonce="wallet-nonce-1")
    (jwk,) = request["client_metadata"]["jwks"]["keys"]
    (query,) = request["dcql_query"]["credentials"]
    assert request["wallet_nonce"] == "wallet-nonce-1"
    assert (request["response_type"], request["response_mode"]) == ("vp_token", "direct_post.jwt")
    assert 270 <= request["exp"] - request["iat"] <= 300  # made when it was asked for, read since
    assert (jwk["crv"], jwk["use"], jwk["alg"], "d" in jwk) == ("P-256", "enc", "ECDH-ES", False)
    assert request["client_metadata"]["encrypted_response_enc_values_supported"] == [
        "A128GCM",
        "A256GCM",
    ]
    assert query["format"] == "dc+sd-jwt"
    assert [c["path"] for c in query["claims"]] == [["residence_district"], ["valid_until"]]
    assert [v.rpartition("/")[2] for v in query["meta"]["vct_values"]] == ["residence_voucher"]
    assert "wallet_nonce" not in fetched(http, made["link"])
    other = fetched(http, asked(http)["link"])
    assert not {request["nonce"], request["state"], jwk["x"]} & {
        other["nonce"],
        other["state"],
        other["client_metadata"]["jwks"]["keys"][0]["x"],
    }


def test_refused_after_revocation_and_told_what_became_of_it(house, http):
    held = voucher(house)
    wallet = Wallet.holding(house, held)
    assert shown(http, wallet)["verdict"] == "valid"
    become(house, held, Status.REVOKED)
    assert shown(http, wallet)["verdict"] == "revoked"


def test_a_response_is_taken_once_and_for_its_own_request(http, wallet):
    made, other = asked(http), asked(http)
    request, second = fetched(http, made["link"]), fetched(http, other["link"])
    good = said(request, wallet.present(request, SHOWN["minimal"]))
    # sealed for the second request, but the answer to the first
    elsewhere = answered(http, second, good)
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_request")
    stolen = http.post(
        f"{REQUESTS}/{other['ref']}/response", data={"response": sealed(request, good)}
    )
    assert stolen.status_code == 400
    assert outcome(http, other)["state"] == "waiting"
    assert answered(http, request, good).status_code == 200
    assert answered(http, request, good).status_code == 409
    # and its presentation is worth nothing where somebody else asks
    again = {**good, "state": second["state"]}
    assert answered(http, second, again).status_code == 200
    verdict = outcome(http, other)["verdict"]
    assert (verdict["verdict"], verdict["reasons"]) == ("replayed", ["SHOWN_TO_ANOTHER"])
    assert verdict["fields"] == {}


def test_of_answers_at_the_same_moment_one_is_taken(house, app, http, wallet):
    before = len(scans(house))
    made = asked(http)
    request = fetched(http, made["link"])
    good = said(request, wallet.present(request, SHOWN["minimal"]))
    start, found = Barrier(4), []

    def send():
        client = TestClient(app, base_url=house.settings.public_url)
        start.wait()
        found.append(answered(client, request, good).status_code)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 409, 409, 409]
    assert len(scans(house)) == before + 1


def test_a_wallet_that_gives_nothing_is_told_kindly(http):
    for sealed_error in (True, False):
        made = asked(http)
        request = fetched(http, made["link"])
        no = {"error": "access_denied", "state": request["state"]}
        if sealed_error:
            taken = answered(http, request, no)
        else:
            taken = http.post(f"{REQUESTS}/{made['ref']}/response", data=no)
        assert taken.status_code == 200
        found = outcome(http, made)
        assert (found["state"], found["error"], found["verdict"]) == (
            "answered",
            "access_denied",
            None,
        )
    made = asked(http)
    request = fetched(http, made["link"])
    strange = {"error": "<script>", "state": request["state"]}
    assert answered(http, request, strange).status_code == 200
    assert outcome(http, made)["error"] == "other"


def test_a_request_lives_five_minutes_and_its_secret_opens_it(house, http, wallet):
    made = asked(http)
    request = fetched(http, made["link"])
    wrong = http.post(f"{REQUESTS}/{made['ref']}:result", json={"secret": "x"})
    assert wrong.status_code == 404
    house.clock.skip(timedelta(minutes=5, seconds=1))
    late = answered(http, request, said(request, wallet.present(request, SHOWN["minimal"])))
    assert late.status_code == 410
    assert http.get(f"{REQUESTS}/{made['ref']}/request").status_code == 410
    assert outcome(http, made)["state"] == "over"
    house.clock.skip(timedelta(minutes=5))
    house.wallet_question_desk.forget()
    assert http.get(f"{REQUESTS}/{made['ref']}/request").status_code == 404


HOSTILE_BODIES = {
    "nothing": b"",
    "no form": b"\xff\xfe",
    "no response": b"vp_token=x",
    "twice": b"response=a&response=b",
    "not sealed": b"response=eyJhbGciOiJub25lIn0.e30.",
    "five empty parts": b"response=....",
    "error of nobody": b"error=access_denied",
    "error of another": b"error=access_denied&state=xxxx",
    "broken escapes": b"response=%zz",
}


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_a_body_that_is_no_answer_changes_nothing(http, body):
    made = asked(http)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"{REQUESTS}/{made['ref']}/response"
    refused = http.post(path, content=body, headers=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert outcome(http, made)["state"] == "waiting"


def test_a_body_beyond_measure_is_not_read(http):
    made = asked(http)
    path = f"{REQUESTS}/{made['ref']}/response"
    for size in (70_000, 1 << 20):
        assert http.post(path, data={"response": "a" * size}).status_code == 413


def test_an_answer_nobody_looks_at_is_shown_no_more_after_ten_minutes(house, http, wallet):
    made = asked(http)
    request = fetched(http, made["link"])
    answered(http, request, said(request, wallet.present(request, SHOWN["minimal"])))
    house.clock.skip(timedelta(minutes=10, seconds=1))
    assert outcome(http, made)["state"] == "over"


def test_on_one_device_only_who_is_led_back_sees_it(house, app, http, wallet):
    form = {"wanted": "minimal", "verifier": "", "device": "same"}
    led = http.post("/scan/wallet", data=form)
    place = led.headers["location"]
    waiting = http.get(place)
    link = waiting.text.split('href="openid4vp:')[1].split('"')[0].replace("&amp;", "&")
    request = fetched(http, f"openid4vp:{link}")
    good = said(request, wallet.present(request, SHOWN["minimal"]))
    back = answered(http, request, good).json()["redirect_uri"]
    assert back.startswith(f"{house.settings.public_url}{place}?response_code=")
    assert http.get(f"{place}/standing").json() == {"standing": "waiting"}  # not by the code
    stranger = TestClient(app, base_url=house.settings.public_url, follow_redirects=False)
    assert stranger.get(back).headers["location"] == "/scan/wallet"
    code = back.rpartition("=")[2]
    assert stranger.post(place, data={"response_code": code}).status_code == 404
    assert 'id="look"' in http.get(back).text
    seen = http.post(place, data={"response_code": code})
    assert LIN.name[0] in seen.text
    assert http.post(place, data={"response_code": code}).status_code == 303
    assert "5 分钟内没有人出示" in http.get(back).text


def test_the_page_shows_a_code_then_the_outcome_once(http, wallet):
    led = http.post("/scan/wallet", data={"wanted": "district", "device": "other"})
    place = led.headers["location"]
    cookie = led.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert '<svg class="qr"' in http.get(place).text
    assert http.post(place).headers["location"] == place  # nobody has answered
    missing = http.post("/scan/wallet", data={"verifier": "x\u202e"})
    assert missing.status_code == 422
    assert "请选要看什么" in missing.text


def test_what_is_kept_between_answer_and_look_is_sealed_and_goes(house, http, wallet):
    made = asked(http)
    request = fetched(http, made["link"])
    answered(http, request, said(request, wallet.present(request, SHOWN["minimal"])))
    with house.archive.reading() as books:
        row = books.wallet_questions.find(made["ref"])
    assert row.answer_key is None
    assert LIN.name.encode() not in row.answer
    assert json.dumps(LIN.name)[1:-1].encode() not in row.answer
    outcome(http, made)
    with house.archive.reading() as books:
        assert books.wallet_questions.find(made["ref"]).answer is None
