"""What the tests of signing in at a provider share: a house, a provider, and one visit."""

import pytest

from certstore.clock import SystemClock
from certstore.errors import InvalidTokenError
from certstore.id_tokens import ALGORITHMS
from certstore.service.openid import HttpProvider, OpenIdClient
from certstore.sign_in import Returned, SignInDesk
from tests.house import house_in
from tests.sealed import LIN
from tests.unit.certstore.small_provider import provider_on_loopback


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("openid"), clock=SystemClock())
    yield built
    built.close()


@pytest.fixture
def op():
    with provider_on_loopback() as provider:
        yield provider


class Steady:
    """A clock of seconds that stands still until it is moved."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def desk(house, op, steady):
    return desk_for(house, op, steady)


def desk_for(house, op, steady, *, algorithms=ALGORITHMS, secret=""):
    client = OpenIdClient(
        client_id="certstore", client_secret=secret, algorithms=frozenset(algorithms)
    )
    return SignInDesk(
        archive=house.archive,
        provider=HttpProvider(op.issuer, client, steady),
        clock=house.clock,
        client_id="certstore",
        redirect_uri="http://127.0.0.1:8000/sign-in/return",
    )


def sign_in(desk, op, *, session="", **changes):
    url, state = desk.begin("/certificates")
    came = {**op.authorize(url), **changes}
    returned = Returned(
        state=came["state"],
        code=came["code"],
        issuer=came.get("iss"),
        bound_state=state,
        session=session,
    )
    secret, _ = desk.complete(returned)
    return secret


def who(desk, op):
    return desk.session(sign_in(desk, op)).caller


def refused(desk, op, cause, **changes):
    with pytest.raises(InvalidTokenError) as told:
        sign_in(desk, op, **changes)
    assert told.value.facts["cause"] == cause
    for said in (LIN.name, LIN.id_number, op.issuer):
        assert said not in str(told.value.args)
