"""Signing in: what an ID token must say, whose browser it is, where one may be led back to."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from certstore.callers import Officer, Resident
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError, UnauthenticatedError
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.sign_in import SignInDesk, is_local_path
from certstore.tokens import sign_compact
from tests.house import house_in
from tests.sealed import LIN

ISSUER = "https://id.example"


class SmallProvider:
    """An identity provider in memory: real keys and tokens, no HTTP."""

    issuer = ISSUER

    def __init__(self, clock):
        self.clock = clock
        self.signer = KeySigner(Purpose.TOKEN, generate("ES256"))
        self.nonce = ""
        self.changes = {}
        self.typ = "JWT"

    def authorization_endpoint(self):
        return f"{ISSUER}/authorize"

    def exchange(self, code, code_verifier, redirect_uri):
        now = unix(self.clock.now())
        claims = {
            "iss": ISSUER,
            "aud": "certstore",
            "sub": "lin",
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
            "name": LIN.name,
            "id_type": "111",
            "id_number": LIN.id_number,
        } | self.changes
        kept = {name: value for name, value in claims.items() if value is not ...}
        return sign_compact(kept, typ=self.typ, signer=self.signer)

    def key(self, kid):
        return to_jwk(self.signer.public_key) if kid == self.signer.kid else None


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("sign-in"))
    yield built
    built.close()


@pytest.fixture
def desk(house):
    return SignInDesk(
        archive=house.archive,
        provider=SmallProvider(house.clock),
        clock=house.clock,
        client_id="certstore",
        redirect_uri="http://127.0.0.1:8000/sign-in/return",
    )


def leave(desk, return_to="/certificates"):
    url, state = desk.begin(return_to)
    desk.provider.nonce = parse_qs(urlsplit(url).query)["nonce"][0]
    return state


def sign_in(desk, **changes):
    state = leave(desk)
    desk.provider.changes = changes
    return desk.complete(state, state, "code")


def test_who_signed_in_has_a_session_until_its_time_ends(desk, house):
    secret, return_to = sign_in(desk)
    assert return_to == "/certificates"
    session = desk.session(secret)
    assert isinstance(session.caller, Resident)
    assert session.caller.holder == LIN
    house.clock.skip(desk.session_time - timedelta(seconds=5))
    assert desk.session(secret) is not None
    house.clock.skip(timedelta(seconds=10))
    assert desk.session(secret) is None


def test_an_officer_signs_in_as_an_officer(desk):
    secret, _ = sign_in(desk, staff_number="1047", station="梧桐派出所")
    assert desk.session(secret).caller == Officer(LIN.name, "1047", "梧桐派出所")


def test_signing_out_ends_the_session(desk):
    secret, _ = sign_in(desk)
    desk.sign_out(secret)
    assert desk.session(secret) is None


def test_the_browser_leaves_with_pkce_a_state_and_a_nonce(desk):
    url, state = desk.begin("/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["state"] == state
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["nonce"] != state
    assert desk.begin("/")[1] != state


def test_a_sign_in_is_finished_by_the_browser_that_began_it(desk):
    state = leave(desk)
    for bound in ("", "another", leave(desk)):
        with pytest.raises(UnauthenticatedError):
            desk.complete(state, bound, "code")


def test_a_sign_in_is_finished_once(desk):
    state = leave(desk)
    desk.complete(state, state, "code")
    with pytest.raises(UnauthenticatedError):
        desk.complete(state, state, "code")


def test_a_sign_in_that_took_too_long_is_refused(desk, house):
    state = leave(desk)
    house.clock.skip(timedelta(minutes=10, seconds=1))
    with pytest.raises(UnauthenticatedError):
        desk.complete(state, state, "code")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonce", "another"),
        ("nonce", ...),
        ("aud", "somebody-else"),
        ("aud", ["somebody-else"]),
        ("aud", ["certstore", "somebody-else"]),
        ("aud", []),
        ("iss", "https://evil.example"),
        ("iss", ...),
    ],
)
def test_an_id_token_made_for_something_else_is_refused(desk, name, value):
    with pytest.raises(InvalidTokenError) as told:
        sign_in(desk, **{name: value})
    assert told.value.facts["cause"] == name


def test_an_audience_may_be_a_list_of_us_alone_or_with_us_as_the_authorized_party(desk):
    sign_in(desk, aud=["certstore"])
    sign_in(desk, aud=["certstore", "statistics"], azp="certstore")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": ...},
        {"name": ...},
        {"id_number": ...},
        {"id_number": 7},
        {"id_type": "112"},
        {"id_number": LIN.id_number[:-1] + "5"},
    ],
)
def test_an_id_token_that_says_too_little_signs_nobody_in(desk, changes):
    with pytest.raises((InvalidTokenError, MalformedError)):
        sign_in(desk, **changes)


def test_an_id_token_of_an_unknown_key_or_kind_is_refused(desk):
    desk.provider.signer, known = KeySigner(Purpose.TOKEN, generate("ES256")), desk.provider.signer
    desk.provider.key = lambda _kid: to_jwk(known.public_key)
    with pytest.raises(InvalidTokenError):
        sign_in(desk)
    desk.provider.key = lambda _kid: None
    with pytest.raises(InvalidTokenError):
        sign_in(desk)
    desk.provider.typ = "at+jwt"
    with pytest.raises(MalformedError):
        sign_in(desk)


LOCAL = ["/", "/certificates", "/a?b=c&d=e", "/a#b", "/证照", "/a/%2f%2fevil.example", "/:80"]
FOREIGN = [
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/a\\..\\evil",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/\tevil",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\x00",
    " //evil.example",
    "\u2028//evil.example",
    "//[",
    "//[::1",
    "/\u200b",
]


@pytest.mark.parametrize("path", LOCAL)
def test_a_path_of_ours_is_returned_to(path):
    assert is_local_path(path)


@pytest.mark.parametrize("path", FOREIGN)
def test_nobody_is_led_elsewhere(desk, path):
    assert not is_local_path(path)
    with pytest.raises(MalformedError):
        desk.begin(path)


def test_only_hashes_of_secrets_are_kept(desk, house):
    secret, _ = sign_in(desk)
    kept = (house.settings.data_dir / "certstore.db").read_bytes()
    kept += (house.settings.data_dir / "certstore.db-wal").read_bytes()
    assert secret.encode() not in kept


def test_a_desk_with_a_shorter_session_ends_it_sooner(desk, house):
    secret, _ = sign_in(replace(desk, session_time=timedelta(minutes=1)))
    house.clock.skip(timedelta(seconds=61))
    assert desk.session(secret) is None
