"""The pages of leases, as two browsers, a stranger's and a clerk's see them."""

import re

import pytest

from certstore.callers import Clerk
from certstore.web.texts import load
from tests.house import house_in
from tests.leases import (
    FRIEND,
    OWNER,
    TENANT,
    begun,
    lease_of,
    signed,
    title,
    verified,
    with_housing,
)
from tests.residents import Browser, assert_sound
from tests.sealed import resident

CLERK = Clerk("许经办", "F07", "11310000MB0T00023P")
POLICE = Clerk("秦经办", "J03", "11310000MB0T00015W")
FORM = {
    "role": "landlord",
    "district": "梧桐区",
    "address": "青桐路66号3幢501室",
    "part": "whole",
    "area": "78.5",
    "rent": "4500",
    "deposit": "9000",
    "first": "2026-11-25",
    "last": "2027-11-24",
    "occupants": "2",
    "role_1": "tenant",
    "name_1": TENANT.name,
    "id_number_1": TENANT.id_number,
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house of the module's own; each test writes leases of its own."""
    opened = with_housing(house_in(tmp_path_factory.mktemp("pages") / "house"))
    title(opened, OWNER)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browsers(house):
    """The owner's, the tenant's, and a stranger's."""
    return [Browser(house, resident(who)) for who in (OWNER, TENANT, FRIEND)]


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.text).group(1)


def digest_in(answer):
    return re.search(r'summary_sha256" value="([^"]+)"', answer.text).group(1)


def test_a_lease_from_the_form_to_its_end(house, browsers):
    owner, tenant, stranger = browsers
    assert_sound(owner.get("/leases"), "zh")
    key = key_of(owner.get("/leases/new"))
    empty = owner.post("/leases/new", key=key)
    assert empty.status_code == 422
    assert empty.text.count('<li><a href="#') == 11
    assert key_of(empty) == key
    at = owner.post("/leases/new", key=key, **FORM).headers["location"]
    assert owner.post("/leases/new", key=key, **FORM).headers["location"] == at  # clicked twice
    assert stranger.get(at).status_code == 404
    assert stranger.post(f"{at}/stop").status_code == 404
    ref = at.rpartition("/")[2]
    assert f"/leases/{ref}" in tenant.get("/leases").text
    assert TENANT.id_number not in tenant.get(at).text
    assert OWNER.id_number not in tenant.get(at).text
    in_english = tenant.http.get(f"{at}?lang=en")
    assert_sound(in_english, "en")
    assert "Rent a month" in in_english.text
    assert tenant.post(f"{at}/face").headers["location"].startswith("/sandbox/face/")
    verified(house, TENANT, ref)
    digest = digest_in(tenant.get(at))
    wrong = tenant.post(f"{at}/sign", summary_sha256=digest, signature="别人", agree_lease="1")
    assert wrong.status_code == 422
    said = {"summary_sha256": digest, "signature": TENANT.name, "agree_lease": "1"}
    assert tenant.post(f"{at}/sign", **said).status_code == 303
    assert tenant.post(f"{at}/sign", **said).status_code == 303  # clicked twice
    assert owner.post(f"{at}/change", revision="1", **FORM | {"rent": "4600"}).status_code == 303
    late = owner.post(f"{at}/change", revision="1", **FORM | {"rent": "1"})
    assert late.status_code == 409
    assert 'value="4600"' in late.text
    verified(house, TENANT, ref)
    old = tenant.post(f"{at}/sign", **said)
    assert old.status_code == 409
    assert "刚改过" in old.text
    signed(house, ref, TENANT, OWNER)
    for browser in (owner, tenant):
        assert "已备案" in browser.get(at).text
        for path in ("/certificates", "/usage", "/notices", "/leases"):
            assert_sound(browser.get(path), "zh")
    assert owner.post(f"{at}/stop").status_code == 409  # a back button
    assert owner.post(f"{at}/end").status_code == 303
    assert "想注销" in tenant.get(at).text
    assert tenant.post(f"{at}/end").status_code == 303
    assert lease_of(house, ref).state == "cancelled"


def test_a_form_from_elsewhere_does_nothing(house, browsers):
    owner = browsers[0]
    ref = begun(house)
    for path in ("stop", "end", "sign", "face", "change"):
        sent = owner.http.post(f"/leases/{ref}/{path}", data={"csrf": "x"})
        assert sent.status_code == 403
    assert lease_of(house, ref).state == "open"


@pytest.mark.parametrize(
    "path", ["/leases", "/leases/new", "/leases/k7m2p9q4r6s8t3v5w7x2", "/filings"]
)
def test_nobody_sees_anything_without_signing_in(house, path):
    answer = Browser(house, None).get(path)
    assert answer.status_code in {303, 401}


def test_what_cannot_be_a_lease_is_refused_without_a_fault_of_ours(house, browsers):
    owner = browsers[0]
    assert owner.post("/leases/new", key="<script>").status_code == 422
    odd = dict.fromkeys(FORM, "\u202e<script>" * 40)
    answer = owner.post("/leases/new", key="k" * 20, **odd)
    assert answer.status_code == 422
    assert "<script>\u202e" not in answer.text
    assert owner.get("/leases/not-a-reference").status_code in {404, 422}
    ref = begun(house)
    assert owner.post(f"/leases/{ref}/change", revision="-1", **FORM).status_code == 422


def test_the_housing_desk(house):
    clerk, police = Browser(house, CLERK), Browser(house, POLICE, "en")
    ref = begun(house, first="2026-10-01")
    assert signed(house, ref, OWNER, TENANT).state == "review"
    assert police.get("/filings").status_code == 403
    assert police.get(f"/filings/{ref}").status_code == 403
    assert police.post(f"/filings/{ref}", decision="approve").status_code == 403
    assert "/filings" in clerk.get("/source").text
    assert f"/filings/{ref}" in clerk.get("/filings").text
    assert_sound(clerk.get(f"/filings/{ref}"), "zh")
    wrong = clerk.post(f"/filings/{ref}", decision="refuse", reason="OTHER")
    assert wrong.status_code == 422
    assert clerk.post(f"/filings/{ref}", decision="approve").status_code == 303
    late = clerk.post(f"/filings/{ref}", decision="refuse", reason="OTHER", lease_words="不行")
    assert late.status_code == 409
    assert "F07" in late.text
    assert lease_of(house, ref).state == "filed"


def test_a_landlord_is_offered_the_title_as_a_home_and_never_the_lease(house, browsers):
    owner, tenant, _ = browsers
    title(house, OWNER, address="示范市梧桐区青桐路66号3幢601室")
    ref = begun(house, first="2026-11-01", address="青桐路66号3幢601室")
    assert signed(house, ref, OWNER, TENANT).state == "filed"
    registration = "/apply/residence-registration"
    dwellings = {}
    for browser in (owner, tenant):
        at = browser.post(registration).headers["location"]
        dwellings[browser] = browser.get(at).text
        assert browser.post(at, dwelling="here").headers["location"].endswith("/face")
    assert "不动产权证" in dwellings[owner]
    assert "承租人" not in dwellings[owner]
    assert "承租人" in dwellings[tenant]
    own = house.apply_desk.all_of(resident(OWNER))[0]
    assert own.answers.dwelling == "own"
    decided = house.apply_desk.check(resident(OWNER), own.ref).decision.materials["dwelling"]
    assert decided.asks_nothing_again
    lets = "您自己的住处不用它"
    for path in (f"/leases/{ref}", "/certificates"):
        assert lets in owner.get(path).text
        assert lets not in tenant.get(path).text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_filed_is_said_with_what_to_do_before_it_is_signed(house, lang):
    words = load(lang)
    owner, tenant = (Browser(house, resident(who), lang) for who in (OWNER, TENANT))
    ref = begun(house, last="2050-01-01", area="9")
    for browser in (owner, tenant):
        shown = browser.get(f"/leases/{ref}")
        assert_sound(shown, lang)
        for code in ("TERM_TOO_LONG", "AREA_TOO_SMALL"):
            assert words[f"lease.reason.{code}"].other.partition("{")[0] in shown.text
        assert f"/leases/{ref}/change" in shown.text
        assert f'action="/leases/{ref}/face"' not in shown.text
        sent = {"summary_sha256": "0" * 64, "signature": "x", "agree_lease": "1"}
        refused = browser.post(f"/leases/{ref}/sign", **sent)
        assert refused.status_code == 409
        assert words["lease.unfit"].other in refused.text
        assert words["lease.moved"].other not in refused.text
    api = owner.http.get(f"/v1/me/leases/{ref}").json()
    assert [each["code"] for each in api["reasons"]] == ["TERM_TOO_LONG", "AREA_TOO_SMALL"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refused_lease_says_until_when_it_can_be_mended_not_signed(house, lang):
    words = load(lang)
    ref = begun(house, address="青桐路66号3幢502室")
    assert signed(house, ref, OWNER, TENANT).state == "refused"
    shown = Browser(house, resident(OWNER), lang).get(f"/leases/{ref}")
    stale, said = (words[f"lease.{key}"].other for key in ("lapses", "lapses_refused"))
    assert max(said.split("{day}"), key=len) in shown.text
    assert max(stale.split("{day}"), key=len) not in shown.text
