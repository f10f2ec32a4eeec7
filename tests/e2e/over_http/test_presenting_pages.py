"""The pages of presenting over HTTP: choosing, confirming, the number, phones, hostile forms."""

import pytest
from lxml.html import fromstring

from certstore import base64url
from certstore.clock import unix
from certstore.codes.profiles import show_code
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.presenting.devices import enrolment_message
from certstore.presenting.signed_out import SignedOutDevices
from tests.house import house_in
from tests.residents import _CSRF, Browser, assert_sound
from tests.sealed import LIN, ZHOU, resident, voucher
from verifiers.scanning.verify import as_json, verify

TOKEN = {"x-csrf-token": _CSRF}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("pages"))
    built.ref = voucher(built).ref
    yield built
    built.close()


@pytest.fixture
def lin(house):
    return Browser(house, resident())


def page(lin, house, query=""):
    answer = lin.get(f"/certificates/{house.ref}/present{query}")
    assert answer.status_code == 200
    assert_sound(answer, "zh")
    return fromstring(answer.text)


@pytest.mark.parametrize("query", ["?level=residence", "?level=age&age=18"])
def test_a_page_that_shows_nobody_says_nobody(lin, house, query):
    shown = page(lin, house, query)
    assert shown.get_element_by_id("code") is not None
    said = shown.text_content()
    assert LIN.name not in said
    assert LIN.id_number[:6] not in said


def test_an_age_not_reached_is_told_and_others_are_offered(lin, house):
    shown = page(lin, house, "?level=age&age=60")
    assert not shown.xpath("//*[@id='code']")
    assert "还没满 60 岁" in shown.text_content()
    assert shown.findtext(".//h1") == "出示不了这一项"  # nothing that could pass for the claim
    assert "已满 60 岁" not in shown.text_content()
    assert "有效" not in "".join(chip.text_content() for chip in shown.find_class("chip"))
    assert [a.get("href") for a in shown.xpath("//nav[@aria-labelledby='age']/a")] == [
        f"?level=age&age={years}" for years in (14, 16, 18)
    ]


def test_what_is_not_offered_is_shown_as_the_least(lin, house):
    for query in ("?level=all", "?level=age&age=17", "?level=age&age=x"):
        assert page(lin, house, query).xpath("//*[@data-level='photo']")


def test_everything_is_shown_only_when_each_field_is_confirmed(lin, house):
    where = f"/certificates/{house.ref}/present"
    asked = page(lin, house, "?level=full")
    assert not asked.xpath("//*[@id='code']")
    named = asked.xpath("//input[@name='show']/@value")
    assert {"id_number", "residence_address", "photo"} <= set(named)
    for less in ([], named[1:], [*named, "x"]):
        again = fromstring(lin.post(where, show=less).text)
        assert not again.xpath("//*[@id='code']")
        assert again.xpath("//input[@name='show']")
    assert fromstring(lin.post(where, show=named).text).xpath("//*[@data-level='full']")


def test_a_code_is_renewed_counted_and_numbered_with_the_token_alone(lin, house):
    where = f"/certificates/{house.ref}/present"
    for path in ("code", "number"):
        assert lin.http.post(f"{where}/{path}", data={"level": "photo"}).status_code == 403
    made = lin.http.post(f"{where}/code", data={"level": "age", "age": "18"}, headers=TOKEN).json()
    assert lin.http.get(f"{where}/scanned?cti={made['cti']}").json() == {}
    number = lin.http.post(f"{where}/number", data={"cti": made["cti"]}, headers=TOKEN).json()
    judged = lin.http.post("/v1/verify/code", json={"code": number["number"], "verifier": "店"})
    assert (judged.json()["verdict"], judged.json()["fields"]["age_over"]) == ("valid", 18)
    assert "used_at" in lin.http.get(f"{where}/scanned?cti={made['cti']}").json()
    for level, age in (("age", "60"), ("age", ""), ("all", "")):
        wrong = lin.http.post(f"{where}/code", data={"level": level, "age": age}, headers=TOKEN)
        assert wrong.status_code in {400, 409}
    other = Browser(house, resident(ZHOU))
    assert other.http.get(f"{where}/scanned?cti={made['cti']}").status_code == 404
    assert other.get(where).status_code == 404


def test_the_former_code_is_told_as_scanned_only_if_it_was(lin, house):
    where = f"/certificates/{house.ref}/present"

    def next_code(former=""):
        given = {"level": "photo", "former": former}
        return lin.http.post(f"{where}/code", data=given, headers=TOKEN).json()

    first, second = next_code(), next_code()
    lin.http.post("/v1/verify/code", json={"code": first["code_text"], "verifier": "甲门"})
    assert "used_at" not in next_code()
    assert "used_at" not in next_code(second["cti"])
    assert "used_at" in next_code(first["cti"])
    hostile = lin.http.post(f"{where}/code", data={"former": "x" * 16}, headers=TOKEN)
    assert hostile.status_code == 422


def test_a_second_scan_of_one_code_stands_on_the_list_as_one(lin, house):
    made = lin.http.post(f"/certificates/{house.ref}/present/code", headers=TOKEN).json()
    for door in ("甲门", "乙门"):
        lin.http.post("/v1/verify/code", json={"code": made["code_text"], "verifier": door})
    answer = lin.get("/usage")
    assert_sound(answer, "zh")
    first, second = (
        next(li for li in fromstring(answer.text).xpath("//li[.//summary]") if door in _text(li))
        for door in ("甲门", "乙门")
    )
    assert "已被扫过一次" in _text(second)
    assert "您出示的" not in _text(second)
    assert "已被扫过一次" not in _text(first)


def _text(element):
    return " ".join(element.text_content().split())


def test_a_name_is_revealed_to_whose_it_is(lin, house):
    where = f"/certificates/{house.ref}/reveal"
    assert lin.http.post(where).status_code == 403
    assert lin.http.post(where, headers=TOKEN).json() == {"name": LIN.name}
    assert Browser(house, resident(ZHOU)).http.post(where, headers=TOKEN).status_code == 404


# -- off line ----------------------------------------------------------------------------------


def enrolled(lin, **changes):
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    challenge = lin.http.post("/show/challenge", headers=TOKEN).json()["challenge"]
    jwk = to_jwk(signer.public_key)
    sent = {
        "name": "我的手机",
        "x": jwk["x"],
        "y": jwk["y"],
        "challenge": challenge,
        "signature": base64url.encode(signer.sign(enrolment_message(challenge, signer.kid))),
    }
    return signer, lin.http.post("/show/devices", data=sent | changes, headers=TOKEN)


def test_the_page_to_be_kept_says_nothing_of_whoever_is_signed_in(lin, house):
    kept = lin.get("/show")
    assert_sound(kept, "zh")
    assert kept.text == Browser(house, None).get("/show").text
    assert _CSRF not in kept.text
    policy = kept.headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "camera=(self)" in kept.headers["permissions-policy"]
    assert "javascript" in lin.get("/show-worker.js").headers["content-type"]


def test_a_stranger_is_told_nothing_and_gets_nothing(house):
    stranger = Browser(house, None)
    assert stranger.get("/show/state").json().keys() == {"signed_in", "now"}
    for path in ("challenge", "devices", "codes"):
        headers = {**TOKEN, "accept": "application/json"}
        answer = stranger.http.post(f"/show/{path}", headers=headers)
        assert answer.status_code in {401, 422}


@pytest.mark.parametrize(
    "spoil",
    [
        {"name": ""},
        {"name": "a\u202eb"},
        {"name": "x" * 61},
        {"x": "AA"},
        {"signature": "AA"},
        {"signature": "A" * 86},
        {"challenge": "A" * 43},
    ],
)
def test_a_hostile_enrolment_is_refused(lin, spoil):
    _, answer = enrolled(lin, **spoil)
    assert answer.status_code in {400, 422}


def test_a_phone_is_enrolled_listed_and_signed_out_over_http(lin, house):
    signer, made = enrolled(lin)
    device = made.json()["device"]
    state = lin.get("/show/state").json()
    assert device in state["devices"]
    assert house.ref in [offered["ref"] for offered in state["certificates"]]
    given = {"device": device, "certificate": house.ref, "level": "residence"}
    inner = lin.http.post("/show/codes", data=given, headers=TOKEN).json()["inner"]
    full = lin.http.post("/show/codes", data=given | {"level": "full"}, headers=TOKEN)
    assert full.status_code == 409
    text = show_code(base64url.decode(inner), signer, issued_at=unix(house.clock.now()))
    assert "我的手机" in lin.get("/settings/devices").text
    other = Browser(house, resident(ZHOU))
    assert other.post(f"/settings/devices/{device}/sign-out").status_code == 404
    assert lin.post(f"/settings/devices/{device}/sign-out").status_code == 303
    assert "我的手机" not in lin.get("/settings/devices").text
    published = lin.http.get("/.well-known/certstore-signed-out-devices")
    assert published.headers["content-type"] == "application/jwt"
    assert signer.kid in SignedOutDevices.parse(published.text, house.trust).kids
    told = judged_with_files(house, text, published.text)
    assert "DEVICE_SIGNED_OUT" in told["reasons"]
    assert told["fields"]["residence_address"] == "海港区"


def test_the_photo_and_masked_name_go_with_a_code_that_says_who_it_is_alone(lin, house):
    _, made = enrolled(lin)
    given = {"device": made.json()["device"], "certificate": house.ref}
    without = lin.http.post("/show/codes", data=given, headers=TOKEN).json()
    assert (without["portrait"], without["name"]) == (None, "林*禾")  # the store has none of it
    fetched = []

    class Holding:
        def get(self, digest):
            fetched.append(digest)
            return b"the portrait"

    object.__setattr__(house.device_desk, "objects", Holding())
    person = lin.http.post("/show/codes", data=given, headers=TOKEN).json()
    assert base64url.decode(person["portrait"]) == b"the portrait"
    assert fetched == ["ab" * 32]
    nobody = lin.http.post("/show/codes", data=given | {"level": "residence"}, headers=TOKEN).json()
    assert (nobody["portrait"], nobody["name"]) == (None, None)
    assert len(fetched) == 1


def judged_with_files(house, text, devices):
    """By what `certstore verify` does, with files alone."""
    found = verify(
        text,
        root_pem=house.keys.root_pem(),
        trust_jws=house.trust_jws,
        status_files=[],
        at=house.clock.now(),
        devices=devices,
    )
    return as_json(found)


def test_a_list_that_does_not_hold_is_left_aside_and_said(lin, house):
    signer, made = enrolled(lin)
    given = {"device": made.json()["device"], "certificate": house.ref}
    inner = lin.http.post("/show/codes", data=given, headers=TOKEN).json()["inner"]
    text = show_code(base64url.decode(inner), signer, issued_at=unix(house.clock.now()))
    told = judged_with_files(house, text, "e30.e30." + "A" * 86)
    assert {"STATUS_FILE_REFUSED", "DEVICES_NOT_CHECKED"} <= set(told["reasons"])
