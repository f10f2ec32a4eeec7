"""A verifier asks, the holder answers: once, in time, on record, and over HTTP."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from lxml.html import fromstring

from certstore.certificates import Status
from certstore.codes.claims import Disclosure
from certstore.errors import ConflictError, GoneError, NotFoundError
from certstore.presenting.choices import MINIMAL, AgeNotReachedError, Choice
from tests.house import house_in
from tests.residents import Browser, assert_sound
from tests.sealed import LIN, ZHOU, become, resident, voucher
from verifiers.asking.desk import Question

HOTEL = Question(verifier="望江酒店", place="前台", why="办理入住登记", choice=MINIMAL)
PERSONAL = (LIN.name, LIN.id_number, "长乐路")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("asking"))
    built.mine = voucher(built)
    yield built
    built.close()


def asked(house, choice=MINIMAL):
    made = house.ask_desk.ask(
        Question(verifier="望江酒店", place="前台", why="办理入住登记", choice=choice)
    )
    return made.request.ref, made.secret


def scans(house):
    with house.archive.reading() as books:
        me = books.people.find("111", LIN.id_number)
        found = books.usage.of(me.id, datetime.min.replace(tzinfo=UTC)) if me else []
    return [entry.record for entry in found if entry.kind == "scan"]


def test_a_yes_is_collected_once_and_on_record_then(house):
    desk, before = house.ask_desk, len(scans(house))
    ref, secret = asked(house)
    assert (desk.state(ref, secret), desk.collect(ref, secret)) == ("waiting", "waiting")
    desk.agree(resident(), ref, house.mine.ref)
    assert desk.state(ref, secret) == "answered"
    assert len(scans(house)) == before
    found = desk.collect(ref, secret)
    assert (found.result.verdict.value, found.result.fields["name"]) == ("valid", LIN.name)
    assert LIN.id_number not in str(found.result.fields)
    assert (desk.collect(ref, secret), desk.state(ref, secret)) == ("over", "over")
    entry = scans(house)[0]
    assert len(scans(house)) == before + 1
    assert (entry["claimed_by"], entry["place"], entry["why"]) == (
        "望江酒店",
        "前台",
        "办理入住登记",
    )
    assert "residence_address" in entry["other_fields"]


def test_of_many_who_collect_at_once_one_is_given_it(house):
    ref, secret = asked(house, Choice(Disclosure.AGE_OVER, 18))
    house.ask_desk.agree(resident(), ref, house.mine.ref)
    before = len(scans(house))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: house.ask_desk.collect(ref, secret), range(6)))
    (given,) = [each for each in found if each != "over"]
    assert given.result.fields["age_over"] == 18
    assert "name" not in given.result.fields
    assert given.photo is None
    assert len(scans(house)) == before + 1


def test_of_many_who_answer_at_once_one_is_heard(house):
    ref, _ = asked(house)

    def answer(_):
        try:
            house.ask_desk.agree(resident(), ref, house.mine.ref)
        except GoneError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(answer, range(6))) == [False] * 5 + [True]


def test_a_no_and_too_late_are_the_same_to_whoever_asked(house):
    desk = house.ask_desk
    (refused, one), (late, other) = asked(house), asked(house)
    desk.decline(refused)
    house.clock.skip(timedelta(minutes=5, seconds=1))
    assert [desk.collect(refused, one), desk.collect(late, other)] == ["over", "over"]
    for ref in (refused, late):
        for again in (
            lambda r: desk.agree(resident(), r, house.mine.ref),
            desk.decline,
            desk.open_one,
        ):
            with pytest.raises(GoneError):
                again(ref)


def test_a_yes_that_nobody_collects_in_time_is_over(house):
    ref, secret = asked(house)
    house.ask_desk.agree(resident(), ref, house.mine.ref)
    before = len(scans(house))
    house.clock.skip(timedelta(minutes=5, seconds=1))
    assert house.ask_desk.collect(ref, secret) == "over"
    assert len(scans(house)) == before


def test_without_the_secret_there_is_no_such_request(house):
    ref, secret = asked(house)
    for of, by in ((ref, "x" * 43), ("2" * 20, secret), (ref, "\ud800" * 30)):
        with pytest.raises(NotFoundError):
            house.ask_desk.collect(of, by)


def test_what_the_certificate_does_not_bear_out_is_no_answer(house):
    ref, secret = asked(house, Choice(Disclosure.AGE_OVER, 60))
    with pytest.raises(AgeNotReachedError):
        house.ask_desk.agree(resident(), ref, house.mine.ref)
    with pytest.raises(NotFoundError):
        house.ask_desk.agree(resident(ZHOU), ref, house.mine.ref)
    become(house, gone := voucher(house), Status.REVOKED)
    with pytest.raises(ConflictError):
        house.ask_desk.agree(resident(), ref, gone.ref)
    assert house.ask_desk.state(ref, secret) == "waiting"


def test_the_status_is_the_one_of_the_moment_it_is_collected(house):
    ref, secret = asked(house)
    house.ask_desk.agree(resident(), ref, (mine := voucher(house)).ref)
    become(house, mine, Status.LOST)
    assert house.ask_desk.collect(ref, secret).result.verdict.value == "lost"


# -- over HTTP ---------------------------------------------------------------------------------

BODY = {"verifier": "望江酒店", "place": "前台", "why": "办理入住登记"}


def test_a_system_asks_and_the_holder_answers_on_the_page(house):
    system, lin = Browser(house, None), Browser(house, resident())
    made = system.http.post("/v1/verify/requests", json=BODY).json()
    path = made["url"].removeprefix(house.settings.public_url)
    assert system.http.get(path, follow_redirects=False).status_code == 303
    shown = lin.get(path)
    assert_sound(shown, "zh")
    said = fromstring(shown.text).text_content()
    assert "望江酒店" in said
    assert "没有人核实过" in said
    where = f"/v1/verify/requests/{made['ref']}:collect"
    waiting = system.http.post(where, json={"secret": made["secret"]}).json()
    assert waiting == {"state": "waiting", "result": None}
    answer = lin.post(path, answer="yes", certificate=house.mine.ref)
    assert "已同意" in answer.text
    found = system.http.post(where, json={"secret": made["secret"]}).json()
    assert (found["state"], found["result"]["verdict"]) == ("collected", "valid")
    assert system.http.post(where, json={"secret": made["secret"]}).json()["state"] == "over"
    assert lin.get(path).status_code == 410


def _fields(shown):
    form = fromstring(shown.text).get_element_by_id("collect")
    return {name: value for name, value in form.form_values() if name != "csrf"}


def test_a_verifiers_page_asks_waits_and_shows_the_answer_once(house):
    counter, lin = Browser(house, None), Browser(house, resident())
    assert_sound(counter.get("/scan/ask"), "zh")
    wrong = counter.post("/scan/ask", **{**BODY, "why": " ", "profile": "age", "age": "17"})
    assert wrong.status_code == 422
    assert_sound(wrong, "zh")
    shown = counter.post("/scan/ask", **{**BODY, "profile": "district"})
    assert_sound(shown, "zh")
    fields = _fields(shown)
    assert counter.post("/scan/ask/state", **fields).json() == {"state": "waiting"}
    assert "还没有回答" in counter.post("/scan/ask/result", **fields).text
    lin.post(f"/asked/{fields['ref']}", answer="yes", certificate=house.mine.ref)
    found = counter.post("/scan/ask/result", **fields)
    assert_sound(found, "zh")
    assert "海港区" in found.text
    assert not [word for word in PERSONAL if word in found.text]
    assert "没有拿到任何资料" in counter.post("/scan/ask/result", **fields).text


def test_a_no_on_the_page_gives_nothing(house):
    counter, lin = Browser(house, None), Browser(house, resident())
    shown = counter.post("/scan/ask", **{**BODY, "profile": "minimal"})
    fields = _fields(shown)
    assert "什么也没拿到" in lin.post(f"/asked/{fields['ref']}", answer="no").text
    assert "没有拿到任何资料" in counter.post("/scan/ask/result", **fields).text


@pytest.mark.parametrize(
    "spoil",
    [
        {"verifier": ""},
        {"verifier": "酒\u202e店"},
        {"why": "x" * 201},
        {"profile": "all"},
        {"profile": "age"},
        {"profile": "age", "age_over": 17},
        {"profile": "minimal", "age_over": 18},
        {"more": 1},
        {"place": None},
    ],
)
def test_a_question_of_another_form_is_refused(house, spoil):
    answer = Browser(house, None).http.post("/v1/verify/requests", json=BODY | spoil)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def _reopened(house, browser, ref):
    answer = browser.get(f"/asked/{ref}")
    assert answer.status_code == 410
    assert_sound(answer, "zh")
    return fromstring(answer.text).text_content()


def test_who_opens_a_request_that_is_over_is_told_what_became_of_it(house):
    lin, desk = Browser(house, resident()), house.ask_desk
    (given, secret), (refused, _), (late, _) = asked(house), asked(house), asked(house)
    desk.agree(resident(), given, house.mine.ref)
    told = [_reopened(house, lin, given)]
    desk.collect(given, secret)
    desk.decline(refused)
    told.append(_reopened(house, lin, given))
    house.clock.skip(timedelta(minutes=5, seconds=1))
    told.append(_reopened(house, lin, given))
    for said in told:
        assert "已经有人选了「给对方看」" in said
        assert "没有因此拿到" not in said
    for ref in (refused, late):
        assert "没有因此拿到任何资料" in _reopened(house, lin, ref)
    forgotten = _reopened(house, lin, "2" * 20)
    assert "没有因此拿到" not in forgotten
    assert "没有记录" in forgotten


def test_the_page_shows_what_was_agreed_to_in_words_with_the_photo(house):
    picture = b"\xff\xd8\xff\xe0 a portrait"
    mine = voucher(house, photo_digest=house.objects.put(picture), ethnicity="汉族")
    counter, lin = Browser(house, None), Browser(house, resident())
    for profile in ("minimal", "full"):
        fields = _fields(counter.post("/scan/ask", **{**BODY, "profile": profile}))
        lin.post(f"/asked/{fields['ref']}", answer="yes", certificate=mine.ref)
        shown = counter.post("/scan/ask/result", **fields)
        assert "img-src 'self' blob: data:" in shown.headers["content-security-policy"]
        page = fromstring(shown.text)
        (portrait,) = page.find_class("portrait")
        assert portrait.get("src") == "data:image/jpeg;base64," + b64encode(picture).decode()
        facts = {
            row.findtext("dt"): row.findtext("dd").strip() for row in page.findall(".//dl/div")
        }
        assert facts["性别"] == "女"
        assert facts.get("民族") == ("汉族" if profile == "full" else None)
    without = _fields(counter.post("/scan/ask", **{**BODY, "profile": "minimal"}))
    lin.post(f"/asked/{without['ref']}", answer="yes", certificate=house.mine.ref)
    # Where the picture could not be had, no comparison is asked for.
    assert "是同一个人吗" not in counter.post("/scan/ask/result", **without).text
