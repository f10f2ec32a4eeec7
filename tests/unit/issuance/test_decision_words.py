"""What an officer sees before sending is word for word what the applicant then reads."""

import pytest
from lxml.html import fromstring

from certstore.web.texts import Texts
from issuance.refusals.reasons import UNLISTED, reasons_for
from tests.residents import GAO, Browser, resident, submitted

SHEN = resident("shen_xiaozhou")
REFUSAL_REASONS = reasons_for("residence_registration")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
TYPED = "  请带 租赁合同\r\n  到窗口。 "
READ = "请带 租赁合同 到窗口。"


def words(elements):
    """The visible texts of some elements, one each, nothing empty."""
    said = (" ".join(e.text_content().split()) for e in elements)
    return [text for text in said if text]


def previewed(page, choice, sentence, *reasons):
    """The prepared words of a choice, as the script shows them: what is ticked, what is typed."""
    (block,) = fromstring(page).xpath(f"//div[@data-reads='{choice}']")
    for place in block.xpath(".//*[@data-sentence]"):
        place.text = sentence
    ticked = [p for p in block.xpath("./p") if p.get("data-reason") in {None, *reasons}]
    return words(ticked)


def read_by_the_applicant(page):
    """Heading and notice of the applicant's page."""
    read = fromstring(page)
    notice = read.xpath("//main//h1/following::div[contains(@class,'notice bad')][1]//p")
    return words([*read.xpath("//main//h1"), *notice])


@BOTH
@pytest.mark.parametrize("reason", REFUSAL_REASONS)
def test_of_a_refusal_the_applicant_reads_what_was_previewed(house, lang, reason):
    ref = submitted(house, "shen_xiaozhou").ref
    officer, me = Browser(house, GAO, lang), Browser(house, SHEN, lang)
    before = previewed(officer.get(f"/desk/cases/{ref}").text, "refuse", READ, reason)
    sent = officer.post(f"/desk/cases/{ref}", decision="refuse", reason=reason, sentence=TYPED)
    assert sent.status_code == 303
    answer = me.get(f"/applications/{ref}")
    assert answer.status_code == 200
    assert read_by_the_applicant(answer.text) == before
    assert READ in before
    assert len(before) == (3 if reason == UNLISTED else 4)


@BOTH
def test_of_several_reasons_the_applicant_reads_each_and_what_would_cure_it(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    officer, me = Browser(house, GAO, lang), Browser(house, SHEN, lang)
    codes = ["PHOTO_QUALITY", "ADDRESS_MISMATCH"]
    before = previewed(officer.get(f"/desk/cases/{ref}").text, "refuse", "", *codes)
    sent = officer.post(f"/desk/cases/{ref}", decision="refuse", reason=codes, sentence="")
    assert sent.status_code == 303
    assert read_by_the_applicant(me.get(f"/applications/{ref}").text) == before
    texts = Texts(lang)
    for code in codes:
        said = str(texts(f"reason.REFUSED_{code}")) + str(texts("common.stop"))
        assert f"{said}{texts(f'cure.REFUSED_{code}')}" in before
    assert len(before) == 1 + len(codes) + 1  # the state, each reason, what then


@BOTH
def test_of_an_approval_the_applicant_reads_what_was_previewed(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    officer, me = Browser(house, GAO, lang), Browser(house, SHEN, lang)
    before = previewed(officer.get(f"/desk/cases/{ref}").text, "approve", "")
    officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    assert words(fromstring(me.get(f"/applications/{ref}").text).xpath("//main//h1")) == before


@BOTH
def test_every_reason_that_can_be_given_has_its_words(lang):
    texts = Texts(lang)
    for reason in REFUSAL_REASONS:
        assert texts.has(f"desk.refuse_for.{reason}")
        if reason != UNLISTED:
            assert texts(f"reason.REFUSED_{reason}")  # takes no values
