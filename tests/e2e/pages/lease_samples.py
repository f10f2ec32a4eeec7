"""The pages of leases: written down, read and signed, followed; and the housing officers'."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from certstore.web.shell import Signed
from issuance.matters.lease.filings.views import FilingsView, FilingView, QueueRow
from issuance.matters.lease.reading import Typed, TypedParty
from issuance.matters.lease.terms import Contract
from issuance.matters.lease.views import (
    LeaseFormView,
    LeaseRow,
    LeasesView,
    LeaseView,
    PartyLine,
    ReasonLine,
)
from tests.e2e.pages.people import HOUSING, NOW, REF, TODAY, Sample, symbol

DISTRICTS = ("海港区", "梧桐区", "望江区", "云杉区")
CLERK = Signed("许经办", "clerk")
NUMBER = "ZL202600000017"
HOME = "示范市梧桐区青桐路66号3幢501室"
LINES = (
    "住房租赁合同网签备案摘要",
    f"合同编号：{NUMBER}",
    "出租人：郑国强（公民身份号码 340199********0336）",
    "承租人：林晓禾（公民身份号码 340199********0284）",
    f"一、出租人将{HOME}（整套，78.5 平方米）出租给承租人居住，居住 2 人。",
    "二、租期自 2026-11-25 起至 2027-11-24 止，首尾两日都算。",
    "三、租金每月 4500 元，押金 9000 元。",
    "四、以上内容真实，当事人同意据此办理网签和登记备案。内容不实的，备案予以注销。",
    "各方在本人已登录并通过身份核验的情况下签署（签署强度：会话级）。任何一方改动，已签的都作废。",
)
CONTRACT = Contract(
    district="梧桐区",
    address="青桐路66号3幢501室",
    room="",
    area=7850,
    rent=450000,
    deposit=900000,
    first=date(2026, 11, 25),
    last=date(2027, 11, 24),
    occupants=2,
)
LANDLORD = PartyLine(
    role="landlord",
    name="郑国强",
    number="340199********0336",
    mine=False,
    come=True,
    signed_at=NOW,
)
TENANT = PartyLine(
    role="tenant",
    name="林晓禾",
    number="340199********0284",
    mine=True,
    come=True,
    signed_at=None,
)
OPEN = LeaseView(
    ref=REF,
    number=NUMBER,
    state="open",
    lines=LINES,
    contract=CONTRACT,
    address=HOME,
    summary_sha256="5a" * 32,
    parties=(LANDLORD, TENANT),
    signed_at=None,
    can_sign=True,
    can_change=True,
    can_stop=True,
    began=False,
    sandbox=True,
    lapses_on=date(2026, 12, 10),
)
TYPED = Typed(
    role="tenant",
    district="梧桐区",
    address="青桐路66号3幢501室",
    part="room",
    room="次卧",
    area="12.5",
    rent="1800",
    deposit="1800",
    first="2026-12-01",
    last="2027-11-30",
    occupants="1",
    others=(TypedParty("landlord", "郑国强", "340199197003150336"),),
)


def leases() -> Iterator[Sample]:
    """Lists, forms, one lease in each of its states."""
    page = "issuance/leases.html"
    yield Sample("leases-none", page, LeasesView(), "/leases")
    rows = (
        LeaseRow(ref=REF, number=NUMBER, address=HOME, state="open", to_sign=True),
        LeaseRow(ref=REF, number="ZL202600000004", address=HOME, state="filed", to_sign=False),
        LeaseRow(ref=REF, number="ZL202600000002", address=HOME, state="refused", to_sign=False),
    )
    yield Sample("leases", page, LeasesView(leases=rows), "/leases")
    yield from _forms()
    yield from _one()
    yield from _officers()


def _forms() -> Iterator[Sample]:
    page, path = "issuance/lease_form.html", "/leases/new"
    new = LeaseFormView(
        action=path, back="/leases", districts=DISTRICTS, typed=Typed(), key="k" * 20
    )
    yield Sample("lease-new", page, new, path)
    wrong = {"role": "missing", "address": "malformed", "area": "range", "id_number_1": "length"}
    yield Sample("lease-new-errors", page, replace(new, typed=TYPED, errors=wrong), path)
    at = f"/leases/{REF}"
    change = replace(new, action=f"{at}/change", back=at, typed=TYPED, key="", revision=2)
    yield Sample("lease-change", page, replace(change, parties_too=False), f"{at}/change")
    yield Sample("lease-changed", page, replace(change, changed=True), f"{at}/change")


def _one() -> Iterator[Sample]:
    page, path = "issuance/lease.html", f"/leases/{REF}"
    yield Sample("lease-to-verify", page, OPEN, path)
    yield Sample("lease-verify-failed", page, replace(OPEN, face="failed"), path)
    passed = replace(OPEN, face="passed")
    yield Sample("lease-to-sign", page, passed, path)
    wrong = {"signature": "mismatch", "agree_lease": "missing"}
    yield Sample("lease-sign-errors", page, replace(passed, errors=wrong, signature="林"), path)
    yield Sample("lease-was-changed", page, replace(passed, reading="changed"), path)
    unfit = tuple(
        ReasonLine(code=code, n=5, day=date(2046, 11, 24), name="")
        for code in ("TERM_TOO_LONG", "AREA_TOO_SMALL")
    )
    yield Sample("lease-unfit", page, replace(OPEN, can_sign=False, unfit=unfit), path)
    waiting = replace(
        OPEN,
        parties=(replace(LANDLORD, mine=True), replace(TENANT, mine=False, come=False)),
        began=True,
        can_sign=False,
        signed_at=NOW,
        link=f"https://permits.example/leases/{REF}",
        symbol=symbol(),
    )
    yield Sample("lease-invite", page, waiting, path)
    signed = replace(OPEN, can_sign=False, can_change=False, signed_at=NOW, lapses_on=None)
    signed = replace(signed, parties=(LANDLORD, replace(TENANT, signed_at=NOW)))
    down = (ReasonLine(code="TITLE_NOT_ASKED", n=0, day=None, name=""),)
    due = date(2026, 11, 27)
    waits = replace(signed, state="checking", waits=True, reasons=down, due_on=due)
    yield Sample("lease-waits", page, waits, path)
    open_ones = (ReasonLine(code="TITLE_ADDRESS_UNSURE", n=0, day=None, name=""),)
    review = replace(signed, state="review", reasons=open_ones, due_on=due)
    yield Sample("lease-in-review", page, review, path)
    every = tuple(
        ReasonLine(code=code, n=2, day=date(2046, 11, 24), name="郑国强")
        for code in ("TERM_TOO_LONG", "CO_OWNER_MISSING", "LET_ALREADY", "TITLE_NAME_DIFFERS")
    )
    refused = replace(signed, state="refused", reasons=every, can_change=True, words="请核对产权人")
    yield Sample("lease-refused", page, refused, path)
    filed = replace(signed, state="filed", can_stop=False, can_end=True, certificate_ref=REF)
    yield Sample("lease-filed", page, filed, path)
    yield Sample("lease-filed-landlord", page, replace(filed, lets=True), path)
    yield Sample("lease-end-asked", page, replace(filed, end_others=True), path)
    mine = replace(filed, can_end=False, end_mine=True)
    yield Sample("lease-end-mine", page, mine, path)
    gone = replace(signed, state="cancelled", can_stop=False)
    yield Sample("lease-cancelled", page, gone, path)


def _officers() -> Iterator[Sample]:
    office, clerk = HOUSING, "许经办 F07"
    page, path = "issuance/filings.html", "/filings"
    row = QueueRow(ref=REF, number=NUMBER, submitted_at=NOW, due_on=TODAY, overdue=False)
    late = replace(row, number="ZL202600000009", due_on=date(2026, 11, 24), overdue=True)
    found = FilingsView(office=office, clerk=clerk, cases=(late, row))
    yield Sample("filings", page, found, path, CLERK, wide=True)
    yield Sample("filings-none", page, replace(found, cases=()), path, CLERK, wide=True)
    case = FilingView(
        office=office,
        clerk=clerk,
        ref=REF,
        number=NUMBER,
        state="review",
        decided_by="",
        lines=LINES,
        parties=(LANDLORD, replace(TENANT, mine=False, signed_at=NOW)),
        reasons=(ReasonLine(code="TITLE_ADDRESS_UNSURE", n=0, day=None, name=""),),
        address=HOME,
        titles=("示范市梧桐区青桐路66号",),
        reasons_to_refuse=("NO_TITLE", "LET_ALREADY", "CO_OWNER_MISSING", "OTHER"),
        due_on=TODAY,
        open=True,
    )
    page, path = "issuance/filing.html", f"/filings/{REF}"
    yield Sample("filing", page, case, path, CLERK, wide=True)
    wrong = replace(case, typed={"reason": "OTHER"}, errors={"lease_words": "missing"})
    yield Sample("filing-errors", page, wrong, path, CLERK, wide=True)
    late_one = replace(case, state="filed", decided_by="F08", open=False, came_late=True)
    yield Sample("filing-decided", page, late_one, path, CLERK, wide=True)
    yield Sample("filing-unfit", page, replace(case, unfit=True), path, CLERK, wide=True)
