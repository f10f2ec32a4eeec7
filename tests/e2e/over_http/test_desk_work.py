"""The officers' desk at work over HTTP: in hand, released, taken over, by two, and together."""

import pytest
from lxml.html import fromstring

from issuance.application import State
from tests.residents import GAO, LI, Browser, assert_sound, copied, submitted
from tests.unit.issuance.desk_walks import CHIEF, HAIGANG, clear_case
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.test_waiting import copies

EVERY = '[[rule]]\ncode = "every"\n'


def text_of(answer, path="//main"):
    return " ".join(" ".join(e.text_content().split()) for e in fromstring(answer.text).xpath(path))


def rows(answer):
    return fromstring(answer.text).xpath("//tbody/tr")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_second_officer_reads_who_has_the_case_since_when_and_a_supervisor_takes_it(
    house, lang
):
    ref = submitted(house, "shen_xiaozhou").ref
    gao, li, chief = (Browser(house, who, lang) for who in (GAO, LI, CHIEF))
    path = f"/desk/cases/{ref}"
    mine = gao.get(path)
    assert_sound(mine, lang)
    (release,) = fromstring(mine.text).xpath("//form[contains(@action, '/release')]/@action")
    assert release == f"{path}/release"
    seen = li.get(path)
    assert_sound(seen, lang)
    assert "高民警 1047" in text_of(seen)
    assert not fromstring(seen.text).xpath("//form[@id='decide']")
    assert not fromstring(seen.text).xpath("//form[contains(@action, 'take-over')]")
    late = li.post(path, decision="approve", judge_1="yes")
    assert late.status_code == 409
    assert_sound(late, lang)
    assert fromstring(late.text).xpath("//*[@role='alert']")
    assert "高民警 1047" in text_of(li.get("/desk"), "//table[@class='waiting']")
    assert li.post(f"{path}/take-over", over_why="x").status_code == 403
    wrong = chief.post(f"{path}/take-over", over_why=" ")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    assert chief.post(f"{path}/take-over", over_why="今天到期").status_code == 303
    assert gao.post(path, decision="approve", judge_1="yes").status_code == 409
    back = chief.post(f"{path}/release")
    assert back.headers["location"].startswith("/desk?released=")
    told = chief.get(back.headers["location"])
    assert_sound(told, lang)
    assert house.application(ref).number in text_of(told)
    assert gao.post(path, decision="approve", judge_1="yes").status_code == 303
    assert house.application(ref).state is State.ISSUED


def test_what_is_narrowed_stands_in_the_address_and_is_kept_through_a_case(house):
    ref = submitted(house, "shen_xiaozhou").ref
    copies(house, ref, 3)
    gao = Browser(house, GAO)
    gao.get(f"/desk/cases/{ref}")
    query = "which=week&matter=residence_registration&hand=me"
    found = gao.get(f"/desk?{query}")
    assert_sound(found, "zh")
    (href,) = fromstring(found.text).xpath("//tbody//a/@href")
    assert href == f"/desk/cases/{ref}?{query}"
    case = gao.get(href)
    (action,) = fromstring(case.text).xpath("//form[@id='decide']/@action")
    assert action == href
    done = gao.post(action, decision="approve", judge_1="yes")
    assert done.headers["location"] == f"/desk?{query}&decided={ref}"
    assert_sound(gao.get(done.headers["location"]), "zh")
    for odd in ("which=%00", "matter=x%27--", "hand=everybody", "station=wutong", "page=99999"):
        assert_sound(gao.get(f"/desk?{odd}"), "zh")
    assert gao.get("/desk?page=0").status_code == 422
    assert len(rows(gao.get("/desk?hand=nobody"))) == 3


def test_another_stations_case_is_neither_listed_nor_opened(house):
    ref = submitted(house, "shen_xiaozhou").ref
    stranger = Browser(house, HAIGANG)
    assert rows(stranger.get("/desk")) == []
    assert rows(stranger.get("/desk?station=wutong")) == []
    for answer in (
        stranger.get(f"/desk/cases/{ref}"),
        stranger.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes"),
        stranger.post(f"/desk/cases/{ref}/second", answer="confirm", proposal="x"),
        stranger.post(f"/desk/cases/{ref}/release"),
    ):
        assert answer.status_code == 403
        assert "沈听舟" not in answer.text
    assert count(house, "usage", "kind = 'review'") == 0
    chief = Browser(house, CHIEF)
    (station,) = fromstring(chief.get("/desk").text).xpath("//tbody//td/span[contains(., '所')]")
    assert station.text == "梧桐派出所"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_one_proposes_another_confirms_or_sends_back(settled_folder, tmp_path, lang):
    file = tmp_path / "both.toml"
    file.write_text(EVERY, "utf-8")
    with copied(settled_folder, tmp_path, four_eyes_file=file) as house:
        ref = submitted(house, "shen_xiaozhou").ref
        path = f"/desk/cases/{ref}"
        gao, li = Browser(house, GAO, lang), Browser(house, LI, lang)
        sent = {"decision": "refuse", "reason": ["NO_RECORD", "PHOTO_QUALITY"]}
        for _ in range(2):  # the second click is the first one's
            proposed = gao.post(path, **sent)
            assert proposed.headers["location"] == f"/desk?decided={ref}"
        assert_sound(gao.get(proposed.headers["location"]), lang)
        own = gao.get(path)
        assert_sound(own, lang)
        assert not fromstring(own.text).xpath("//form[contains(@action, '/second')]")
        page = li.get(path)
        assert_sound(page, lang)
        assert "高民警 1047" in text_of(page, "//section[@class='decide']")
        (proposal, _) = fromstring(page.text).xpath("//input[@name='proposal']/@value")
        answer = f"{path}/second"
        assert gao.post(answer, answer="confirm", proposal=proposal).status_code == 403
        assert li.post(answer, answer="perhaps", proposal=proposal).status_code == 422
        assert li.post(answer, answer="back", proposal=proposal, words="").status_code == 422
        assert li.post(answer, answer="confirm", proposal="9" * 20).status_code == 409
        back = li.post(answer, answer="back", proposal=proposal, words="照片可用")
        assert back.status_code == 303
        late = li.post(answer, answer="confirm", proposal=proposal)
        assert late.status_code == 409
        assert_sound(late, lang)
        assert "照片可用" in text_of(gao.get(path))
        gao.post(path, decision="approve", judge_1="yes")
        (proposal, _) = fromstring(li.get(path).text).xpath("//input[@name='proposal']/@value")
        done = li.post(answer, answer="confirm", proposal=proposal)
        assert done.headers["location"] == f"/desk?decided={ref}"
        assert house.application(ref).state is State.ISSUED
        again = li.post(answer, answer="confirm", proposal=proposal)
        assert again.status_code == 303


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_satisfied_whole_is_chosen_read_and_approved_together(house, lang):
    ref = clear_case(house)
    refs = [ref, *copies(house, ref, 2)]
    gao, li = Browser(house, GAO, lang), Browser(house, LI, lang)
    ticks = fromstring(gao.get("/desk").text).xpath("//form[@id='together']//@value")
    assert set(refs) <= set(ticks)
    chosen = gao.post("/desk/bulk", case=refs)
    path = chosen.headers["location"]
    page = gao.get(path)
    assert_sound(page, lang)
    assert len(rows(page)) == 3
    assert li.get(path).status_code == li.post(path).status_code == 404
    assert count(house, "application_events", "step = 'approved'") == 0
    for _ in range(2):
        assert gao.post(path).headers["location"] == path
    assert_sound(gao.get(path), lang)
    house.bulk_desk.go_on()
    assert count(house, "application_events", "step = 'approved'") == 3
    under_way = gao.get(path)
    assert fromstring(under_way.text).xpath("//meta[@name='reload-after']")
    assert house.application(ref).state is State.APPROVED
    for fields in ({}, {"case": refs * 30}, {"case": [f"{n:020d}" for n in range(51)]}):
        sent = gao.post("/desk/bulk", **fields)
        assert sent.status_code in {303, 404}
    told = gao.get("/desk?which=clear&chosen=too_many")
    assert_sound(told, lang)
    assert fromstring(told.text).xpath("//*[@role='alert']")
    assert gao.post("/desk/bulk", case=["x" * 25]).status_code == 422
