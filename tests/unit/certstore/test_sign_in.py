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
from certstore.sign_in import Returned, SignInDesk, is_local_path
from certstore.tables.sessions import REMEMBERED
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

    def algorithms(self):
        return frozenset({"ES256"})

    def names_itself(self):
        return False

    def keys(self, *, anew=False):
        return [{**to_jwk(self.signer.public_key), "kid": self.signer.kid}]


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


def complete(desk, state, bound=None, session=""):
    bound = state if bound is None else bound
    return desk.complete(Returned(state=state, code="code", bound_state=bound, session=session))


def sign_in(desk, session="", **changes):
    state = leave(desk)
    desk.provider.changes = changes
    return complete(desk, state, session=session)


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
            complete(desk, state, bound)


def test_a_sign_in_is_finished_once(desk):
    state = leave(desk)
    complete(desk, state)
    with pytest.raises(UnauthenticatedError):
        complete(desk, state)


def test_a_sign_in_that_took_too_long_is_refused(desk, house):
    state = leave(desk)
    house.clock.skip(timedelta(minutes=10, seconds=1))
    with pytest.raises(UnauthenticatedError):
        complete(desk, state)


ANOTHER = {"sub": "chen", "name": "陈一鸣", "id_number": "31019919850312001X"}


def test_signing_in_again_ends_the_session_the_browser_had(desk):
    first, _ = sign_in(desk)
    second, _ = sign_in(desk, first)
    assert desk.session(first) is None
    assert desk.session(second) is not None


def test_somebody_else_who_signs_in_ends_it_too_and_gets_nothing_of_it(desk):
    first, _ = sign_in(desk)
    csrf = desk.session(first).csrf
    second, _ = sign_in(desk, first, **ANOTHER)
    assert desk.session(first) is None
    assert desk.session(second).csrf != csrf
    assert desk.session(second).caller.holder.name == "陈一鸣"


def test_the_same_persons_pages_in_other_tabs_keep_working(desk):
    first, _ = sign_in(desk)
    csrf = desk.session(first).csrf
    second, _ = sign_in(desk, first)
    assert desk.session(second).csrf == csrf
    fresh, _ = sign_in(desk)
    assert desk.session(fresh).csrf != csrf


def test_the_same_subject_of_another_identity_number_is_another_account(desk):
    first, _ = sign_in(desk)
    csrf = desk.session(first).csrf
    second, _ = sign_in(desk, first, **{**ANOTHER, "sub": "lin"})
    assert desk.session(second).csrf != csrf


def test_a_sign_in_that_fails_leaves_the_session_as_it_was(desk):
    first, _ = sign_in(desk)
    with pytest.raises(InvalidTokenError):
        sign_in(desk, first, aud="somebody-else")
    assert desk.session(first) is not None


def test_other_browsers_of_the_same_person_stay_signed_in(desk):
    first, _ = sign_in(desk)
    second, _ = sign_in(desk)
    assert desk.session(first) is not None
    desk.sign_out(first)
    assert desk.session(second) is not None


def test_an_ended_session_is_forgotten_after_a_while(desk, house):
    secret, _ = sign_in(desk)
    for moved, known in ((timedelta(minutes=31), True), (REMEMBERED, False)):
        house.clock.skip(moved)
        with house.archive.writing() as books:
            books.sessions.forget_ended(house.clock.now())
            assert (books.sessions.find_even_ended(secret) is not None) is known
            assert books.sessions.find(secret, house.clock.now()) is None


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
