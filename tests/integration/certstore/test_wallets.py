"""Certificates put into wallets: what a wallet is given, and what it is refused, in which words."""

import hashlib
import json
from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml.html import fromstring

from certstore.certificates import Status
from certstore.errors import NotFoundError, RateLimitedError
from certstore.jwk import thumbprint
from certstore.keys import generate
from certstore.sd_jwt import open_sd_jwt
from certstore.service.app import create_app
from certstore.wallets.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED
from tests.house import house_in
from tests.integration.certstore.test_ledger_fails_closed import mend, spoil
from tests.sealed import LIN, VOUCHER, ZHOU, become, handed_in, resident, voucher
from tests.wallets import CSRF, REDIRECT, VERIFIER, Wallet, seal, session_of, unsealed

ISSUER = "/.well-known/openid-credential-issuer"
SERVER = "/.well-known/oauth-authorization-server/wallets"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("wallets"), limit_token=0)
    yield built
    built.close()


@pytest.fixture(scope="module")
def client(house):
    return TestClient(create_app(house), base_url=house.settings.public_url)


@pytest.fixture
def wallet(house, client):
    return Wallet(house, client)


@pytest.fixture
def held(house):
    return voucher(house)


@pytest.fixture
def admitted(wallet, held):
    """A wallet that has a token for a voucher."""
    offer, digits = wallet.offer(held.ref)
    assert wallet.redeem(offer, digits).status_code == 200
    return wallet


def refused(answer, error, status=400):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["dpop-nonce"]
    assert answer.json()["error"] == error, answer.text
    return True


# -- what everybody may read -----------------------------------------------------------------


def test_metadata_name_every_place_and_every_place_is_there(house, client):
    origin = house.settings.public_url
    said = client.get(ISSUER).json()
    assert said["credential_issuer"] == origin
    assert said["authorization_servers"] == [f"{origin}/wallets"]
    assert said["batch_credential_issuance"] == {"batch_size": 10}
    assert "credential_response_encryption" not in said
    known = client.get(SERVER).json()
    assert known["issuer"] == f"{origin}/wallets"
    assert known["require_pushed_authorization_requests"] is True
    assert set(known["scopes_supported"]) == set(said["credential_configurations_supported"])
    for place in (*said.values(), *known.values()):
        if str(place).startswith(f"{origin}/wallets/"):
            assert client.post(place.removeprefix(origin)).status_code != 404, place


def test_metadata_are_signed_for_whom_asks(house, client):
    answer = client.get(ISSUER, headers={"Accept": "application/jwt"})
    assert answer.headers["content-type"] == "application/jwt"
    assert answer.headers["vary"] == "Accept"


def test_a_type_says_its_names_and_the_credential_holds_the_digest(house, client, admitted):
    (given,) = admitted.ask([admitted.proof(admitted.c_nonce())]).json()["credentials"]
    claims = open_sd_jwt(given["credential"], house.trust).claims
    answer = client.get(urlsplit(str(claims["vct"])).path)
    digest = b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert claims["vct#integrity"] == f"sha256-{digest}"
    said = answer.json()
    assert said["vct"] == claims["vct"]
    assert {each["locale"]: each["name"] for each in said["display"]} == {
        "zh-CN": "居住登记凭证",
        "en": "Residence Registration Voucher",
    }
    etag = {"If-None-Match": answer.headers["etag"]}
    assert client.get(urlsplit(str(claims["vct"])).path, headers=etag).status_code == 304
    assert client.get("/credentials/lease_filing").status_code == 404


def test_a_credential_shows_nothing_that_its_holder_does_not(house, admitted, held):
    (given,) = admitted.ask([admitted.proof(admitted.c_nonce())]).json()["credentials"]
    signed = given["credential"].partition("~")[0]
    bare = open_sd_jwt(f"{signed}~", house.trust).claims
    assert not {"identifier", *held.fields} & bare.keys()
    assert held.identifier not in json.dumps(bare)
    assert bare["exp"] == 1_827_071_999  # the end of 2027-11-24 in China
    assert set(bare["cnf"]["jwk"]) == {"kty", "crv", "x", "y"}
    assert bare["status"]["status_list"]["idx"] == held.status_entry.index


# -- offers and their codes --------------------------------------------------------------------


def test_a_code_is_taken_once(wallet, held):
    offer, digits = wallet.offer(held.ref)
    assert wallet.redeem(offer, digits).json()["token_type"] == "DPoP"
    assert refused(wallet.redeem(offer, digits), "invalid_grant")


def test_the_offer_is_gone_once_it_was_taken(house, client, wallet, held):
    made = house.wallet_offer_desk.make(resident(), held.ref)
    path = urlsplit(made.https_link).path
    offer = client.get(path).json()
    assert wallet.redeem(offer, made.tx_code).status_code == 200
    assert refused(client.get(path), "invalid_request", 404)
    assert refused(client.get("/wallets/offers/x"), "invalid_request")


def test_five_wrong_digits_end_an_offer(wallet, held):
    offer, digits = wallet.offer(held.ref)
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert refused(wallet.redeem(offer, wrong), "invalid_grant")
    assert refused(wallet.redeem(offer, digits), "invalid_grant")


def test_four_wrong_digits_do_not(wallet, held):
    offer, digits = wallet.offer(held.ref)
    for _ in range(4):
        wallet.redeem(offer, "x")
    assert wallet.redeem(offer, digits).status_code == 200


@pytest.mark.parametrize("tx_code", ["", "1" * 21, "\uff11\uff12\uff13\uff14\uff15\uff16"])
def test_digits_that_are_none_cost_no_try(wallet, held, tx_code):
    offer, digits = wallet.offer(held.ref)
    for _ in range(5):
        assert refused(wallet.redeem(offer, tx_code), "invalid_request")
    assert wallet.redeem(offer, digits).status_code == 200


def test_digits_of_another_offer_are_wrong(wallet, held):
    (offer, _), (_, digits) = wallet.offer(held.ref), wallet.offer(held.ref)
    assert refused(wallet.redeem(offer, digits), "invalid_grant")


def test_an_offer_ends_after_five_minutes(house, wallet, held):
    offer, digits = wallet.offer(held.ref)
    house.clock.skip(timedelta(minutes=5, seconds=1))
    wallet.fresh_nonce()
    assert refused(wallet.redeem(offer, digits), "invalid_grant")


def test_ten_offers_an_hour_and_no_more(house, held):
    for _ in range(10):
        house.wallet_offer_desk.make(resident(), held.ref)
    with pytest.raises(RateLimitedError):
        house.wallet_offer_desk.make(resident(), held.ref)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "x"}, "unsupported_grant_type"),
        ({"grant_type": PRE_AUTHORIZED, "tx_code": "1"}, "invalid_request"),
        ({"grant_type": PRE_AUTHORIZED, "pre-authorized_code": "x"}, "invalid_request"),
        (
            {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": "x", "tx_code": "1"},
            "invalid_grant",
        ),
        ({"grant_type": AUTHORIZATION_CODE, "code": "x"}, "invalid_request"),
        ({"grant_type": PRE_AUTHORIZED, "resource": "https://evil.example"}, "invalid_target"),
    ],
)
def test_a_token_request_that_is_none_is_refused_in_the_words_of_oauth(wallet, form, error):
    assert refused(wallet.ask_token(form), error)


def test_without_a_proof_of_possession_there_is_no_token_and_the_code_stays_good(
    client, wallet, held
):
    offer, digits = wallet.offer(held.ref)
    code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, "tx_code": digits}
    assert refused(client.post("/wallets/token", data=form), "invalid_dpop_proof")
    wallet.fresh_nonce()
    headers = {"DPoP": wallet.dpop("/wallets/token", nonce=...)}
    answer = client.post("/wallets/token", data=form, headers=headers)
    assert refused(answer, "use_dpop_nonce")
    stale = {"DPoP": wallet.dpop("/wallets/token", nonce="x" * 59)}
    assert refused(client.post("/wallets/token", data=form, headers=stale), "use_dpop_nonce")
    two = [("DPoP", wallet.dpop("/wallets/token")), ("DPoP", wallet.dpop("/wallets/token"))]
    assert refused(client.post("/wallets/token", data=form, headers=two), "invalid_dpop_proof")
    again = {"DPoP": wallet.dpop("/wallets/token", jti="one-and-the-same")}
    assert client.post("/wallets/token", data=form, headers=again).status_code == 200
    assert refused(client.post("/wallets/token", data=form, headers=again), "invalid_dpop_proof")


# -- what the wallet begins ----------------------------------------------------------------------


def agreed(house, client, wallet, holder=LIN, *, give="yes", certificate=None, **changes):
    """Push, follow the link as a holder, answer; the query that the wallet is sent."""
    pushed = wallet.push(**changes)
    assert pushed.status_code == 201, pushed.text
    asked = {"client_id": "wallet", "request_uri": pushed.json()["request_uri"]}
    first = client.get("/wallets/authorize", params=asked, follow_redirects=False)
    assert first.status_code == 303
    cookie = {"Cookie": f"session={session_of(house, holder)}"}
    page = client.get(first.headers["location"], headers={**cookie, "Accept": "text/html"})
    assert page.status_code == 200
    if certificate is None and 'name="certificate" value="' in page.text:
        certificate = page.text.partition('name="certificate" value="')[2][:20]
    form = {"csrf": CSRF, "give": give, "certificate": certificate or ""}
    return client.post(first.headers["location"], data=form, headers=cookie, follow_redirects=False)


def query_of(answer):
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    return {n: v[0] for n, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def by_code(wallet, query, **changes):
    form = {
        "grant_type": AUTHORIZATION_CODE,
        "code": query["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": "wallet",
    }
    return wallet.ask_token({n: v for n, v in (form | changes).items() if v is not None})


def test_the_answer_says_who_answers_and_for_which_request(house, client, wallet, held):
    said = query_of(agreed(house, client, wallet, state="wallet-state"))
    assert said["iss"] == f"{house.settings.public_url}/wallets"
    assert said["state"] == "wallet-state"
    assert by_code(wallet, said).status_code == 200


def test_a_holder_may_say_no(house, client, wallet, held):
    said = query_of(agreed(house, client, wallet, give="no"))
    assert (said["error"], said.get("code")) == ("access_denied", None)
    assert said["iss"] == f"{house.settings.public_url}/wallets"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "invalid_grant"),
        ({"client_id": None}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "v" * 42}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code": "x" * 43}, "invalid_grant"),
    ],
)
def test_a_stolen_code_is_worth_nothing_and_stays_good_for_its_owner(
    house, client, wallet, held, changes, error
):
    said = query_of(agreed(house, client, wallet))
    assert refused(by_code(wallet, said, **changes), error)
    assert by_code(wallet, said).status_code == 200


def test_a_code_used_twice_ends_what_it_gave(house, client, wallet, held):
    said = query_of(agreed(house, client, wallet))
    assert by_code(wallet, said).status_code == 200
    token = wallet.access_token
    assert refused(by_code(wallet, said), "invalid_grant")
    wallet.access_token = token
    answer = wallet.ask([wallet.proof(wallet.c_nonce(), iss="wallet")])
    assert refused(answer, "invalid_token", 401)


def test_a_code_lives_a_minute(house, client, wallet, held):
    said = query_of(agreed(house, client, wallet))
    house.clock.skip(timedelta(seconds=61))
    assert refused(by_code(wallet, said), "invalid_grant")


def test_a_request_bound_to_a_key_gives_no_token_to_another(house, client, wallet, held):
    other = generate("ES256")
    said = query_of(agreed(house, client, wallet, dpop_jkt=thumbprint(other.public_key())))
    assert refused(by_code(wallet, said), "invalid_grant")
    wallet.key = other
    assert by_code(wallet, said).status_code == 200


def test_an_address_of_a_request_is_used_once_by_its_client_within_its_time(house, client, wallet):
    def begin(uri, client_id="wallet"):
        params = {"client_id": client_id, "request_uri": uri}
        return client.get("/wallets/authorize", params=params, follow_redirects=False).status_code

    uri = wallet.push().json()["request_uri"]
    assert begin(uri, "other") == 400
    assert begin(uri) == 303
    assert begin(uri) == 400
    late = wallet.push().json()["request_uri"]
    house.clock.skip(timedelta(seconds=91))
    assert begin(late) == 400
    assert begin("urn:ietf:params:oauth:request_uri:x") == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"redirect_uri": "javascript:/alert(1)"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"client_id": None}, "invalid_request"),
        ({"client_id": "x" * 256}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "residence_voucher residence_permit"}, "invalid_scope"),
        ({"resource": "https://evil.example"}, "invalid_target"),
        ({"request": "eyJ"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"issuer_state": "someone else's"}, "invalid_request"),
        ({"state": "x" * 501}, "invalid_request"),
        ({"dpop_jkt": "x" * 44}, "invalid_request"),
    ],
)
def test_a_pushed_request_that_is_wrong_is_refused(wallet, changes, error):
    assert refused(wallet.push(**changes), error)


def test_nobody_gives_away_what_is_not_theirs(house, client, wallet, held):
    """Zhou, signed in, names Lin's voucher; and nobody gets one by another's offer."""
    voucher(house, ZHOU)
    answer = agreed(house, client, wallet, ZHOU, certificate=held.ref)
    assert answer.status_code == 409
    offer, _ = wallet.offer(held.ref)
    state = offer["grants"][AUTHORIZATION_CODE]["issuer_state"]
    answer = agreed(house, client, wallet, ZHOU, issuer_state=state)
    assert answer.status_code == 409
    assert "code" in query_of(agreed(house, client, wallet, issuer_state=state))


def test_of_several_the_holder_says_which(house, client, wallet):
    both = [voucher(house), voucher(house)]
    unsaid = agreed(house, client, wallet, certificate=" ")
    assert unsaid.status_code == 409
    asked = {"client_id": "wallet", "request_uri": wallet.push().json()["request_uri"]}
    place = client.get("/wallets/authorize", params=asked, follow_redirects=False).headers[
        "location"
    ]
    cookie = {"Cookie": f"session={session_of(house)}"}
    form = {"csrf": CSRF, "give": "yes"}
    again = client.post(place, data=form, headers=cookie)
    assert again.status_code == 422
    assert 'href="#certificate"' in again.text
    form["certificate"] = both[0].ref
    said = query_of(client.post(place, data=form, headers=cookie, follow_redirects=False))
    assert by_code(wallet, said).status_code == 200
    house_grant = wallet.ask([wallet.proof(wallet.c_nonce(), iss="wallet")])
    (given,) = house_grant.json()["credentials"]
    claims = open_sd_jwt(given["credential"], house.trust).claims
    assert claims["identifier"] == both[0].identifier


def test_a_request_is_answered_once_and_within_ten_minutes(house, client, wallet, held):
    asked = {"client_id": "wallet", "request_uri": wallet.push().json()["request_uri"]}
    first = client.get("/wallets/authorize", params=asked, follow_redirects=False)
    cookie = {"Cookie": f"session={session_of(house)}"}
    form = {"csrf": CSRF, "give": "yes", "certificate": held.ref}
    place = first.headers["location"]
    bad = client.post(place, data={**form, "csrf": "x"}, headers=cookie, follow_redirects=False)
    assert bad.status_code == 403
    policy = client.get(place, headers=cookie).headers["content-security-policy"]
    assert "form-action" not in policy
    done = client.post(place, data=form, headers=cookie, follow_redirects=False)
    assert "code" in query_of(done)
    assert client.post(place, data=form, headers=cookie).status_code == 404
    late = wallet.push().json()["request_uri"]
    params = {"client_id": "wallet", "request_uri": late}
    place = client.get("/wallets/authorize", params=params, follow_redirects=False).headers[
        "location"
    ]
    house.clock.skip(timedelta(minutes=10))
    cookie = {"Cookie": f"session={session_of(house)}"}
    assert client.post(place, data=form, headers=cookie).status_code == 404


# -- credentials ---------------------------------------------------------------------------------


def test_a_token_without_its_key_opens_nothing(client, admitted):
    proof = admitted.proof(admitted.c_nonce())
    body = {"credential_configuration_id": VOUCHER, "proofs": {"jwt": [proof]}}
    path = "/wallets/credential"
    thief = admitted.post(path, body, key=generate("ES256"))
    assert refused(thief, "invalid_token", 401)
    assert thief.headers["www-authenticate"].startswith(
        'DPoP algs="ES256 EdDSA", error="invalid_token"'
    )
    assert refused(admitted.post(path, body, ath=...), "invalid_dpop_proof", 401)
    assert refused(admitted.post(path, body, htu="https://evil.example"), "invalid_dpop_proof", 401)
    assert refused(admitted.post(path, body, nonce=...), "use_dpop_nonce", 401)
    bearer = {"Authorization": f"Bearer {admitted.access_token}"}
    assert refused(client.post(path, json=body, headers=bearer), "invalid_token", 401)
    nobody = client.post(path, json=body)
    assert refused(nobody, "invalid_token", 401)
    assert nobody.headers["www-authenticate"] == 'DPoP algs="ES256 EdDSA"'
    assert admitted.post(path, body).status_code == 200


def test_a_token_ends_after_an_hour(house, admitted):
    house.clock.skip(timedelta(hours=1))
    answer = admitted.ask([admitted.proof(admitted.c_nonce())])
    assert refused(answer, "invalid_token", 401)


def test_a_c_nonce_is_good_for_one_request(admitted):
    nonce = admitted.c_nonce()
    assert admitted.ask([admitted.proof(nonce), admitted.proof(nonce)]).status_code == 200
    assert refused(admitted.ask([admitted.proof(nonce)]), "invalid_nonce")


@pytest.mark.parametrize("which", ["dpop", "random", "old"])
def test_a_c_nonce_of_another_kind_or_too_old_is_none(house, admitted, which):
    nonce = {"dpop": admitted.fresh_nonce, "random": lambda: "x" * 59, "old": admitted.c_nonce}[
        which
    ]()
    if which == "old":
        house.clock.skip(timedelta(minutes=6))
        admitted.fresh_nonce()
    assert refused(admitted.ask([admitted.proof(nonce)]), "invalid_nonce")


def test_each_credential_has_a_key_of_its_own(admitted):
    key, nonce = generate("ES256"), admitted.c_nonce()
    proofs = [admitted.proof(nonce, key=key), admitted.proof(nonce, key=key, iat=...)]
    assert refused(admitted.ask(proofs), "invalid_proof")
    proofs = [admitted.proof(nonce, key=key), admitted.proof(nonce, key=key)]
    assert refused(admitted.ask(proofs), "invalid_proof")
    assert admitted.ask(proofs[:1]).status_code == 200


def test_one_bad_proof_in_a_batch_and_nothing_is_given(house, admitted):
    nonce = admitted.c_nonce()
    before = len(house.wallet_desk.copies(resident()))
    proofs = [admitted.proof(nonce), admitted.proof(nonce, aud="https://evil.example")]
    assert refused(admitted.ask(proofs), "invalid_proof")
    assert len(house.wallet_desk.copies(resident())) == before


def test_thirty_credentials_on_one_token_and_no_more(admitted):
    for _ in range(3):
        nonce = admitted.c_nonce()
        proofs = [admitted.proof(nonce) for _ in range(10)]
        assert len(admitted.ask(proofs).json()["credentials"]) == 10
    answer = admitted.ask([admitted.proof(admitted.c_nonce())])
    assert refused(answer, "credential_request_denied")


def test_a_token_for_a_voucher_gives_no_permit(admitted):
    answer = admitted.ask([admitted.proof(admitted.c_nonce())], "residence_permit")
    assert refused(answer, "invalid_token", 401)


@pytest.mark.parametrize("status", [Status.REVOKED, Status.LOST, Status.SUPERSEDED])
def test_what_is_not_in_force_any_more_is_given_to_no_wallet(house, admitted, held, status):
    become(house, held, status)
    answer = admitted.ask([admitted.proof(admitted.c_nonce())])
    assert refused(answer, "credential_request_denied")


@pytest.mark.parametrize(
    "body", [b'{"proofs":{"jwt":[]},"proofs":{"jwt":["x"]}}', b"[]", b"\xff", b"[" * 200_000]
)
def test_a_body_that_cannot_be_read_is_refused(admitted, body):
    answer = admitted.post("/wallets/credential", body)
    if len(body) > 100_000:
        assert refused(answer, "invalid_request", 413)
    else:
        assert refused(answer, "invalid_credential_request")


def test_what_was_given_is_on_the_holders_list_with_its_place_in_the_ledger(house, admitted, held):
    admitted.ask([admitted.proof(admitted.c_nonce())])
    newest = house.holdings_desk.usage(resident())[0]
    assert newest.record["purpose"] == "wallet"
    assert newest.record["certificate_ref"] == held.ref
    assert {"name", "id_number", "identifier"} <= set(newest.record["fields"])
    house.ledger_desk.checkpoint()
    judged, _ = house.ledger_desk.judge(house.ledger_desk.proof(newest))
    assert judged.good


def test_where_nothing_can_be_recorded_nothing_is_given(house, admitted):
    spoil(house, "ledger_leaves")
    nonce = admitted.c_nonce()
    answer = admitted.ask([admitted.proof(nonce)])
    mend(house, "ledger_leaves")
    assert refused(answer, "temporarily_unavailable", 503)
    assert "credentials" not in answer.json()
    assert admitted.ask([admitted.proof(nonce)]).status_code == 200  # nothing was used up


# -- later, and afterwards -------------------------------------------------------------------


def waiting(house, client, wallet):
    """A wallet with a transaction for a voucher that waits for its seal."""
    for held in house.holdings_desk.of(resident(ZHOU)):
        if held.status is Status.VALID:
            become(house, held, Status.REVOKED)
    draft = unsealed(house, ZHOU)
    said = query_of(agreed(house, client, wallet, ZHOU))
    assert by_code(wallet, said).json()["expires_in"] == 86_400
    answer = wallet.ask([wallet.proof(wallet.c_nonce(), iss="wallet")])
    assert answer.status_code == 202
    assert answer.json()["interval"] == 60
    return draft, answer.json()["transaction_id"]


def later(wallet, transaction_id):
    return wallet.post("/wallets/deferred", {"transaction_id": transaction_id})


def test_a_transaction_is_good_once_and_for_its_token_alone(house, client, wallet):
    draft, named = waiting(house, client, wallet)
    still = later(wallet, named)
    assert (still.status_code, still.json()["transaction_id"]) == (202, named)
    assert refused(later(wallet, "x"), "invalid_transaction_id")
    seal(house, draft)
    other = Wallet(house, client)
    held = voucher(house)
    assert other.redeem(*other.offer(held.ref)).status_code == 200
    assert refused(later(other, named), "invalid_transaction_id")
    assert len(later(wallet, named).json()["credentials"]) == 1
    assert refused(later(wallet, named), "invalid_transaction_id")


def test_a_certificate_that_is_never_sealed_ends_the_wait(house, client, wallet):
    draft, named = waiting(house, client, wallet)
    seal(house, draft)
    with house.archive.reading() as books:
        become(house, books.register.get(draft.ref), Status.REVOKED)
    assert refused(later(wallet, named), "credential_request_denied")


@pytest.mark.parametrize("body", [{}, {"transaction_id": 7}, {"transaction_id": ""}])
def test_a_deferred_request_that_is_none(admitted, body):
    assert refused(admitted.post("/wallets/deferred", body), "invalid_credential_request")


def test_a_notification_counts_once_and_again(house, client, admitted):
    given = admitted.ask([admitted.proof(admitted.c_nonce())]).json()
    named = given["notification_id"]

    def tell(event, wallet=admitted, **more):
        body = {"notification_id": named, "event": event} | more
        return wallet.post("/wallets/notification", body)

    for _ in range(2):
        assert tell("credential_accepted", event_description="ok").status_code == 204
    assert house.wallet_desk.copies(resident())[0][0].state == "accepted"
    assert tell("credential_deleted").status_code == 204
    assert house.wallet_desk.copies(resident())[0][0].state == "deleted"
    assert refused(tell("credential_eaten"), "invalid_notification_request")
    assert refused(
        tell("credential_accepted", event_description="ü"), "invalid_notification_request"
    )
    assert refused(tell("credential_accepted", notification_id="x"), "invalid_notification_id")
    other = Wallet(house, client)
    other.redeem(*other.offer(voucher(house).ref))
    assert refused(tell("credential_accepted", other), "invalid_notification_id")
    assert house.wallet_desk.copies(resident())[0][0].state == "deleted"


# -- the holder's pages ----------------------------------------------------------------------


@pytest.fixture
def lin(house, client):
    """Lin's browser."""
    cookie = {"Cookie": f"session={session_of(house)}", "Accept": "text/html"}

    def ask(method, path, **more):
        return client.request(method, path, headers=cookie, follow_redirects=False, **more)

    return ask


def test_the_pages_show_an_offer_once_and_what_was_put_where(house, lin, held):
    assert held.ref in lin("GET", f"/certificates/{held.ref}/wallet").text
    shown = lin("POST", f"/certificates/{held.ref}/wallet", data={"csrf": CSRF})
    assert shown.headers["cache-control"] == "no-store"
    assert "openid-credential-offer://?credential_offer=" in shown.text
    (place,) = fromstring(shown.text).xpath("//*[@id='offer']/@data-href")
    assert lin("GET", place).json() == {"standing": "open"}
    offer = place[-20:]
    with house.archive.writing() as books:
        books.wallets.use_offer(offer, house.clock.now())
    assert lin("GET", place).json() == {"standing": "taken"}
    again = lin("POST", f"/certificates/{held.ref}/wallet", data={"csrf": CSRF})
    house.clock.skip(timedelta(minutes=5, seconds=1))
    (late,) = fromstring(again.text).xpath("//*[@id='offer']/@data-href")
    assert lin("GET", late).json() == {"standing": "over"}
    assert lin("GET", place[:-20] + "2" * 20).status_code == 404
    with pytest.raises(NotFoundError):
        house.wallet_offer_desk.standing(resident(ZHOU), offer)
    assert lin("POST", f"/certificates/{held.ref}/wallet", data={"csrf": "x"}).status_code == 403
    assert lin("GET", "/wallet-copies").status_code == 200


def test_nobody_elses_certificate_and_none_that_cannot_go_is_offered(house, lin):
    hers, lease = voucher(house, ZHOU), handed_in(house)
    assert lin("GET", f"/certificates/{hers.ref}/wallet").status_code == 404
    made = lin("POST", f"/certificates/{hers.ref}/wallet", data={"csrf": CSRF})
    assert made.status_code == 404
    refused = lin("GET", f"/certificates/{lease.ref}/wallet")
    assert refused.status_code == 409
    assert "不放进钱包" in refused.text
    gone = voucher(house)
    become(house, gone, Status.LOST)
    assert lin("POST", f"/certificates/{gone.ref}/wallet", data={"csrf": CSRF}).status_code == 409
    assert lin("GET", "/wallets/consent/xxxxxxxxxxxxxxxxxxxx").status_code == 404
