"""Parties, officers and leases at the same moment, on either database: one of them wins."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from certstore.callers import Clerk
from certstore.errors import CertstoreError, ConflictError
from issuance.commitment import digest_of
from issuance.matters.lease.states import State
from tests.house import house_in
from tests.leases import (
    FRIEND,
    OWNER,
    TENANT,
    begun,
    codes,
    lease_of,
    signed,
    title,
    typed,
    verified,
    with_housing,
)
from tests.sealed import resident
from tests.servers import postgres

CLERKS = [
    Clerk("许经办", "F07", "11310000MB0T00023P"),
    Clerk("石经办", "F08", "11310000MB0T00023P"),
]


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
)
def shared(request, tmp_path_factory):
    """One house on either database; each test lets a home of its own."""
    folder = tmp_path_factory.mktemp("leases") / "house"
    with ExitStack() as stack:
        url = {}
        if request.param == "postgresql":
            url = {"database_url": stack.enter_context(postgres())}
        house = with_housing(house_in(folder, **url))
        yield house
        house.close()


def home(house, number):
    """An address whose title the owner has."""
    address = f"青桐路{number}号3幢501室"
    title(house, OWNER, address=f"示范市梧桐区{address}")
    return {"address": address}


def at_once(*deeds):
    """Do these at the same moment; what each got, or the error it raised."""
    gate = Barrier(len(deeds))

    def one(deed):
        gate.wait(timeout=30)
        try:
            return deed()
        except CertstoreError as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def signing(house, who, ref):
    """What signs the page as it is now."""
    verified(house, who, ref)
    digest = digest_of(lease_of(house, ref).summary)
    return lambda: house.lease_signing_desk.sign(resident(who), ref, digest, who.name)


def notices(house, ref):
    lease = lease_of(house, ref)
    with house.archive.reading() as books:
        held = books.register.held_by("111", TENANT.id_number)
    wanted = lease.contract.full_address("示范市")
    return [c for c in held if c.fields["address"] == wanted and c.type_code == "lease_filing"]


def test_both_sign_at_the_same_moment_and_twice_each(shared):
    ref = begun(shared, **home(shared, 101))
    deeds = [signing(shared, who, ref) for who in (OWNER, TENANT)] * 2
    found = at_once(*deeds)
    assert not [f for f in found if isinstance(f, Exception)]
    shared.lease_upkeep_desk.work()
    assert lease_of(shared, ref).state is State.FILED
    assert len(notices(shared, ref)) == 1


def test_one_edits_while_the_other_signs(shared):
    ref = begun(shared, **home(shared, 103))
    sign = signing(shared, TENANT, ref)
    new = typed(address="青桐路103号3幢501室", rent="4300")
    found = at_once(sign, lambda: shared.lease_desk.change(resident(OWNER), ref, 1, new))
    lease = lease_of(shared, ref)
    assert (lease.state, lease.revision, lease.contract.rent) == (State.OPEN, 2, 430000)
    assert [row.signed for row in lease.parties] == [None, None]  # no signature of another text
    if isinstance(found[0], Exception):
        assert found[0].facts["cause"] == "changed"


def test_two_edits_of_one_page(shared):
    ref = begun(shared, **home(shared, 105))
    said = {"address": "青桐路105号3幢501室"}
    found = at_once(
        *(
            lambda r=rent, w=who: shared.lease_desk.change(
                resident(w), ref, 1, typed(rent=r, **said)
            )
            for rent, who in (("1", OWNER), ("2", TENANT))
        )
    )
    assert sorted(isinstance(f, ConflictError) for f in found) == [False, True]
    assert lease_of(shared, ref).revision == 2


def test_one_form_sent_by_four_hands_begins_one_lease(shared):
    said = typed(**home(shared, 107))
    begin = lambda: shared.lease_desk.begin(resident(OWNER), said, "q" * 20)  # noqa: E731
    found = at_once(*[begin] * 4)
    assert len({lease.ref for lease in found}) == 1


def test_of_two_leases_of_one_home_one_is_filed_and_the_other_is_told_why(shared):
    where = home(shared, 109)
    refs = [begun(shared, ("tenant", who), **where) for who in (TENANT, FRIEND)]
    for ref, who in zip(refs, (TENANT, FRIEND), strict=True):
        signed(shared, ref, who)
    at_once(*(signing(shared, OWNER, ref) for ref in refs))
    shared.lease_upkeep_desk.work()
    found = [lease_of(shared, ref) for ref in refs]
    assert sorted(lease.state for lease in found) == [State.FILED, State.REFUSED]
    assert next(codes(lease) for lease in found if lease.state is State.REFUSED) == ["LET_ALREADY"]


def test_of_two_officers_one_decides_and_the_other_is_told(shared):
    ref = begun(shared, first="2026-10-01", **home(shared, 111))
    assert signed(shared, ref, OWNER, TENANT).state is State.REVIEW
    desk = shared.lease_review_desk
    found = at_once(
        lambda: desk.approve(CLERKS[0], ref),
        lambda: desk.refuse(CLERKS[1], ref, "OTHER", "不行"),
        lambda: desk.approve(CLERKS[1], ref),
    )
    refused = [f for f in found if isinstance(f, ConflictError)]
    assert len(refused) == 2
    assert {f.facts["cause"] for f in refused} == {"decided"}
    shared.lease_upkeep_desk.work()
    assert lease_of(shared, ref).state in {State.FILED, State.REFUSED}


def test_one_stops_while_the_last_one_signs(shared):
    ref = begun(shared, **home(shared, 113))
    signed(shared, ref, OWNER)
    sign = signing(shared, TENANT, ref)
    at_once(sign, lambda: shared.lease_desk.stop(resident(OWNER), ref))
    shared.lease_upkeep_desk.work()
    lease = lease_of(shared, ref)
    assert lease.state in {State.FILED, State.WITHDRAWN}
    assert len(notices(shared, ref)) == (lease.state is State.FILED)


def test_both_end_a_filing_at_the_same_moment(shared):
    ref = begun(shared, **home(shared, 115))
    signed(shared, ref, OWNER, TENANT)
    at_once(
        *(
            lambda w=who: shared.lease_desk.agree_to_end(resident(w), ref)
            for who in (OWNER, TENANT, OWNER, TENANT)
        )
    )
    assert lease_of(shared, ref).state is State.CANCELLED
    (notice,) = notices(shared, ref)
    assert notice.status == "cancelled"
