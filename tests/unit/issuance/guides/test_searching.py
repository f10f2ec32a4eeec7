"""The mechanism of searching, apart from the examples: what is forgiven, what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.errors import MalformedError
from issuance.guides.lexicon import DENYING, lexicon, masks, stem
from issuance.guides.meanings import language_of, meanings
from issuance.guides.question import LONGEST, Question
from tests.unit.issuance.guides.conftest import desk_on

DESK = desk_on()


def got(text):
    answered = DESK.answer(Question.read(text))
    return answered.outcome, [passage.ref for passage in answered.passages]


@pytest.mark.parametrize(
    "typed",
    [
        "居住证丢了怎么办",
        "居住證丟了怎麼辦",  # traditional characters
        "居主证丢了怎么办",  # one character wrong
        "居证住丢了怎么办",  # two changed about
        "暂住证丢了咋办",  # its old name, and dialect
        "居住证 丢了！！！",
        "　居住证，丢了？",  # full-width blank and marks
        "juzhuzheng diule",  # pinyin
        "ju zhu zheng diu le",
        "".join(chr(ord(letter) + 0xFEE0) for letter in "JUZHUZHENG") + "　diule",  # full-width
        "I lost my residence permit",
        "LOST PERMIT",
        "lost permitt",  # one letter too many
        "my permti is lost",  # two changed about
    ],
)
def test_ways_of_writing_are_forgiven(typed):
    assert got(typed) == ("answer", ["loss.report"])


@pytest.mark.parametrize(
    "typed",
    ["银行卡丢了", "社保卡丢了怎么办", "学生证丢了", "驾照丢了", "身份证丢了", "房产证丢了",
     "library card lost", "I lost my passport", "credit card stolen"],
)  # fmt: skip
def test_another_thing_that_is_lost_is_not_the_permit(typed):
    assert got(typed)[0] != "answer"


@pytest.mark.parametrize(
    "typed", ["居住证能抵押吗", "居住证可以贷款吗", "居住证能摇号吗", "mortgage with my permit"]
)
def test_a_permit_that_something_strange_is_asked_of_gets_no_answer(typed):
    assert got(typed)[0] != "answer"


@pytest.mark.parametrize(
    "typed", ["材料", "要钱吗", "多久", "在哪里", "怎么办", "可以吗", "how long"]
)
def test_a_question_that_names_no_thing_may_only_be_chosen_from(typed):
    how, refs = got(typed)
    assert how != "answer" or refs == ["fees"]  # 要钱吗 has one meaning here


@pytest.mark.parametrize(
    "typed",
    ['"', "'", "*", "NEAR(居住证 丢)", "title:居住证", "居住证 AND", "^居住证", "-居住证",
     "<script>alert(1)</script>", "{{ 7*7 }}", "%", "\\", "' OR 1=1 --", "居住证*" * 20],
)  # fmt: skip
def test_no_operator_of_the_index_can_be_typed(typed):
    assert got(typed)[0] in {"answer", "perhaps", "none"}


# Everything that can be typed in a line; what cannot is refused, which has its own tests below.
LINES = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=LONGEST
)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_any_line_gets_an_outcome(typed):
    answered = DESK.answer(Question.read(typed))
    assert (answered.outcome == "none") == (not answered.passages)
    assert len(answered.passages) <= (1 if answered.outcome == "answer" else 3)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_passage_answers_its_own_title(lang):
    missed = [p.ref for p in DESK.passages(lang) if got(p.title) != ("answer", [p.ref])]
    assert missed == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_way_of_asking_for_a_passage_is_answered_by_another(lang):
    wrong = [
        (way, refs)
        for passage in DESK.passages(lang)
        for way in passage.asked
        if (found := got(way))[0] == "answer" and (refs := found[1]) != [passage.ref]
    ]
    assert wrong == []


def test_the_language_is_the_question_s():
    words = lexicon()
    said = ["居住证", "juzhuzheng", "permit", "permit 居住证", "qianzhu", "xyz", ""]
    assert [language_of(text, words) for text in said] == ["zh", "zh", "en", "zh", "zh", "en", "en"]


def test_a_strange_word_makes_another_thing_of_what_stands_beside_it():
    assert "card" not in [each.name for each in meanings("魔法卡丢了", lexicon())]
    assert got("魔法凭证丢了")[0] != "answer"


# Each makes another question of whatever way of asking it is put to, and none is answered here.
@pytest.mark.parametrize(
    ("lang", "turned"),
    [
        ("zh", "去世的父亲，{}"),
        ("zh", "北京的{}"),
        ("zh", "{}是谁发明的"),
        ("zh", "{}有优惠吗"),
        ("zh", "举报{}"),
        ("zh", "{}，护照"),
        ("en", "{} in Beijing"),
        ("en", "{} for my dead father"),
        ("en", "who invented {}"),
    ],
)
def test_a_turned_question_gets_no_answer_to_the_straight_one(lang, turned):
    ways = [turned.format(way) for passage in DESK.passages(lang) for way in passage.asked]
    assert [way for way in ways if got(way)[0] == "answer"] == []


@pytest.mark.parametrize(
    ("straight", "ref", "turned"),
    [
        ("注销居住证", "cancel.how", ["不要注销居住证", "注销别人的居住证", "替亡父注销居住证"]),
        ("居住证丢了", "loss.report", ["居住证没丢", "邻居的居住证丢了", "杭州居住证丢了"]),
        ("我搬家了", "move.how", ["我没搬家", "房客搬家了"]),
        ("签注要什么材料", "endorsement.materials", ["签注不要材料", "苏州签注要什么材料"]),
        ("I lost my permit", "loss.report", ["I did not lose it", "my neighbour lost a permit"]),
        ("endorse my permit", "endorsement.how", ["don't endorse my permit", "endorse in Beijing"]),
    ],
)  # fmt: skip
def test_denied_of_others_or_elsewhere_is_another_question(straight, ref, turned):
    assert got(straight) == ("answer", [ref])
    assert [text for text in turned if got(text)[0] == "answer"] == []


@pytest.mark.parametrize(
    ("typed", "denies"),
    [("登不登记", False), ("能办居住证不", False), ("办好了没", False), ("要不要登记", False),
     ("不登记", True), ("没带身份证能办吗", True), ("I did not register", True)],
)  # fmt: skip
def test_what_only_asks_denies_nothing(typed, denies):
    said = {each.name for each in meanings(typed, lexicon())}
    assert bool(said & DENYING) is denies


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("签注是什么意思", "endorsement.what"),
        ("what is an endorsement", "endorsement.what"),
        ("居住登记和居住证有什么区别", "permit.difference"),
        ("凭证是什么", "voucher.what"),
    ],
)
def test_a_question_what_something_is_gets_what_says_so(typed, ref):
    assert got(typed) == ("answer", [ref])


def test_what_nobody_here_knows_keeps_an_answer_from_being_sure():
    assert got("居住证多久办好") == ("answer", ["permit.time"])
    assert got("居住证多久办好才能滑雪")[0] != "answer"
    assert got("我昨天去滑雪了，居住证多久办好") == ("answer", ["permit.time"])  # asks nothing


def test_words_are_cut_as_they_are_meant():
    words = lexicon()
    assert [each.name for each in meanings("我要办居住登记", words)] == ["registration"]
    assert [each.name for each in meanings("居住登记凭证", words)] == [
        "voucher"
    ]  # the longest word
    assert list(masks("证")) == []
    assert {stem("renewing"), stem("renewed"), stem("renews")} == {"renew"}


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("310199199003070020 的居住证丢了", "的居住证丢了"),
        ("３１０１９９１９９００３０７００２０丢了", "丢了"),  # full-width
        ("310199 19900307 002X 丢了", "丢了"),  # in groups
        ("我的号码13800000000", "我的号码"),
        ("٣١٠١٩٩١٩٩٠٠٣٠٧٠٠٢٠ lost", "lost"),  # another script's digits
        ("3,4,0,1,9,9,1,9,8,6,1,0,1,1,0,3,1,4 丢了", "丢了"),
        ("340199_19861011_0314 丢了", "丢了"),
        ("340199/1986/1011/031X 丢了", "丢了"),
        ("3  4  0  1  9  9  1  9  8  6  1   丢了", "丢了"),
        ("③④⓪①⑨⑨①⑨⑧⑥①⓪①①⓪③①④丢了", "丢了"),
        ("❸❹⓿❶❾❾❶❾❽❻❶丢了", "丢了"),  # no compatible digit
        ("⒊⒋⒈⒐⒐⒈⒐⒏⒍⒈⒈丢了", "丢了"),
        ("¹³⁸⁰⁰¹³⁸⁰⁰⁰丢了", "丢了"),
        ("𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎丢了", "丢了"),
        ("电话一三八零零一三八〇〇〇丢了", "电话 丢了"),
        ("电话幺三八零零幺三八零零零丢了", "电话 丢了"),  # as it is said on the telephone
        ("电话幺三八洞洞幺三八两拐勾丢了", "电话 丢了"),
        ("电话壹叁捌零零壹叁捌零零零丢了", "电话 丢了"),
        ("電話壹參捌零零壹貳肆陸柒玖丢了", "電話 丢了"),
        ("电话〡〣〨〇〇〡〣〨〇〇〇丢了", "电话 丢了"),
        ("电话一三八○○一三八○○○丢了", "电话 丢了"),
        ("问34019919861011031X和13800138000丢了", "问 和 丢了"),
    ],
)
def test_long_numbers_are_taken_out(typed, left):
    assert Question.read(typed) == Question(left, freed=True)


def test_short_numbers_stay():
    assert Question.read("到 2027-01-05 还有 30 天，12345 打得通吗").freed is False
    assert Question.read("第一到第十条，③号窗口，二〇二七年") == Question(
        "第一到第十条，③号窗口，二〇二七年"
    )


@pytest.mark.parametrize("typed", ["a\nb", "a\x00", "a\u202eb", "a\u200bb", "\x1b[31m", "\ud800"])
def test_control_characters_are_refused(typed):
    with pytest.raises(MalformedError) as refused:
        Question.read(typed)
    assert refused.value.facts["cause"] == "controls"


def test_a_question_has_an_end():
    assert Question.read("居" * LONGEST).text
    with pytest.raises(MalformedError) as refused:
        Question.read("居" * (LONGEST + 1))
    assert refused.value.facts["cause"] == "too_long"


@pytest.mark.parametrize(("sign", "many"), [("㍿", 4), ("ﷺ", 18), ("㎞", 2)])
def test_a_sign_that_stands_for_several_characters_counts_as_those(sign, many):
    assert Question.read(sign * (LONGEST // many)).text
    with pytest.raises(MalformedError) as refused:
        Question.read(sign * (LONGEST // many + 1))
    assert refused.value.facts["cause"] == "too_long"


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("什么时候可以办居住证", "permit.half_year"),
        ("什么时候能申请居住证", "permit.half_year"),
        ("when can I apply for a residence permit", "permit.half_year"),
        ("凭证丢了补发", "voucher.lost"),
        ("登记凭证丢了怎么补发", "voucher.lost"),
        ("replace a lost voucher", "voucher.lost"),
    ],
)
def test_what_newcomers_asked_is_found(typed, ref):
    assert got(typed) == ("answer", [ref])


def test_a_figure_stands_beside_its_word_in_number():
    texts = [p.text for p in DESK.passages("en")]
    assert not [text for text in texts if "(s)" in text]
    assert any("1 working day;" in text or "1 working day." in text for text in texts)
