"""The operators' pages about matters, over HTTP: two people, in two browsers."""

import pytest

from certstore.callers import Developer, Operator
from tests.matters import demonstrations
from tests.residents import GAO, Browser, assert_sound, resident
from verifiers.matters.registry import MatterDesk

ZHENG, MENG = Operator("郑运维", "A01"), Operator("孟运维", "A02")
HAN = Developer("韩开发", "D01", "11310000MB0T00058A")


@pytest.fixture
def place(house):
    """A version that waits, and where it is decided."""
    desk = MatterDesk(archive=house.archive, clock=house.clock)
    desk.propose(demonstrations(), client="school-service")
    return f"/console/matters/{house.matter_approval_desk.lists()[0][0].ref}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_people_approve_a_version(house, place, lang):
    first, second = Browser(house, ZHENG, lang), Browser(house, MENG, lang)
    for path in ("/console/matters", place):
        assert_sound(first.get(path), lang)
    assert first.post(f"{place}/approve", step="1").status_code == 303
    assert_sound(first.get(place), lang)
    assert f'action="{place}/approve"' not in first.get(place).text
    assert first.post(f"{place}/approve", step="2").status_code == 403
    assert second.post(f"{place}/approve", step="2").status_code == 303
    assert house.matter_desk.versions("school_enrolment")[0].approval == "two_people"
    assert_sound(second.get(place), lang)


def test_a_version_is_sent_back_with_a_reason(house, place):
    browser = Browser(house, ZHENG)
    assert browser.post(f"{place}/refuse", reason=" ").status_code == 400
    assert browser.post(f"{place}/refuse", reason="依据不对").status_code == 303
    assert "依据不对" in browser.get(place).text
    assert browser.post(f"{place}/approve", step="1").status_code == 409


def test_nobody_else_sees_or_decides_it(house, place):
    for caller in (resident("lin_xiaohe"), GAO, HAN):
        browser = Browser(house, caller)
        assert browser.get("/console/matters").status_code == 403
        assert browser.post(f"{place}/approve", step="1").status_code == 403
    operator = Browser(house, ZHENG)
    assert operator.http.post(f"{place}/approve", data={"csrf": "x", "step": 1}).status_code == 403
    for path in ("/console/matters/nothing", f"/console/matters/{'x' * 20}"):
        assert operator.get(path).status_code in {404, 422}
    assert operator.post(f"{place}/approve", step="3").status_code == 422
    assert house.matter_approval_desk.lists()[0][0].state == "proposed"
