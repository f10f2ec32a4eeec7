"""`verified_claims` in an ID token: read strictly, kept at sign-in, never in anybody's way."""

import copy
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.certificates import Holder
from certstore.clock import unix
from certstore.earlier_verification import EarlierVerification, read_earlier
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.sign_in import Returned, SignInDesk
from certstore.tokens import sign_compact
from tests.house import house_in
from tests.sealed import LIN

ISSUER = "https://id.example"
ACCOUNT = f"{ISSUER}#lin"
SAID = {
    "verification": {
        "trust_framework": "cn_ctid",
        "assurance_level": "high",
        "time": "2026-10-01T10:00:00+08:00",
        "verification_process": "abc",
        "evidence": [
            {"type": "document", "document_details": {"type": "idcard"}},
            {"type": "electronic_record"},
            {"type": "document"},
        ],
    },
    "claims": {"name": LIN.name, "id_number": LIN.id_number, "birthdate": "1999-01-01"},
}
READ = EarlierVerification(
    "cn_ctid", "high", datetime(2026, 10, 1, 2, tzinfo=UTC), ("document", "electronic_record")
)


def read(said, holder=LIN):
    return read_earlier({"verified_claims": said}, holder)


def changed(path, value):
    said = copy.deepcopy(SAID)
    place = said
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return said


def test_one_set_or_a_list_of_sets_is_read():
    assert read(SAID) == (READ,)
    assert read([SAID, SAID]) == (READ, READ)
    assert read_earlier({}, LIN) == ()
    assert read([SAID, {"verification": {}}]) == (READ,)


def test_the_number_may_be_in_small_letters_and_the_name_composed_in_another_way():
    holder = Holder("Zoé", "111", "34019919980314011X")
    said = changed("claims", {"name": "Zoe\u0301", "id_number": "34019919980314011x"})
    assert len(read(said, holder)) == 1


@pytest.mark.parametrize(
    "time",
    [
        "2026-10-01T02:00Z",
        "2026-10-01T02:00:00Z",
        "2026-10-01T02:00:00.000Z",
        "2026-10-01T10:00+08:00",
    ],
)
def test_the_time_is_written_as_the_specification_has_it(time):
    (found,) = read(changed("verification.time", time))
    assert found.verified_at == READ.verified_at


@pytest.mark.parametrize("path", ["verification.assurance_level", "verification.evidence"])
def test_what_need_not_be_said_is_empty(path):
    (found,) = read(changed(path, ...))
    assert (found.assurance_level == "") is (path == "verification.assurance_level")
    assert (found.evidence == ()) is (path == "verification.evidence")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("verification", ...),
        ("claims", ...),
        ("claims", {}),
        ("claims", [SAID["claims"]]),
        ("claims.name", ...),
        ("claims.name", "沈小舟"),
        ("claims.name", [LIN.name]),
        ("claims.id_number", ...),
        ("claims.id_number", "340199198605050468"),
        ("claims.id_number", int(LIN.id_number[:17])),
        ("verification", "cn_ctid"),
        ("verification.trust_framework", ...),
        ("verification.trust_framework", "CN CTID"),
        ("verification.trust_framework", "c" * 61),
        ("verification.trust_framework", {"value": "cn_ctid"}),
        ("verification.assurance_level", 4),
        ("verification.assurance_level", "very high"),
        ("verification.time", ...),
        ("verification.time", 1759284000),
        ("verification.time", "2026-10-01"),
        ("verification.time", "2026-10-01T10:00:00"),
        ("verification.time", "2026-13-01T10:00:00Z"),
        ("verification.time", "\uff12026-10-01T10:00:00Z"),
        ("verification.time", "0001-01-01T00:00:00+14:00"),
        ("verification.evidence", {}),
        ("verification.evidence", ["document"]),
        ("verification.evidence", [{"type": 1}]),
        ("verification.evidence", [{}]),
        ("verification.evidence", [{"type": "document"}] * 9),
        ("more", True),
    ],
)
def test_what_cannot_be_read_or_is_another_persons_counts_as_not_said(path, value):
    assert read(changed(path, value)) == ()


def test_more_than_four_sets_are_not_looked_at():
    assert len(read([SAID] * 4)) == 4
    assert read([SAID] * 5) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON)
def test_nothing_that_may_stand_there_raises(said):
    assert read(said) == ()


# -- at sign-in ----------------------------------------------------------------------------


class Platform:
    """An identity provider in memory: real keys and tokens, no HTTP."""

    issuer = ISSUER

    def __init__(self, clock):
        self.clock, self.signer = clock, KeySigner(Purpose.TOKEN, generate("ES256"))
        self.nonce, self.more = "", {}

    def authorization_endpoint(self):
        return f"{ISSUER}/authorize"

    def exchange(self, code, code_verifier, redirect_uri):
        now = unix(self.clock.now())
        who = {"name": LIN.name, "id_type": "111", "id_number": LIN.id_number}
        envelope = {"iss": ISSUER, "aud": "certstore", "sub": "lin", "nonce": self.nonce}
        times = {"iat": now, "exp": now + 300}
        return sign_compact(
            {**envelope, **times, **who, **self.more}, typ="JWT", signer=self.signer
        )

    def algorithms(self):
        return frozenset({"ES256"})

    def names_itself(self):
        return False

    def keys(self, *, anew=False):
        return [{**to_jwk(self.signer.public_key), "kid": self.signer.kid}]


@pytest.fixture
def desk(tmp_path):
    house = house_in(tmp_path)
    yield SignInDesk(
        archive=house.archive,
        provider=Platform(house.clock),
        clock=house.clock,
        client_id="certstore",
        redirect_uri="http://127.0.0.1:8000/sign-in/return",
    )
    house.close()


def sign_in(desk, **more):
    url, state = desk.begin("/")
    desk.provider.nonce = parse_qs(urlsplit(url).query)["nonce"][0]
    desk.provider.more = more
    return desk.complete(Returned(state=state, code="code", bound_state=state))


def kept(desk, account=ACCOUNT, holder=LIN):
    with desk.archive.reading() as books:
        return books.earlier.of(account, holder)


def test_what_the_platform_says_is_kept_for_the_account_until_it_says_otherwise(desk):
    sign_in(desk, verified_claims=SAID)
    assert kept(desk) == [READ]
    assert kept(desk, account="https://id.example#somebody") == []
    assert kept(desk, holder=Holder("沈小舟", "111", LIN.id_number)) == []
    sign_in(desk)
    assert kept(desk) == []


def test_what_cannot_be_read_keeps_nobody_from_signing_in(desk):
    secret, _ = sign_in(desk, verified_claims={"verification": [], "claims": 7})
    assert desk.session(secret) is not None
    assert kept(desk) == []


def test_an_officer_has_none(desk):
    sign_in(desk, verified_claims=SAID, staff_number="1047", station="梧桐派出所")
    assert kept(desk) == []
