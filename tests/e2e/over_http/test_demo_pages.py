"""Every page that the demonstration lists opens for somebody who can sign in there."""

import pytest

from certstore.callers import Clerk, Developer, Operator
from certstore.service.demo import PAGES
from certstore.service.demo_counter import enrol_counter
from tests.residents import EVERYWHERE, PEOPLE, Browser, resident

POLICE = Clerk("秦经办", "J03", "11310000MB0T00015W")
INSURANCE = Clerk("孙经办", "S01", "11310000MB0T0004XA")
HOUSING = Clerk("许经办", "F07", "11310000MB0T00023P")
DEVELOPER = Developer("韩开发", "D01", "11310000MB0T00058A")
CALLERS = (
    resident("chen_yiming"),
    EVERYWHERE,
    POLICE,
    INSURANCE,
    HOUSING,
    DEVELOPER,
    Operator("郑运维", "A01"),
)
WHAT_NEWCOMERS_LOOK_FOR = (
    *("/apply/residence-registration", "/applications", "/together", "/leases", "/loss", "/help"),
    *("/cards", "/service-points", "/desk/counter", "/filings"),
    *("/console/volumes", "/desk/ratings", "/reminders"),
)


def test_the_list_names_what_a_newcomer_looks_for():
    assert set(WHAT_NEWCOMERS_LOOK_FOR) <= PAGES.keys()


@pytest.mark.parametrize("path", PAGES)
def test_a_listed_page_opens(house, path):
    enrol_counter(house)
    answers = [Browser(house, who).get(path).status_code for who in CALLERS]
    assert 200 in answers


def test_nobody_of_the_demonstration_has_a_permit(house):
    people = [key for key, person in PEOPLE.items() if "id_number" in person]
    held = [c.type_code for key in people for c in house.holdings_desk.of(resident(key))]
    assert "property_certificate" in held
    assert "residence_permit" not in held
