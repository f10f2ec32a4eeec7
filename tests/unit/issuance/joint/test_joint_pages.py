"""The pages of several matters in one go, as a browser without script walks them."""

from datetime import timedelta

import pytest

from issuance.application import State
from issuance.joint.choosing import PERMIT, REGISTRATION
from tests.guardians import DAUGHTER, FATHER
from tests.joint import begun, family, member, with_history
from tests.residents import EVERYWHERE, Browser, assert_sound, resident

CHEN, SHEN = resident("chen_yiming"), resident("shen_xiaozhou")
BOTH = [REGISTRATION.value, PERMIT.value]
DECLARED = {"district": "海港区", "address": "长乐路88弄6号1203室"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_choosing_to_submitting_without_script(house, lang):
    with_history(house)
    browser = Browser(house, CHEN, lang)
    assert_sound(browser.get("/together"), lang)
    answer = browser.post("/together", matters=BOTH)
    path = answer.headers["location"]
    ref = path.rpartition("/")[2]
    page = browser.get(path)
    assert_sound(page, lang)
    first = member(house, "chen_yiming", ref)
    assert f"/applications/{first.ref}/dwelling" in page.text
    assert f'action="{path}/submit"' not in page.text
    at = f"/applications/{first.ref}"
    browser.post(f"{at}/dwelling", dwelling="own")
    browser.post(f"{at}/relative", whose="self")
    assert browser.post(f"{at}/address", **DECLARED).headers["location"] == f"{at}/face"
    challenge = house.apply_desk.verify_face(CHEN, first.ref, f"{at}/face")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], "pass")
    house.face_desk.accept(ending.token, CHEN.account)
    follows = member(house, "chen_yiming", ref, PERMIT)
    assert_sound(browser.get(f"/applications/{follows.ref}/check"), lang)
    check = browser.get(f"{at}/check")
    assert f'href="{path}"' in check.text  # submitted there, with the rest
    page = browser.get(path)
    assert f'action="{path}/submit"' in page.text
    sent = browser.post(f"{path}/submit")
    assert sent.headers["location"] == f"{path}?sent=1"
    assert_sound(browser.get(sent.headers["location"]), lang)
    assert browser.post(f"{path}/submit").headers["location"] == f"{path}?sent=1"  # sent twice
    permit = member(house, "chen_yiming", ref, PERMIT)
    assert (member(house, "chen_yiming", ref).state, permit.state) == (State.ISSUED, State.ROUTED)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_waits_says_for_what_and_what_ended_says_why(house, lang):
    with_history(house, "shen_xiaozhou")
    ref = begun(house, "shen_xiaozhou")
    browser = Browser(house, SHEN, lang)
    browser.post(f"/together/{ref}/submit")
    first, permit = (member(house, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    page = browser.get(f"/applications/{permit.ref}")
    assert_sound(page, lang)
    assert f'href="/applications/{first.ref}"' in page.text
    assert f'href="/together/{ref}"' in page.text
    assert browser.get(f"/applications/{permit.ref}/check").status_code == 303
    submitted = browser.get(f"/applications/{permit.ref}/submitted")
    assert submitted.headers["location"] == f"/applications/{permit.ref}"
    for path in ("/", "/applications", f"/together/{ref}"):
        assert_sound(browser.get(path), lang)
    assert f'href="/together/{ref}"' in browser.get("/applications").text
    house.review_desk.refuse(EVERYWHERE, first.ref, "ADDRESS_MISMATCH", "")
    ended = browser.get(f"/applications/{permit.ref}")
    why = {"zh": "前一件没有办成", "en": "The one before came to nothing"}[lang]
    assert why in ended.text
    assert why in browser.get(f"/together/{ref}").text
    notices = browser.get("/notices").text
    assert {"zh": "已结束：居住证", "en": "Ended: Residence permit"}[lang] in notices
    again = browser.post(f"/together/{ref}/again").headers["location"]
    assert again != f"/together/{ref}"
    assert_sound(browser.get(again), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_child_is_named_on_a_page_of_its_own(house, lang):
    browser = Browser(house, FATHER, lang)
    path = browser.post("/together", children="1").headers["location"]
    assert path.endswith("/child")
    assert_sound(browser.get(path), lang)
    wrong = browser.post(path, child_name="何雨桐")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    named = browser.post(
        path,
        child_name=DAUGHTER.name,
        child_id_number=DAUGHTER.id_number,
        guardian_relation="parent",
        consented="1",
    )
    page = browser.get(named.headers["location"])
    assert_sound(page, lang)
    assert DAUGHTER.name in page.text


def test_wrong_choices_are_said_on_the_page(house):
    browser = Browser(house, CHEN)
    assert browser.post("/together").status_code == 422
    assert browser.post("/together", matters=[PERMIT.value]).status_code == 422
    refused = browser.post("/together", matters=BOTH)
    assert refused.status_code == 409
    assert "满半年" in refused.text
    assert browser.post("/together", matters=["endorsement", "x"]).status_code == 422
    assert browser.get("/together/" + "2" * 20).status_code == 404
    assert browser.post("/together", matters=[REGISTRATION.value], lease="x").status_code == 404
    assert Browser(house, None).get("/together").status_code in {302, 303, 401}


def test_what_lacks_something_is_not_sent_and_one_can_be_left_out(house):
    ref = family(house)
    browser, path = Browser(house, FATHER), f"/together/{ref}"
    child = house.joint_desk.add_child(FATHER, ref, DAUGHTER)
    house.clock.skip(timedelta(minutes=11))  # the face is too old by now
    assert browser.post(f"{path}/submit").headers["location"] == f"{path}?left=1"
    assert_sound(browser.get(f"{path}?left=1"), "zh")
    browser.post(f"{path}/leave-out", application=child.ref)
    assert house.application(child.ref).state is State.WITHDRAWN
    assert browser.post(f"{path}/leave-out", application="x").status_code == 404
