import hashlib
import json
from datetime import timedelta

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore import base64url
from certstore.clock import unix
from certstore.errors import CertstoreError, InvalidTokenError, MalformedError, PurposeError
from certstore.keys import KeySigner, Purpose
from certstore.sd_jwt import MAX_DISCLOSURES, TYP, issue_sd_jwt, open_sd_jwt, present, verify_sd_jwt
from certstore.tokens import sign_compact
from certstore.trust import KeyState
from tests.unit.certstore.codes.sealed_house import HOUR, NOW, house, strangers

SIGNER = house().signers[Purpose.CREDENTIAL]
TRUST = house().trust()
STATUS = {"idx": 77, "uri": "https://certs.example/status-lists/4"}
ALWAYS = {"iss": "https://certs.example", "type": "voucher"}
HIDDEN = {"name": "陈一鸣", "sex": "男", "id_number": "340199199803140119"}


def issue(always=ALWAYS, hidden=HIDDEN, *, signer: KeySigner = SIGNER, **changes) -> str:
    given_parts = {"vct": "urn:v", "status": STATUS, "iat": unix(NOW), "exp": unix(NOW) + 3600}
    return issue_sd_jwt(always, hidden, signer=signer, **{**given_parts, **changes})


GOOD = issue()
SIGNED, *DISCLOSURES = GOOD[:-1].split("~")


def test_a_credential_comes_back_with_all_its_claims():
    claims = verify_sd_jwt(GOOD, TRUST, NOW)
    assert claims == {
        **ALWAYS,
        **HIDDEN,
        "vct": "urn:v",
        "iat": unix(NOW),
        "exp": unix(NOW) + 3600,
        "status": {"status_list": STATUS},
    }


def test_the_holder_shows_only_what_is_kept():
    shown = present(GOOD, {"name", "no such claim"})
    claims = verify_sd_jwt(shown, TRUST, NOW)
    assert claims["name"] == "陈一鸣"
    assert not {"sex", "id_number"} & claims.keys()
    assert open_sd_jwt(shown, TRUST).disclosed == {"name"}
    nothing = verify_sd_jwt(present(GOOD, set()), TRUST, NOW)
    assert ALWAYS.items() <= nothing.items()
    assert not HIDDEN.keys() & nothing.keys()


def test_the_form_is_the_standards():
    header = jwt.get_unverified_header(SIGNED)
    assert (header["typ"], header["alg"], len(header["x5c"])) == (TYP, "ES256", 1)
    options = {"verify_exp": False, "verify_iat": False}
    payload = jwt.decode(SIGNED, SIGNER.public_key, algorithms=["ES256"], options=options)
    assert payload["_sd_alg"] == "sha-256"
    assert not HIDDEN.keys() & payload.keys()
    for disclosure in DISCLOSURES:  # RFC 9901 §4.2: digest over the ASCII of the disclosure
        digest = hashlib.sha256(disclosure.encode()).digest()
        assert base64url.encode(digest) in payload["_sd"]
        salt, name, value = json.loads(base64url.decode(disclosure))
        assert len(base64url.decode(salt)) == 16
        assert HIDDEN[name] == value
    assert payload["_sd"] == sorted(payload["_sd"])


def test_the_standards_example_of_a_disclosure_has_this_digest():
    # RFC 9901 §4.2.3
    disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    digest = base64url.encode(hashlib.sha256(disclosure.encode()).digest())
    assert digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    text = signed(_sd=[digest]) + f"~{disclosure}~"
    assert verify_sd_jwt(text, TRUST, NOW)["family_name"] == "Möbius"


def test_salts_are_never_used_twice():
    salts = {
        json.loads(base64url.decode(d))[0] for _ in range(5) for d in issue()[:-1].split("~")[1:]
    }
    assert len(salts) == 15


def signed(signer: KeySigner = SIGNER, header=None, **changes) -> str:
    claims = {
        "vct": "urn:v",
        "iat": unix(NOW),
        "exp": unix(NOW) + 3600,
        "_sd_alg": "sha-256",
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not ...}
    return sign_compact(claims, typ=TYP, signer=signer, header=header)


def disclosure(*parts: object) -> str:
    return base64url.encode(json.dumps(parts).encode())


def digest(text: str) -> str:
    return base64url.encode(hashlib.sha256(text.encode()).digest())


def with_disclosures(*texts: str, **changes) -> str:
    return "~".join([signed(_sd=[digest(text) for text in texts], **changes), *texts, ""])


NAME = disclosure("salt", "name", "x")
HOSTILE = {
    "empty": "",
    "no end": SIGNED,
    "key binding behind": GOOD + SIGNED,
    "too long": GOOD + "A" * 65536 + "~",
    "too many": GOOD + "A~" * (MAX_DISCLOSURES + 1),
    "no token": "~" + "~".join(DISCLOSURES) + "~",
    "empty disclosure": GOOD + "~",
    "invented disclosure": GOOD + NAME + "~",
    "disclosure twice": GOOD + DISCLOSURES[0] + "~",
    "disclosure changed": GOOD.replace(DISCLOSURES[0], NAME),
    "disclosure padded": GOOD.replace(DISCLOSURES[0], DISCLOSURES[0] + "=="),
    "two parts": with_disclosures(disclosure("salt", "x")),
    "four parts": with_disclosures(disclosure("salt", "name", "x", "y")),
    "no JSON": with_disclosures(base64url.encode(b"x")),
    "an object": with_disclosures(base64url.encode(b'{"a":1}')),
    "duplicates inside": with_disclosures(base64url.encode(b'["s","n",{"a":1,"a":2}]')),
    "salt a number": with_disclosures(disclosure(1, "name", "x")),
    "name a number": with_disclosures(disclosure("salt", 1, "x")),
    "name _sd": with_disclosures(disclosure("salt", "_sd", [])),
    "name _sd_alg": with_disclosures(disclosure("salt", "_sd_alg", "sha-256")),
    "name ...": with_disclosures(disclosure("salt", "...", "x")),
    "claims exp": with_disclosures(disclosure("salt", "exp", 9**9), exp=...),
    "claims cnf": with_disclosures(disclosure("salt", "cnf", {})),
    "claims status": with_disclosures(disclosure("salt", "status", {})),
    "claims vct": with_disclosures(disclosure("salt", "vct", "x"), vct=...),
    "repeats a claim": with_disclosures(NAME, name="y"),
    "a name twice": with_disclosures(NAME, disclosure("other", "name", "y")),
    "nested digests": with_disclosures(disclosure("salt", "address", {"_sd": ["x"]})),
    "nested array digest": with_disclosures(disclosure("salt", "list", [{"...": "x"}])),
    "nested in a claim": signed(address={"_sd": ["x"]}) + "~",
    "digest twice": signed(_sd=[digest(NAME)] * 2) + f"~{NAME}~",
    "digest a number": signed(_sd=[1]) + "~",
    "_sd no list": signed(_sd="x") + "~",
    "_sd_alg sha-512": signed(_sd_alg="sha-512") + "~",
    "_sd_alg null": signed(_sd_alg=None) + "~",
    "typ vc+sd-jwt": sign_compact({"iat": 1}, typ="vc+sd-jwt", signer=SIGNER) + "~",
    "jwk in the header": signed(header={"jwk": {}}) + "~",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_credential_is_refused(text):
    with pytest.raises(MalformedError):
        verify_sd_jwt(text, TRUST, NOW)


def test_the_hand_made_credentials_of_these_tests_are_good_before_they_are_spoiled():
    assert verify_sd_jwt(with_disclosures(NAME), TRUST, NOW)["name"] == "x"


def test_only_a_listed_credential_key_counts():
    def refused(text, trust=TRUST) -> None:
        with pytest.raises(InvalidTokenError):
            verify_sd_jwt(text, trust, NOW)

    refused(issue(signer=strangers().signers[Purpose.CREDENTIAL]))
    refused(signed(house().signers[Purpose.TOKEN]) + "~")
    refused(GOOD, house().trust([house().key(Purpose.CREDENTIAL, state=KeyState.REVOKED)]))
    refused(GOOD, house().trust([house().key(Purpose.CREDENTIAL, valid_from=NOW + HOUR)]))
    assert verify_sd_jwt(
        GOOD, house().trust([house().key(Purpose.CREDENTIAL, state=KeyState.RETIRED)]), NOW
    )


def test_a_chain_in_the_header_may_not_tell_wallets_of_another_key():
    foreign = issue(signer=strangers().signers[Purpose.CREDENTIAL])
    other = jwt.get_unverified_header(foreign.partition("~")[0])
    with pytest.raises(InvalidTokenError) as refusal:
        verify_sd_jwt(signed(header={"x5c": other["x5c"]}) + "~", TRUST, NOW)
    assert refusal.value.facts["cause"] == "x5c"


def test_a_changed_claim_is_refused():
    head, _, signature = SIGNED.split(".")
    body = signed(name="y").split(".")[1]
    with pytest.raises(InvalidTokenError):
        verify_sd_jwt(f"{head}.{body}.{signature}~", TRUST, NOW)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"iat": True}, "times"),
        ({"iat": "1"}, "times"),
        ({"iat": ...}, "times"),
        ({"iat": -1}, "times"),
        ({"iat": 10**12}, "times"),
        ({"exp": str(unix(NOW) + 9)}, "times"),
        ({"exp": True}, "times"),
        ({"exp": None}, "times"),
        ({"nbf": "1"}, "times"),
        ({"iat": unix(NOW) + 31}, "not-yet-valid"),
        ({"nbf": unix(NOW) + 31}, "not-yet-valid"),
        ({"exp": unix(NOW) - 30}, "expired"),
    ],
)
def test_dates_are_minded(changes, cause):
    with pytest.raises(InvalidTokenError) as refusal:
        verify_sd_jwt(signed(**changes) + "~", TRUST, NOW)
    assert refusal.value.facts["cause"] == cause


def test_a_credential_without_an_end_and_an_ended_one_can_be_opened():
    assert verify_sd_jwt(issue(exp=None), TRUST, NOW)
    with pytest.raises(InvalidTokenError):
        verify_sd_jwt(GOOD, TRUST, NOW + timedelta(hours=2))
    assert open_sd_jwt(GOOD, TRUST).claims["name"] == "陈一鸣"


def test_a_holders_key_is_carried():
    claims = verify_sd_jwt(issue(cnf={"jwk": {"kty": "EC"}}), TRUST, NOW)
    assert claims["cnf"] == {"jwk": {"kty": "EC"}}


@pytest.mark.parametrize(
    ("always", "hidden"),
    [
        ({"name": "x"}, {"name": "y"}),
        ({"_sd": []}, {}),
        ({}, {"...": 1}),
        ({}, {"_sd_alg": 1}),
        ({"vct": "x"}, {}),
        ({}, {"exp": 1}),
        ({"status": {}}, {}),
        ({}, {"cnf": {}}),
        ({}, {str(n): n for n in range(MAX_DISCLOSURES + 1)}),
    ],
)
def test_claims_with_reserved_or_repeated_names_are_not_issued(always, hidden):
    with pytest.raises(MalformedError):
        issue(always, hidden)


def test_a_key_of_another_purpose_issues_no_credential():
    with pytest.raises(PurposeError):
        issue(signer=house().signers[Purpose.TOKEN])


names = st.text(min_size=1, max_size=8).map(lambda name: "f" + name)
plain = st.text(max_size=12) | st.integers(-999, 999) | st.booleans() | st.none()


@settings(deadline=None)
@given(st.dictionaries(names, plain | st.lists(plain, max_size=3), max_size=6), st.data())
def test_whatever_is_kept_comes_back_and_nothing_else(hidden, data):
    keep = (
        set(data.draw(st.lists(st.sampled_from(sorted(hidden)), unique=True))) if hidden else set()
    )
    claims = verify_sd_jwt(present(issue({}, hidden), keep), TRUST, NOW)
    assert {name: claims[name] for name in hidden if name in claims} == {
        name: hidden[name] for name in keep
    }


@settings(deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="abc~.", max_size=40))
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text):
    with pytest.raises(CertstoreError):
        verify_sd_jwt(text, TRUST, NOW)
