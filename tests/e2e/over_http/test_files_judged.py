"""Files handed in over HTTP: what each is called, by the API and on the page."""

import pytest

from tests.conformance.document.attacks.data import titled
from tests.conformance.document.attacks.files import another, saved
from tests.conformance.document.attacks.updates import page_in_front
from tests.residents import Browser, assert_sound, resident, submitted, vouchers

WHO, ME = "chen_yiming", resident("chen_yiming")
GENUINE = {"zh": "是原件", "en": "The original"}
CHANGED = {"zh": "签发后改过", "en": "Changed after signing"}


def told(scanner, data):
    answer = scanner.http.post("/v1/verify/document", files={"file": ("x.pdf", data)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(scanner, data, lang):
    page = scanner.http.post(f"/scan/file?lang={lang}", files={"file": ("x.pdf", data)})
    assert page.status_code == 200, page.text
    assert_sound(page, lang)
    return page


def scans(house):
    return [u for u in house.holdings_desk.usage(ME) if u.kind == "scan"]


def test_what_became_of_a_file_is_told_by_the_api_and_shown_on_the_page(house):
    submitted(house, WHO)
    voucher, scanner = vouchers(house, WHO)[0], Browser(house, None)
    original = house.objects.get(voucher.file("document").sha256)

    found = told(scanner, original)
    assert (found["verdict"], found["document"]["finding"]) == ("valid", "genuine")
    assert found["document"]["signed_bytes"] == found["document"]["total_bytes"] == len(original)
    for lang, words in GENUINE.items():
        page = shown(scanner, original, lang)
        assert words in page.text
        assert "data:" not in page.text
    asked = len(scans(house))

    changed = page_in_front(original)
    found = told(scanner, changed)
    assert (found["verdict"], found["fields"]) == ("tampered", {})
    assert found["document"]["signed_bytes"] == len(original)
    assert {"kind": "page_added", "detail": "1"} in found["document"]["changes"]
    assert "pages" not in found["document"]
    for lang, words in CHANGED.items():
        page = shown(scanner, changed, lang)
        assert words in page.text
        assert page.text.count('src="data:image/jpeg;base64,') == 3  # one had no such page
        assert "img-src 'self' blob: data:;" in page.headers["content-security-policy"]

    kinds = [change["kind"] for change in told(scanner, titled(original))["document"]["changes"]]
    assert kinds == ["information"]
    resaved = told(scanner, saved(original))
    assert (resaved["verdict"], resaved["document"]["obstacle"]) == ("malformed", "resaved")
    assert told(scanner, another(original))["document"]["finding"] == "not_ours"
    assert told(scanner, b"RP1:ABC")["document"] is None
    assert len(scans(house)) == asked  # of a file that is not good nobody is told anything


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_can_be_chosen_without_script(house, lang):
    page = Browser(house, None, lang).get("/scan/file")
    assert page.status_code == 200
    assert_sound(page, lang)
    assert 'action="/scan/file"' in page.text
    assert 'enctype="multipart/form-data"' in page.text


def test_one_address_does_not_take_the_whole_room(house):
    scanner, lines = Browser(house, None), house.scan_desk.lines
    lines._inside["testclient"] = 4  # one at work and three that wait
    try:
        answer = scanner.http.post("/v1/verify/document", files={"file": ("x.pdf", b"%PDF-")})
        page = scanner.http.post("/scan/file", files={"file": ("x.pdf", b"%PDF-")})
    finally:
        del lines._inside["testclient"]
    assert (answer.status_code, page.status_code) == (429, 429)
    assert answer.headers["retry-after"] == "5"
    assert told(scanner, b"%PDF-")["verdict"] == "malformed"
