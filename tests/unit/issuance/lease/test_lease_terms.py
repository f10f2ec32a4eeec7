"""What is typed of a lease, its one page, the rules' file, the table of its states."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import KeySigner, Purpose, generate
from issuance.commitment import SessionProof
from issuance.matters.lease.figures import figure_of, figures_of
from issuance.matters.lease.filing import room_of
from issuance.matters.lease.reading import Typed, TypedParty, faults_of, read_lease, typed_of
from issuance.matters.lease.rules import lease_rules, read_rules
from issuance.matters.lease.signing import sign_summary, summary_text
from issuance.matters.lease.states import (
    FINAL,
    MOVES,
    Act,
    By,
    State,
    leads,
    may,
    read_moves,
    require,
)
from issuance.matters.lease.terms import Party, Role, hundredths
from tests.leases import FRIEND, OWNER, TENANT, typed

TODAY = date(2026, 11, 25)
DISTRICTS = ("海港区", "梧桐区")
ME = Party(Role.LANDLORD, OWNER.name, OWNER.id_number)


def read(**changes):
    return read_lease(typed(**changes), ME, DISTRICTS, TODAY)


def faults(**changes):
    with pytest.raises(MalformedError) as caught:
        read(**changes)
    return {name: str(code) for name, code in faults_of(caught.value).items()}


def test_a_lease_is_read_in_fen_and_hundredths_and_shown_again_as_it_was_typed():
    contract, parties = read(area="\uff17\uff18.5", rent="4,500.50", deposit="0")
    assert (contract.area, contract.rent, contract.deposit) == (7850, 450050, 0)
    assert [p.role for p in parties] == [Role.LANDLORD, Role.TENANT]
    again = typed_of(contract, parties, ME)
    assert (again.area, again.rent) == ("78.5", "4500.5")
    assert read_lease(again, ME, DISTRICTS, TODAY) == (contract, parties)


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(MalformedError) as caught:
        read_lease(Typed(), ME, DISTRICTS, TODAY)
    assert list(faults_of(caught.value)) == [
        *("role", "district", "address", "part", "area", "occupants", "rent", "deposit"),
        *("first", "last", "name_1"),
    ]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"area": "0"}, {"area": "range"}),
        ({"area": "1e3"}, {"area": "malformed"}),
        ({"area": "-5"}, {"area": "malformed"}),
        ({"rent": "4500.555"}, {"rent": "malformed"}),
        ({"rent": "1000000.01"}, {"rent": "range"}),
        ({"deposit": "NaN"}, {"deposit": "malformed"}),
        ({"deposit": "9" * 30}, {"deposit": "malformed"}),
        ({"occupants": "0"}, {"occupants": "range"}),
        ({"occupants": "2.5"}, {"occupants": "malformed"}),
        ({"first": "2026-02-30"}, {"first": "malformed"}),
        ({"first": "2026-W40-1"}, {"first": "malformed"}),
        ({"last": "0001-01-01"}, {"last": "malformed"}),
        ({"last": "2026-11-24"}, {"last": "before"}),
        ({"part": "garage"}, {"part": "missing"}),
        ({"part": "room"}, {"room": "missing"}),
        ({"part": "room", "room": "次\u202e卧"}, {"room": "malformed"}),
        ({"part": "room", "room": "很" * 13}, {"room": "malformed"}),
        ({"district": "别的区"}, {"district": "unknown"}),
        ({"address": "某处"}, {"address": "malformed"}),
        ({"address": "路" * 101}, {"address": "too_long"}),
        ({"role": "agent"}, {"role": "missing"}),
        ({"others": ()}, {"name_1": "missing"}),
        (
            {"others": (TypedParty("tenant", "林晓禾", "340199199804060285"),)},
            {"id_number_1": "malformed"},
        ),
        ({"others": (TypedParty("tenant", "林晓禾", "3401"),)}, {"id_number_1": "length"}),
        ({"others": (TypedParty("", "林晓禾", TENANT.id_number),)}, {"role_1": "missing"}),
        ({"others": (TypedParty("tenant", "<b>", TENANT.id_number),)}, {"name_1": "malformed"}),
        ({"others": (TypedParty("landlord", "林晓禾", TENANT.id_number),)}, {"role_1": "one_side"}),
        ({"others": (TypedParty("tenant", "某人", OWNER.id_number),)}, {"id_number_1": "twice"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, wrong):
    assert faults(**changes) == wrong


def test_more_parties_than_a_notice_has_room_for_are_refused():
    six = tuple(TypedParty("tenant", "甲", TENANT.id_number) for _ in range(6))
    assert faults(others=six) == {"name_1": "many"}
    long = tuple(TypedParty("tenant", "长" * 45, who.id_number) for who in (TENANT, FRIEND))
    assert faults(others=long) == {"name_1": "too_long"}


def test_the_page_is_the_same_for_all_and_shows_no_number_whole():
    contract, parties = read()
    text = summary_text("ZL202600000001", contract, parties, "示范市")
    assert OWNER.id_number not in text
    assert TENANT.id_number not in text
    assert "340199********0284" in text
    assert "78.5 平方米" in text
    assert summary_text("ZL202600000001", replace(contract, rent=1), parties, "示范市") != text


def test_each_signature_is_by_a_key_of_its_own():
    house = KeySigner(Purpose.RECEIPT, generate("ES256"))
    session = SessionProof("https://id.example#1", datetime(2026, 11, 25, tzinfo=UTC))
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)
    one, two = (
        sign_summary("ref", place, "text", session, now=now, countersigner=house)
        for place in (0, 1)
    )
    assert one.signature != two.signature
    assert one.level == "session"


def test_rules_are_read_strictly_and_found_by_day():
    book = lease_rules()
    found = book.in_force(TODAY)
    assert book.by_version(found.version) is found
    with pytest.raises(NotFoundError):
        book.in_force(date(2020, 1, 1))
    with pytest.raises(NotFoundError):
        book.by_version("of-tomorrow")
    for text in ("version = 1", 'version = "x"\nstrange = 2', "= nonsense"):
        with pytest.raises(MalformedError):
            read_rules({"a.toml": text})


def test_two_sets_of_rules_never_begin_on_one_day():
    text = files("issuance.matters.lease").joinpath("rules/2023.toml").read_text("utf-8")
    with pytest.raises(MalformedError):
        read_rules({"a.toml": text, "b.toml": text})


def test_from_an_end_nothing_leads_on():
    assert {State.DECLINED, State.WITHDRAWN, State.LAPSED, State.CANCELLED, State.ENDED} == FINAL
    for act in Act:
        for state in FINAL:
            assert not may(act, state)
            with pytest.raises(ConflictError):
                require(act, state, "ref")
    for moves in MOVES.values():
        for state, reached in moves.items():
            assert state not in FINAL
            assert reached.keys() <= set(State)


def test_an_act_leads_on_only_by_whom_the_table_names():
    assert leads(Act.JUDGE, State.REVIEW, State.APPROVED, By.OFFICER)
    assert not leads(Act.JUDGE, State.REVIEW, State.APPROVED, By.RULES)
    assert not leads(Act.JUDGE, State.CHECKING, State.APPROVED, By.OFFICER)
    assert not leads(Act.CANCEL, State.FILED, State.CANCELLED, By.WORKER)
    assert not leads(Act.ISSUE, State.FILED, State.FILED, By.WORKER)


@pytest.mark.parametrize(
    ("changed", "into"),
    [
        ('act = "lapse"', 'act = "vanish"'),
        ('to = ["lapsed"]', 'to = ["open"]'),
        ('by = ["officer"]', "by = []"),
        ('by = ["officer"]', 'by = ["officer"]\nnote = "x"'),
        ('first = "open"', 'first = "begun"'),
        ('from = ["review"]', 'from = ["checking"]'),
        ('act = "lapse"', "act = lapse"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(changed, into):
    text = files("issuance.matters.lease").joinpath("procedure.toml").read_text("utf-8")
    assert changed in text
    with pytest.raises(MalformedError):
        read_moves(text.replace(changed, into))


@pytest.mark.parametrize(
    ("address", "figure", "all_of_them"),
    [
        ("示范市梧桐区青桐路66号3幢501室", "501", ("66", "3", "501")),
        ("青桐路66号", "66", ("66",)),
        ("青桐路66弄6号12-03室", "1203", ("66", "6", "1203")),
        ("青桐路66号501A室", "501", ("66", "501")),
        ("青桐村", "", ()),
    ],
)
def test_a_dwelling_is_found_by_its_last_figure(address, figure, all_of_them):
    assert (figure_of(address), figures_of(address)) == (figure, all_of_them)


def test_a_notice_says_which_part_is_let_or_nothing():
    assert (room_of("整套"), room_of("房间 次卧"), room_of(None), room_of("x")) == (
        "",
        "次卧",
        None,
        None,
    )


def test_amounts_are_written_short():
    assert [hundredths(n) for n in (4500, 4550, 4505, 0)] == ["45", "45.5", "45.05", "0"]
