"""Every page in every state and both languages: well formed, allowed by the policy, discreet."""

import re

import pytest
from lxml import html

from certstore.web.dress import Dress
from tests.e2e.pages.people import REF, RESIDENT, Sample
from tests.e2e.pages.samples import every_sample
from tests.e2e.pages.showcase import CSRF, SHELL, STATIC, render

SAMPLES = every_sample()
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[s.name for s in SAMPLES])
each_language = pytest.mark.parametrize("lang", ["zh", "en"])
FULL_NUMBER = re.compile("199003070020|310199199003070020")


def parsed(sample: Sample, lang: str = "zh"):
    return html.document_fromstring(render(sample, Dress(lang)))


@each_language
@each_sample
def test_a_page_is_well_formed(sample, lang):
    source = render(sample, Dress(lang))
    errors = html.HTMLParser(recover=True)
    html.document_fromstring(source, parser=errors)
    mended = [
        e for e in errors.error_log if "Tag " not in e.message
    ]  # libxml2 knows no HTML5 names
    assert [str(e) for e in mended] == []
    assert source.count("<main") == source.count("</main>") == 1
    ids = re.findall(
        r'\sid="([^"]+)"', re.sub("<template.*?</template>", "", source, flags=re.DOTALL)
    )
    assert sorted(set(ids)) == sorted(ids)


@each_language
@each_sample
def test_a_page_says_what_it_is(sample, lang):
    page = parsed(sample, lang)
    assert page.get("lang") == ("zh-CN" if lang == "zh" else "en")
    assert len(page.xpath("//h1[not(ancestor::template)]")) >= 1
    title = page.findtext(".//title")
    assert title
    assert not title.startswith(" ")


@each_sample
def test_a_page_holds_nothing_the_policy_refuses(sample):
    source = render(sample, Dress())
    refused = (
        r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|<style|javascript:"
        r'|(?:src|href)="(?:https?:)?//'
    )
    assert re.findall(refused, source) == []


@each_sample
def test_every_form_that_posts_carries_the_token(sample):
    for form in parsed(sample).forms:
        if form.get("class") == "search" and form.method == "GET":
            assert "csrf" not in form.fields  # what a list is narrowed by stands in the address
            continue
        assert form.method == "POST"
        assert form.fields["csrf"] == CSRF


@each_sample
def test_what_is_masked_is_not_in_the_page(sample):
    page = parsed(sample)
    # What an officer holds against a picture; a letter as it is signed.
    for name, template in (
        ("whose", "issuance/desk_case.html"),
        ("whose", "issuance/desk_card.html"),  # beside the original identity card
        ("paper", "issuance/commitment.html"),
    ):
        for shown in page.find_class(name):
            if sample.template == template:
                shown.getparent().remove(shown)
    assert FULL_NUMBER.search(html.tostring(page, encoding="unicode")) is None


def test_an_officer_reads_in_full_whose_a_paper_must_be_and_a_photo():
    shown = {
        s.name: [" ".join(e.text_content().split()) for e in parsed(s).find_class("whose")]
        for s in SAMPLES
        if s.name in {"desk-case-upload", "desk-case", "desk-case-waits", "desk"}
    }
    assert shown == {
        "desk-case-upload": [
            "申请人林晓禾 身份证号 310199199003070020亲属周敏 身份证号 310199197109230625"
        ],
        "desk-case": ["申请人沈听舟 身份证号 310199198807150014"],  # beside the photo alone
        "desk-case-waits": [],
        "desk": [],
    }


def test_a_dormitory_certificate_without_an_end_says_so():
    sample = next(s for s in SAMPLES if s.template == "issuance/dormitory.html" and s.view.issued)
    ends = [cell.text for cell in parsed(sample).xpath("//td[@class='num']")]
    assert ends == ["长期", "2027-10-31", "2027-10-31"]


def test_every_photo_says_where_it_is_from_and_which_is_judged():
    said = {}
    for sample in SAMPLES:
        if sample.name in {"desk-case", "desk-case-new-photo"}:
            (card,) = parsed(sample).xpath("//section[.//figure[@class='onfile']]")
            said[sample.name] = " ".join(card.text_content().split())
    assert "照片库里的，2021 年拍请判断这张" in said["desk-case"]
    assert "本次交的" not in said["desk-case"]
    assert "照片库里的，2021 年拍只供对照" in said["desk-case-new-photo"]
    assert "本次交的请判断这张 要印的换背景之前" in said["desk-case-new-photo"]


@each_sample
def test_nothing_is_chosen_beforehand(sample):
    checked = parsed(sample).xpath("//input[@checked]/@value")
    answered = {
        "dwelling-own": ["here"],
        "relative-error": ["relative"],
        "desk-case-asking": ["yes", "ask", "photo"],
        "why-cancellation": ["residence_voucher", "moved_away"],
        "card-delivery": ["pickup"],
        "card-delivery-fixed": ["pickup"],
        "card-delivery-moved": ["pickup"],
        "card-delivery-error": ["courier"],
        "desk-card-error": ["code"],
        "lease-new-errors": ["tenant", "room", "landlord"],
        "rating-thanks": ["2", "slow", "unclear"],
        "rating-freed": ["2", "slow", "unclear"],
        "lease-change": ["room"],
        "lease-changed": ["tenant", "room", "landlord"],
        "counter-desk-mismatch": ["resident_identity_card"],
        "counter-person-child": ["child"],
        "desk-case-reasons": ["refuse", "ADDRESS_MISMATCH", "OTHER"],
        "developer-apply-photo": [
            *("lease_filing", "residence_voucher.name", "residence_voucher.age_over"),
            *("residence_voucher.photo", "residence_voucher"),
        ],
    }
    if sample.template == "certstore/reminders.html":  # what was chosen before, to be changed
        in_use = [channel for channel in sample.view.channels if channel.stage == "in_use"]
        wanted = [
            value
            for channel in in_use
            for value in (*["yes"] * channel.switched_on, "progress", "dates", "looks", "zh")
        ]
        assert checked == wanted
        return
    at_counter = sample.template == "issuance/desk_counter_case.html" and sample.view.answered
    given = ["rent", "relative"] if at_counter else []  # the home, as it was answered before
    if at_counter and sample.view.whys:
        given = [sample.view.about, sample.view.why]
    assert checked == answered.get(sample.name, given)


@each_sample
def test_questions_presenting_and_scanning_have_no_tab_bar(sample):
    bars = parsed(sample).find_class("tabs")
    alone = sample.template.startswith("verifiers/") or sample.wide or sample.who is None
    one_job = sample.template in {
        "certstore/present.html", "issuance/start.html", "issuance/dwelling.html",
        "issuance/relative.html", "issuance/address.html", "issuance/face.html",
        "issuance/commitment.html", "issuance/check.html", "certstore/problem.html",
        "issuance/child.html", "issuance/fresh.html", "issuance/drop.html", "issuance/upload.html",
        "issuance/photo.html", "certstore/question.html", "certstore/correction_new.html",
        "certstore/entrust_new.html", "certstore/use_code_new.html", "certstore/use_code.html",
        "certstore/consent.html", "certstore/wallet_offer.html", "certstore/wallet_consent.html",
        "certstore/enter.html",
        "issuance/card_delivery.html",
        "issuance/lease_form.html",
        "issuance/why.html",
    }  # fmt: skip
    assert len(bars) == (0 if alone or one_job else 1)


def test_every_template_has_a_sample():
    frames = {
        "certstore/clerk_base.html",
        "certstore/console_base.html",
        "certstore/developer_base.html",
        "issuance/desk_base.html",
        "web/base.html",
        "web/question.html",
    }
    shown = {sample.template for sample in SAMPLES}
    pages = {t for t in SHELL.templates() if not t.startswith("web/components/")}
    assert pages - shown == frames


def test_submit_is_offered_only_when_nothing_is_left():
    pages = {s.name: parsed(s) for s in SAMPLES if s.template == "issuance/check.html"}
    assert len(pages["check"].forms) == 1
    assert pages["check-needed"].forms == []
    assert pages["check-one"].forms == []


def test_an_error_is_said_with_the_same_words_at_the_top_and_at_the_field():
    sample = next(s for s in SAMPLES if s.name == "relative-error")
    page = parsed(sample)
    assert page.findtext(".//title").startswith("有 2 处要改：")
    for link in page.xpath("//div[@id='problem']//a"):
        field = page.get_element_by_id(link.get("href")[1:])
        message = page.get_element_by_id(field.get("aria-describedby").split()[0])
        assert message.text_content().strip().endswith(link.text)


def test_a_scan_without_a_good_signature_shows_no_field():
    for name in ("tampered", "unknown_issuer", "malformed", "replayed"):
        sample = next(s for s in SAMPLES if s.name == f"scan-{name}")
        source = render(sample, Dress())
        shown = re.sub("<template.*", "", source, flags=re.DOTALL)
        assert "data-field" not in shown


def test_the_specimen_mark_goes_with_documents_and_their_data():
    for name in ("certificates", "present", "scan-valid", "submitted-issued"):
        sample = next(s for s in SAMPLES if s.name == name)
        assert parsed(sample).find_class("specimen")


def test_a_certificate_that_ended_offers_its_remedy_and_no_dead_button():
    sample = next(s for s in SAMPLES if s.name == "certificates-suspended_loss")
    links = [a.get("href") for a in parsed(sample).xpath("//article//a")]
    assert links == [f"/certificates/{REF}", "/loss"]


def test_the_elder_version_can_always_be_left():
    for sample in SAMPLES:
        page = html.document_fromstring(render(sample, Dress(size="elder")))
        way_out = page.xpath("//header//a[starts-with(@href, '?size=standard')]")
        notices = sample.template in {
            "certstore/development_identity.html", "face_auth/sandbox.html",
        }  # fmt: skip
        assert bool(way_out) != (notices or sample.wide), sample.name


def test_a_first_page_keeps_within_its_bytes():
    from brotli import compress  # noqa: PLC0415 - only this test weighs pages

    for sample in SAMPLES:
        source = render(sample, Dress())
        urls = set(re.findall(r'"(/static/[^"#]+)', source))
        urls |= {u for a in urls for u in re.findall(rb'"(/static/[^"]+)"', STATIC.find(a).body)}
        reader = {u for u in urls if "zxing" in str(u)}
        files = [STATIC.find(u.decode() if isinstance(u, bytes) else u) for u in urls - reader]
        weight = len(compress(source.encode())) + sum(len(f.encoded("br")) for f in files)
        assert weight <= 60_000, sample.name


def test_who_is_signed_in_decides_over_the_tab_bar():
    sample = next(s for s in SAMPLES if s.name == "home-present")
    out = SHELL.render(sample.template, sample.view, dress=Dress(), csrf=CSRF, who=None)
    inside = SHELL.render(sample.template, sample.view, dress=Dress(), csrf=CSRF, who=RESIDENT)
    assert 'class="tabs"' not in out
    assert 'class="tabs"' in inside
