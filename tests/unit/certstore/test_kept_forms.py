"""A form that arrives after its session ended: kept for its sender alone, and for a short time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from certstore.callers import Officer, Resident, caller_as_json
from certstore.kept_forms import KEPT_FOR, KeptForms
from certstore.tables.sessions import REMEMBERED, SessionRow
from tests.house import house_in
from tests.sealed import LIN, resident

PATH = "/applications/bbbbbbbbbbbbbbbbbbbb/address"
TYPED = {"address": ["望江路188弄6号302室"], "district": ["梧桐区"]}
OFFICER = Officer("高民警", "1047", "梧桐派出所")
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("kept"))
    yield built
    built.close()


@pytest.fixture
def forms(house):
    return KeptForms(house.archive, house.clock)


def ended(house, caller, ago=timedelta(minutes=1)):
    """The secret of a session that ended a while ago."""
    secret, now = f"secret {next(_NUMBERS)}", house.clock.now()
    row = SessionRow(caller_as_json(caller), "its token", now - timedelta(hours=1), now - ago)
    with house.archive.writing() as books:
        books.sessions.open(secret, row)
    return secret


def kept(forms, house, caller, path=PATH):
    return forms.keep(ended(house, caller), "its token", path, TYPED)


@pytest.mark.parametrize("caller", [resident(), OFFICER])
def test_what_was_typed_is_given_back_once(forms, house, caller):
    secret = kept(forms, house, caller)
    assert forms.give_back(secret, caller, PATH) == TYPED
    assert forms.give_back(secret, caller, PATH) is None


def test_the_account_counts_and_not_when_it_signed_in(forms, house):
    secret = kept(forms, house, resident())
    later = Resident(LIN, resident().account, datetime(2026, 12, 1, tzinfo=UTC))
    assert forms.give_back(secret, later, PATH) == TYPED


@pytest.mark.parametrize(
    "other",
    [
        OFFICER,
        Officer("高民警", "1048", "梧桐派出所"),
        Resident(LIN, "https://other.example#lin", datetime(2026, 11, 25, tzinfo=UTC)),
    ],
)
def test_somebody_else_gets_nothing_and_it_is_gone(forms, house, other):
    secret = kept(forms, house, resident())
    assert forms.give_back(secret, other, PATH) is None
    assert forms.give_back(secret, resident(), PATH) is None


def test_another_form_gets_nothing_and_it_stays(forms, house):
    secret = kept(forms, house, resident())
    assert forms.give_back(secret, resident(), PATH.replace("address", "relative")) is None
    assert forms.give_back(secret, resident(), PATH) == TYPED


def test_it_is_kept_for_a_quarter_of_an_hour(forms, house):
    secret = kept(forms, house, resident())
    house.clock.skip(KEPT_FOR - timedelta(seconds=5))
    other = kept(forms, house, resident())
    house.clock.skip(timedelta(seconds=10))
    assert forms.give_back(secret, resident(), PATH) is None
    assert forms.give_back(other, resident(), PATH) == TYPED


def test_a_guessed_secret_gets_nothing(forms):
    assert forms.give_back("guessed", resident(), PATH) is None


def test_a_form_without_its_sessions_token_is_not_kept(forms, house):
    for csrf in ("", "another", "its token "):
        assert forms.keep(ended(house, resident()), csrf, PATH, TYPED) is None


def test_a_session_that_nobody_remembers_keeps_nothing(forms, house):
    assert forms.keep("unknown", "its token", PATH, TYPED) is None
    secret = ended(house, resident(), REMEMBERED + timedelta(seconds=1))
    with house.archive.writing() as books:
        books.sessions.forget_ended(house.clock.now())
    assert forms.keep(secret, "its token", PATH, TYPED) is None


@pytest.mark.parametrize(
    "fields",
    [{}, {"address": ["路" * 10_001]}, {f"f{n}": ["x"] for n in range(41)}],
)
def test_nothing_and_too_much_are_not_kept(forms, house, fields):
    assert forms.keep(ended(house, resident()), "its token", PATH, fields) is None


def test_what_nobody_fetched_is_forgotten_with_its_time(forms, house):
    secret = kept(forms, house, resident())
    house.clock.skip(KEPT_FOR + timedelta(seconds=1))
    with house.archive.writing() as books:
        books.sessions.forget_ended(house.clock.now())
        assert not books.sessions.drop_form(secret)


def test_only_a_hash_of_the_secret_is_kept(forms, house):
    secret = kept(forms, house, resident())
    data = house.settings.data_dir
    assert all(secret.encode() not in path.read_bytes() for path in data.glob("certstore.db*"))
