"""What its owner reads of a certificate that was revoked, or upheld, after it was issued."""

import pytest
from lxml.html import fromstring

from certstore.certificates import Status
from certstore.web.texts import load
from tests.residents import GAO, Browser, assert_sound
from tests.sealed import become
from tests.unit.issuance.letters.walks import LIN, certificates, handed_in, letters

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
WHY = "经查户籍登记，两人没有亲属关系。"
ELSE = "户籍登记另行证明了亲属关系。"


def judged(house, outcome, sentence):
    """A registration that leaned on a letter found false, decided again. Its reference."""
    ref = handed_in(house).ref
    finding = house.review_desk.find_false(GAO, letters(house)[0].ref, WHY)
    house.finding_desk.judge(GAO, finding.ref, ref, outcome, sentence)
    return ref


def says(lang, key, **values):
    return load(lang)[key].other.format(**values)


def heading(page):
    return fromstring(page.text).find(".//h1").text_content()


@BOTH
@pytest.mark.parametrize("page", ["", "/submitted"])
def test_the_case_of_a_revoked_certificate_says_so_and_why(house, lang, page):
    ref = judged(house, "revoke", WHY)
    read = Browser(house, LIN, lang).get(f"/applications/{ref}{page}")
    assert_sound(read, lang)
    assert heading(read) == says(lang, "progress.certificate.revoked")
    assert says(lang, "progress.revoked_why", reason=WHY) in read.text
    for promise in ("progress.state.issued", "submitted.heading.issued", "submitted.equal"):
        assert says(lang, promise) not in read.text


@BOTH
@pytest.mark.parametrize("page", ["", "/submitted"])
def test_one_upheld_keeps_its_heading(house, lang, page):
    ref = judged(house, "uphold", ELSE)
    read = Browser(house, LIN, lang).get(f"/applications/{ref}{page}")
    key = "submitted.heading.issued" if page else "progress.state.issued"
    assert heading(read) == says(lang, key)
    assert ELSE not in read.text


@BOTH
@pytest.mark.parametrize("status", [s for s in Status if s is not Status.VALID])
def test_a_heading_stands_for_every_status(house, lang, status):
    if status is not Status.EXPIRED:  # follows from the dates
        ref = handed_in(house).ref
        voucher = certificates(house)[0]
        become(house, voucher, status)
        read = Browser(house, LIN, lang).get(f"/applications/{ref}")
        assert heading(read) == says(lang, f"progress.certificate.{status.value}")
    assert f"progress.certificate.{status.value}" in load(lang)


@BOTH
@pytest.mark.parametrize(
    ("outcome", "kind", "sentence"),
    [("revoke", "certificate_revoked", WHY), ("uphold", "certificate_upheld", ELSE)],
)
def test_the_inbox_says_it_with_the_officers_reason_and_leads_to_the_case(
    house, lang, outcome, kind, sentence
):
    ref = judged(house, outcome, sentence)
    page = Browser(house, LIN, lang).get("/notices")
    assert_sound(page, lang)
    matter = says(lang, "matter.residence_registration.name")
    for word, reason in (("letter_revoked", WHY), (kind, sentence)):
        assert says(lang, f"notices.kind.{word}", matter=matter) in page.text
        assert says(lang, "notices.reason", reason=reason) in page.text
    assert page.text.count(f'href="/applications/{ref}"') == 3  # issued, letter, certificate
