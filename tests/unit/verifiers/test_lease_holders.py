"""Whom a lease filing shows to live there: its tenants, however the filing came to be."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certstore.certificates import Certificate, Holder, Status, Validity
from verifiers.materials.on_file import record_fact

TENANT = Holder("林晓禾", "111", "340199199804060284")
OWNER = Holder("郑国强", "111", "340199197003150336")
FILING = Certificate(
    ref="r",
    type_code="lease_filing",
    version=1,
    number="BA1",
    identifier=None,
    holders=(TENANT, OWNER),
    issuer_uscc="11310000MB0T00023P",
    issued_on=date(2026, 11, 25),
    validity=Validity(date(2026, 11, 25), None),
    status=Status.VALID,
    status_changed_at=datetime(2026, 11, 25, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"fields": {"roles": "lessee,lessor"}}, [TENANT]),
        ({"fields": {"roles": "lessor,lessee"}}, [OWNER]),
        ({"fields": {"roles": "lessee,lessee"}}, [TENANT, OWNER]),
        ({"fields": {}}, [TENANT, OWNER]),
        ({"fields": {}, "holders": (TENANT,)}, [TENANT]),
        ({"fields": {"roles": "lessee"}}, [TENANT, OWNER]),
        ({"fields": {"roles": ["lessee", "lessor"]}}, [TENANT, OWNER]),
        ({"fields": {"roles": "lessor,lessor"}, "type_code": "lease_contract"}, [TENANT, OWNER]),
    ],
)
def test_who_lives_there(changes, named):
    said = record_fact(replace(FILING, **changes))["holders"]
    assert [each["name"] for each in said] == [holder.name for holder in named]


def test_a_reader_is_the_first_holder_of_what_names_them():
    assert FILING.seen_by(OWNER).holders == (OWNER, TENANT)
    assert FILING.seen_by(TENANT) == FILING
    assert FILING.seen_by(Holder("别人", "111", "340199199311020575")) == FILING
