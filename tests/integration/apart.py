"""What a house without `issuance/matters` offers, and what it does not.

Run by test_without_matters.py in a copy of the tree that lacks the folder; not collected here.
"""

import re
from datetime import timedelta

import pytest

from certstore.errors import ConflictError
from certstore.service.matters import PLACES, deadline_of, jobs_of
from certstore.service.worker import Worker
from certstore.web.texts import load
from issuance.application import Matter, State
from tests.residents import EVERYWHERE, Browser, assert_sound, resident, submitted
from tests.residents import house as house
from tests.residents import settled_folder as settled_folder

ME = resident("chen_yiming")
GONE = ("/loss", "/cards", "/leases", "/endorsement", "/apply/residence-permit", "/desk/cards")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_leads_to_what_is_not_there(house, lang):
    done = submitted(house, "chen_yiming")
    assert done.state is State.ISSUED
    house.clock.skip(timedelta(days=340))
    browser = Browser(house, ME, lang)
    pages = ("/", "/certificates", "/applications", f"/applications/{done.ref}", "/notices")
    for path in pages:
        answer = browser.get(path)
        assert_sound(answer, lang)
        hrefs = re.findall(r'href="([^"]*)"', answer.text)
        assert not [h for h in hrefs for gone in GONE if gone in h], path
    assert "/apply/registration-renewal" in browser.get("/").text
    desk = Browser(house, EVERYWHERE, lang).get("/desk").text
    assert "/desk/cards" not in desk
    assert "/desk/loss" not in desk


@pytest.mark.parametrize("matter", [Matter.RESIDENCE_PERMIT, Matter.ENDORSEMENT])
def test_what_nothing_is_issued_for_is_refused_clearly(house, matter):
    submitted(house, "chen_yiming")
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, matter)
    assert refusal.value.facts["cause"] == "NOT_OFFERED"
    for lang in ("zh", "en"):
        browser = Browser(house, ME, lang)
        said = str(load(lang)["reason.NOT_OFFERED"].other)
        for answer in (
            browser.get(f"/apply/{matter.path}"),
            browser.post(f"/apply/{matter.path}"),
        ):
            assert answer.status_code == 409
            assert said in answer.text
    assert [a.matter for a in house.apply_desk.all_of(ME)] == [Matter.RESIDENCE_REGISTRATION]


def test_cases_are_followed_and_the_worker_works(house):
    done = submitted(house, "chen_yiming")
    seen = Browser(house, ME).http.get(f"/v1/me/applications/{done.ref}").json()
    assert (seen["state"], seen["card"]) == ("issued", None)
    assert not [step for step in seen["steps"] if step["name"].startswith("card_")]
    Worker(house).once()
    assert (PLACES, jobs_of(house), deadline_of(house, ME)) == ((), (), None)
