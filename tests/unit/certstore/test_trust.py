import base64
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certstore.clock import unix
from certstore.errors import ConflictError, InvalidTokenError, MalformedError
from certstore.jwk import to_jwk
from certstore.keys import Purpose, generate
from certstore.tokens import sign_compact
from certstore.trust import (
    MAX_KEYS,
    NEVER_LISTED,
    TYP,
    Edition,
    KeyState,
    TrustedKey,
    build_trust_list,
    parse_trust_list,
)
from tests.unit.certstore.codes.sealed_house import HOUR, NOW, USCC, certify, house, strangers


def entries() -> list[dict]:
    return [key.to_json() for key in house().entries()]


def signed(keys: object, **changes: object) -> str:
    """A list the root signs without reading it back: what only a hostile builder would make."""
    claims = {
        "iss": "https://certs.example",
        "seq": 7,
        "iat": unix(NOW) - 60,
        "exp": unix(NOW) + 3600,
        "keys": keys,
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not ...}
    return sign_compact(claims, typ=TYP, signer=house().root_signer)


def read(text: str):
    return parse_trust_list(text, house().root, NOW)


def test_a_list_comes_back_as_it_was_built():
    trust = house().trust()
    assert trust.seq == 7
    assert {key.purpose for key in trust.keys.values()} == set(Purpose) - NEVER_LISTED
    code = house().key(Purpose.CODE)
    assert trust.find(code.kid, Purpose.CODE) == code


def test_an_independent_reader_verifies_the_list_with_the_root():
    claims = jwt.decode(
        house().trust_jws(),
        house().root.public_key(),
        algorithms=["ES256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims.keys() == {"iss", "seq", "iat", "exp", "keys"}
    header = jwt.get_unverified_header(house().trust_jws())
    assert base64.b64decode(header["x5c"][0]) == house().root.public_bytes(Encoding.DER)


def test_a_key_of_one_purpose_is_not_found_for_another():
    trust = house().trust()
    kid = house().signers[Purpose.CODE].kid
    assert trust.find(kid, Purpose.CODE)
    for purpose in set(Purpose) - {Purpose.CODE}:
        assert trust.find(kid, purpose) is None
    assert trust.find("0" * 16, Purpose.CODE) is None


def test_a_list_signed_by_another_root_is_refused_although_it_brings_that_root_along():
    with pytest.raises(InvalidTokenError):
        parse_trust_list(strangers().trust_jws(), house().root, NOW)


def test_a_list_signed_by_a_listed_key_and_not_by_the_root_is_refused():
    claims = {"iss": "x", "seq": 8, "iat": unix(NOW), "exp": unix(NOW) + 9, "keys": entries()}
    text = sign_compact(claims, typ=TYP, signer=house().signers[Purpose.TOKEN])
    with pytest.raises(InvalidTokenError):
        read(text)


def test_a_token_of_another_type_is_no_trust_list():
    claims = {"iss": "x", "seq": 8, "iat": unix(NOW), "exp": unix(NOW) + 9, "keys": []}
    with pytest.raises(MalformedError):
        read(sign_compact(claims, typ="JWT", signer=house().root_signer))


def test_an_outdated_list_is_refused_unless_the_caller_minds_the_dates_itself():
    text = house().trust_jws(now=NOW - 40 * 24 * HOUR)
    with pytest.raises(InvalidTokenError):
        read(text)
    old = parse_trust_list(text, house().root, NOW, outdated=True)
    assert not old.fresh_at(NOW)
    assert old.fresh_at(old.expires_at)
    assert old.fresh_at(old.expires_at + timedelta(seconds=30))
    assert not old.fresh_at(old.expires_at + timedelta(seconds=31))


def test_a_list_from_the_future_is_refused():
    with pytest.raises(InvalidTokenError):
        read(house().trust_jws(now=NOW + HOUR))


def test_a_list_is_refused_outside_the_roots_dates():
    text = signed([], iat=unix(NOW) + 2100 * 86400, exp=unix(NOW) + 2101 * 86400)
    with pytest.raises(InvalidTokenError):
        parse_trust_list(text, house().root, NOW + timedelta(days=2100))


def test_a_list_may_not_live_for_years():
    with pytest.raises(InvalidTokenError):
        house().trust_jws(lifetime=timedelta(days=500))


def test_an_older_list_than_the_one_known_is_refused():
    trust = house().trust()
    trust.refuse_rollback(7)
    with pytest.raises(ConflictError):
        trust.refuse_rollback(8)


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": -1},
        {"seq": "7"},
        {"seq": True},
        {"seq": 1.5},
        {"seq": ...},
        {"iss": ""},
        {"iss": 5},
        {"iss": ...},
        {"keys": {}},
        {"keys": None},
        {"keys": ...},
        {"extra": 1},
    ],
)
def test_a_list_of_unsound_form_is_refused(changes):
    with pytest.raises(MalformedError):
        read(signed(**{"keys": entries(), **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": "0" * 16},
        {"kid": house().signers[Purpose.STATUS].kid},
        {"kid": 5},
        {"alg": "EdDSA"},
        {"alg": "none"},
        {"purpose": "root"},
        {"purpose": "everything"},
        {"purpose": ["code"]},
        {"purpose": None},
        {"state": "suspended"},
        {"state": ["active"]},
        {"state": None},
        {"jwk": to_jwk(generate("ES256").public_key())},
        {"jwk": {"kty": "oct", "k": "AA"}},
        {"valid_from": "2026-01-01"},
        {"valid_from": True},
        {"valid_from": -1},
        {"valid_to": 10**12},
        {"valid_to": 1.5},
        {"valid_to": ...},
        {"state": ...},
        {"authority_uscc": ""},
        {"authority_uscc": "1" * 19},
        {"authority_name": "x" * 201},
        {"authority_name": 1},
        {"note": "x"},
        {"x5c": []},
        {"x5c": ["AAAA"]},
        {"x5c": ["AA"]},
        {"x5c": ["not base64!"]},
        {"x5c": [5]},
        {"x5c": "AAAA"},
        {"x5c": ["A" * 9000]},
    ],
)
def test_an_entry_that_contradicts_itself_makes_the_whole_list_unsound(changes):
    entry = {**house().key(Purpose.CODE).to_json(), **changes}
    entry = {name: value for name, value in entry.items() if value is not ...}
    with pytest.raises(MalformedError):
        read(signed([entry]))


def test_an_entry_must_be_an_object():
    with pytest.raises(MalformedError):
        read(signed(["code"]))


def test_a_key_stands_once_and_has_one_purpose():
    key = house().key(Purpose.CODE)
    again = {**key.to_json(), "purpose": "presentation"}
    with pytest.raises(MalformedError):
        read(signed([key.to_json(), again]))


def test_a_list_has_a_bounded_number_of_keys():
    with pytest.raises(MalformedError):
        read(signed([{}] * (MAX_KEYS + 1)))


def refused_chain(*chain, **changes) -> None:
    entry = {
        **house().key(Purpose.CODE, **changes).to_json(),
        "x5c": [base64.b64encode(der).decode() for der in chain],
    }
    with pytest.raises(MalformedError) as refusal:
        read(signed([entry]))
    assert refusal.value.facts["cause"] == "chain"


CODE_KEY = house().signers[Purpose.CODE].public_key


def der(certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_a_chain_of_another_root_is_refused():
    other = certify(CODE_KEY, (strangers().root_key, strangers().root), name="code")
    refused_chain(der(other))
    same_name = certify(CODE_KEY, (strangers().root_key, house().root), name="code")
    refused_chain(der(same_name))


def test_a_chain_for_another_key_is_refused():
    refused_chain(house().signers[Purpose.STATUS].chain[0])


def test_a_chain_through_a_certificate_that_is_no_authority_is_refused():
    middle_key = generate("ES256")
    middle = certify(middle_key.public_key(), (house().root_key, house().root), name="middle")
    leaf = certify(CODE_KEY, (middle_key, middle), name="code")
    refused_chain(der(leaf), der(middle))


def test_a_chain_through_an_authority_below_the_root_is_good():
    middle_key = generate("ES256")
    middle = certify(
        middle_key.public_key(), (house().root_key, house().root), name="middle", authority=True
    )
    leaf = certify(CODE_KEY, (middle_key, middle), name="code")
    key = house().key(Purpose.CODE, chain=(der(leaf), der(middle)))
    assert read(signed([key.to_json()])).find(key.kid, Purpose.CODE) == key
    refused_chain(der(leaf))
    refused_chain(der(middle), der(leaf))


def test_a_key_may_not_be_listed_beyond_its_certificates_dates():
    chain = house().signers[Purpose.CODE].chain
    refused_chain(*chain, valid_to=NOW + timedelta(days=2001))
    refused_chain(*chain, valid_from=NOW - timedelta(days=2))
    refused_chain(*chain, valid_from=NOW, valid_to=NOW - HOUR)


def test_a_key_without_certificates_is_listed_by_the_root_alone():
    key = house().key(Purpose.SOURCE, chain=())
    assert read(signed([key.to_json()])).find(key.kid, Purpose.SOURCE) == key


@pytest.mark.parametrize(
    ("state", "usable", "verifies"),
    [
        (KeyState.ACTIVE, True, True),
        (KeyState.RETIRED, False, True),
        (KeyState.REVOKED, False, False),
    ],
)
def test_what_a_key_may_do_follows_from_its_state_and_its_time(state, usable, verifies):
    key = house().key(Purpose.CODE, state=state)
    assert key.usable_at(NOW) is usable
    assert key.verifies_at(NOW) is verifies
    for outside in (key.valid_from - HOUR, key.valid_to + HOUR):
        assert not key.usable_at(outside)
        assert not key.verifies_at(outside)


def test_the_builder_refuses_what_it_could_not_read_back():
    double = [house().key(Purpose.CODE)] * 2
    edition = Edition(issuer="x", seq=1, now=NOW)
    with pytest.raises(MalformedError):
        build_trust_list(house().root_signer, house().root, double, edition)
    with pytest.raises(InvalidTokenError):
        build_trust_list(house().signers[Purpose.CODE], house().root, [], edition)


def test_an_entry_has_the_members_the_format_names():
    entry = json.loads(json.dumps(house().key(Purpose.CODE).to_json()))
    assert list(entry) == [
        "kid",
        "purpose",
        "authority_uscc",
        "authority_name",
        "alg",
        "jwk",
        "x5c",
        "valid_from",
        "valid_to",
        "state",
    ]
    assert entry["authority_uscc"] == USCC
    assert TrustedKey.from_json(entry, house().root).kid == entry["kid"]
