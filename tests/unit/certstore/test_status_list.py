import zlib
from datetime import timedelta

import cbor2
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore import base64url
from certstore.clock import unix
from certstore.codes import cose_sign1, strict_cbor
from certstore.errors import CertstoreError, InvalidTokenError, MalformedError, PurposeError
from certstore.keys import Purpose
from certstore.status_list import (
    CWT_TYP,
    JWT_TYP,
    Publication,
    StatusList,
    StatusValue,
    issue_cwt,
    issue_jwt,
    number_of,
    read_status_list,
)
from certstore.tokens import sign_compact
from certstore.trust import KeyState
from tests.unit.certstore.codes.sealed_house import (
    HOUR,
    LIST_URI,
    NOW,
    USCC,
    house,
    strangers,
)

SIGNER = house().signers[Purpose.STATUS]
TRUST = house().trust()
# The draft's own example of two bits: values of twelve entries, bytes, and the zlib stream.
DRAFT_VALUES = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
DRAFT_BYTES = bytes((0xC9, 0x44, 0xF9))
DRAFT_LST = "eNo76fITAAPfAgc"


def test_entries_are_packed_as_in_the_drafts_example():
    statuses = StatusList.build(dict(enumerate(DRAFT_VALUES)), 12)
    assert statuses.packed == DRAFT_BYTES
    assert zlib.decompress(base64url.decode(DRAFT_LST)) == DRAFT_BYTES
    assert base64url.encode(statuses.compress()) == DRAFT_LST
    assert [statuses.value(index) for index in range(12)] == DRAFT_VALUES


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(0, 999), st.sampled_from(StatusValue), max_size=40),
    st.integers(1000, 1003),
)
def test_every_value_comes_back_through_both_kinds_of_token(values, capacity):
    statuses = StatusList.build(values, capacity)
    publication = Publication(uri=LIST_URI, now=NOW, lifetime=HOUR)
    for token in (
        issue_jwt(statuses, publication, SIGNER).encode(),
        issue_cwt(statuses, publication, SIGNER),
    ):
        published = read_status_list(token, TRUST)
        assert published.statuses == statuses
        assert all(published.statuses.value(i) == values.get(i, 0) for i in range(0, 1000, 7))
        assert (published.number, published.authority_uscc) == (4, USCC)


def test_an_index_beyond_the_list_has_no_value():
    statuses = StatusList.build({}, 10)
    assert statuses.capacity == 12
    assert statuses.value(11) is StatusValue.VALID
    assert statuses.value(12) is None
    assert statuses.value(-1) is None


@pytest.mark.parametrize("index", [-1, 10, 11])
def test_an_entry_outside_the_list_is_never_built(index):
    with pytest.raises(MalformedError):
        StatusList.build({index: 1}, 10)


@pytest.mark.parametrize("capacity", [0, -1, 32 * 1024 * 1024 + 1])
def test_a_list_has_a_bounded_number_of_entries(capacity):
    with pytest.raises(MalformedError):
        StatusList.build({}, capacity)


def test_an_independent_reader_reads_the_jwt():
    text = house().status_jwt({5: 1, 6: 2})
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(text, SIGNER.public_key, algorithms=["ES256"], options=options)
    assert jwt.get_unverified_header(text)["typ"] == JWT_TYP
    assert claims["sub"] == LIST_URI
    assert claims["ttl"] == 300
    packed = zlib.decompress(base64url.decode(claims["status_list"]["lst"]))
    assert (packed[1] >> 2 & 3, packed[1] >> 4 & 3) == (1, 2)


def test_an_independent_reader_reads_the_cwt():
    token = house().status_cwt({5: 1})
    pem = SIGNER.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = COSEKey.from_pem(pem, kid=bytes.fromhex(SIGNER.kid), alg="ES256")
    protected, _, payload = COSE.new().decode_with_headers(token, key)
    claims = cbor2.loads(payload)
    assert protected[16] == CWT_TYP
    assert claims[2] == LIST_URI
    assert claims[65534] == 300
    assert claims[65533]["bits"] == 2
    assert zlib.decompress(claims[65533]["lst"])[1] >> 2 & 3 == 1


def jwt_of(signer=SIGNER, **changes) -> bytes:
    claims = {
        "sub": LIST_URI,
        "iat": unix(NOW),
        "exp": unix(NOW) + 3600,
        "ttl": 300,
        "status_list": {"bits": 2, "lst": DRAFT_LST},
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not ...}
    return sign_compact(claims, typ=JWT_TYP, signer=signer).encode()


def cwt_of(payload: object, typ: str = CWT_TYP) -> bytes:
    return cose_sign1.sign(strict_cbor.encode(payload), typ=typ, signer=SIGNER)


CWT = {2: LIST_URI, 6: unix(NOW), 4: unix(NOW) + 9, 65534: 300}
LIST = {"bits": 2, "lst": base64url.decode(DRAFT_LST)}


def test_the_hand_made_tokens_of_these_tests_are_good_before_they_are_spoiled():
    assert read_status_list(jwt_of(), TRUST).statuses.packed == DRAFT_BYTES
    assert read_status_list(cwt_of({**CWT, 65533: LIST}), TRUST).statuses.packed == DRAFT_BYTES
    assert read_status_list(jwt_of() + b"\n", TRUST).number == 4


BOMB = base64url.encode(zlib.compress(bytes(64 * 1024 * 1024), 9))


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"\xd2",
        b"\xff\xfe",
        b"a.b.c",
        b"x" * (4 * 1024 * 1024 + 1),
        jwt_of(iat=True),
        jwt_of(iat=-5),
        jwt_of(exp=str(unix(NOW) + 60)),
        jwt_of(exp=unix(NOW)),
        jwt_of(exp=unix(NOW) + 32 * 86400),
        jwt_of(exp=...),
        jwt_of(ttl=0),
        jwt_of(ttl=-1),
        jwt_of(ttl=1.5),
        jwt_of(ttl=True),
        jwt_of(ttl=40 * 86400),
        jwt_of(ttl=...),
        jwt_of(sub=...),
        jwt_of(sub=5),
        jwt_of(sub="https://certs.example/status-lists/"),
        jwt_of(sub="https://certs.example/status-lists/x"),
        jwt_of(sub="https://certs.example/status-lists/04"),
        jwt_of(sub="https://certs.example/status-lists/\u0664"),
        jwt_of(sub="https://certs.example/?list=4"),
        jwt_of(aggregation_uri="https://x"),
        jwt_of(status_list=...),
        jwt_of(status_list=[]),
        jwt_of(status_list={"bits": 1, "lst": DRAFT_LST}),
        jwt_of(status_list={"bits": True, "lst": DRAFT_LST}),
        jwt_of(status_list={"bits": "2", "lst": DRAFT_LST}),
        jwt_of(status_list={"lst": DRAFT_LST}),
        jwt_of(status_list={"bits": 2}),
        jwt_of(status_list={"bits": 2, "lst": 5}),
        jwt_of(status_list={"bits": 2, "lst": DRAFT_LST + "="}),
        jwt_of(status_list={"bits": 2, "lst": DRAFT_LST, "x": 1}),
        jwt_of(status_list={"bits": 2, "lst": DRAFT_LST[:-3]}),
        jwt_of(status_list={"bits": 2, "lst": base64url.encode(LIST["lst"] + b"x")}),
        jwt_of(status_list={"bits": 2, "lst": base64url.encode(DRAFT_BYTES)}),
        jwt_of(status_list={"bits": 2, "lst": base64url.encode(zlib.compress(b""))}),
        jwt_of(status_list={"bits": 2, "lst": BOMB}),
        cwt_of(CWT),
        cwt_of({**CWT, 65533: {**LIST, "bits": 1}}),
        cwt_of({**CWT, 65533: {**LIST, "lst": DRAFT_LST}}),
        cwt_of({**CWT, 65533: LIST, 1: "x"}),
        cwt_of({**CWT, 65533: LIST, 6: "x"}),
        cwt_of([CWT, LIST]),
        cwt_of({**CWT, 65533: LIST}, typ="statuslist+cwt"),
        cwt_of({**CWT, 65533: LIST}, typ="RP1"),
        cwt_of({**CWT, 65533: LIST})[1:],
        cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(cwt_of({**CWT, 65533: LIST})))),
    ],
)
def test_a_list_of_unsound_form_is_refused(token):
    with pytest.raises(MalformedError):
        read_status_list(token, TRUST)


def test_a_bomb_is_not_unpacked_beyond_the_limit():
    with pytest.raises(MalformedError, match="too large"):
        read_status_list(jwt_of(status_list={"bits": 2, "lst": BOMB}), TRUST)


@pytest.mark.parametrize("kind", ["status_jwt", "status_cwt"])
def test_only_a_listed_status_key_can_sign_a_list(kind):
    def refused(token, trust=TRUST) -> None:
        data = token.encode() if isinstance(token, str) else token
        with pytest.raises(InvalidTokenError):
            read_status_list(data, trust)

    refused(getattr(strangers(), kind)())
    good = getattr(house(), kind)()
    refused(good, house().trust([house().key(Purpose.STATUS, state=KeyState.REVOKED)]))
    refused(good, house().trust([house().key(Purpose.STATUS, valid_from=NOW + HOUR)]))
    refused(good, house().trust([house().key(Purpose.STATUS, purpose=Purpose.CODE)]))


def test_a_changed_list_is_refused():
    text, token = house().status_jwt(), bytearray(house().status_cwt())
    head, _, signature = text.split(".")
    other = house().status_jwt({1: 1}).split(".")[1]
    with pytest.raises(InvalidTokenError):
        read_status_list(f"{head}.{other}.{signature}".encode(), TRUST)
    token[-1] ^= 1
    with pytest.raises(InvalidTokenError):
        read_status_list(bytes(token), TRUST)


@pytest.mark.parametrize("issue", [issue_jwt, issue_cwt])
def test_a_key_of_another_purpose_does_not_publish_lists(issue):
    publication = Publication(uri=LIST_URI, now=NOW, lifetime=HOUR)
    with pytest.raises(PurposeError):
        issue(StatusList.build({}, 8), publication, house().signers[Purpose.CODE])


def test_a_list_speaks_for_its_ttl_and_not_beyond_its_end():
    published = read_status_list(house().status_cwt(now=NOW), TRUST)
    assert published.fresh_at(NOW - HOUR)
    assert published.fresh_at(NOW + timedelta(seconds=330))
    assert not published.fresh_at(NOW + timedelta(seconds=331))
    brief = read_status_list(house().status_cwt(now=NOW, lifetime=timedelta(seconds=60)), TRUST)
    assert not brief.fresh_at(NOW + timedelta(seconds=91))


def test_the_lists_number_is_the_last_segment_of_its_uri():
    assert number_of("https://a.example/x/12?y=3#5") == 12
    assert number_of("https://a.example/0") == 0


@settings(deadline=None)
@given(st.binary(max_size=120) | st.binary(max_size=100).map(lambda b: b"\xd2\x84" + b))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(data):
    with pytest.raises(CertstoreError):
        read_status_list(data, TRUST)
