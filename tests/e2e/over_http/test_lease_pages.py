"""The pages of leases, as two browsers, a stranger's and a clerk's see them."""

import re

import pytest

from certstore.callers import Clerk
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
