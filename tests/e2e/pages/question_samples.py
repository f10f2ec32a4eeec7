"""Beginning an application, and its questions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from certstore.certificates import Holder
from certstore.pages.views import Reason
from face_auth.pages.views import SandboxView
from issuance.answers import Fault
from issuance.application import Answers, Relative
from issuance.commitment import digest_of, letter_text
from issuance.pages.question_views import (
    AddressView,
    ChildView,
    CommitmentView,
    Draft,
    DropView,
    DwellingView,
    FaceView,
    Former,
    FoundRecord,
    FreshView,
    NotNow,
    Question,
    RelativeView,
    SourceDown,
    StartView,
)
from tests.e2e.pages.people import HOUSING, NOW, REF, Sample

QUESTION = Question(
    ref=REF,
    matter="residence_registration",
    number=2,
    of=4,
    back_href="/apply/residence-registration",
)

LETTER = letter_text(
    Holder("林晓禾", "111", "310199199003070020"),
    Answers(
        "rent",
        "relative",
        Relative("周明远", "310199198811020011", "spouse"),
        "梧桐区",
        "望江路 188 弄 6 号 302 室",
    ),
    "示范市",
    NOW,
)
REFUSED = Former(
    case_number="SF-2611-000041",
    refused=True,
    reasons=(Reason("REFUSED_ADDRESS_MISMATCH"),),
    sentence="请核对门牌号",
)
WITHDRAWN = Former(case_number="SF-2611-000041")
FOR_CHILD = replace(QUESTION, of=6, exact=False, child="何雨桐")


def questions() -> Iterator[Sample]:
    """Beginning an application, and its questions."""
    start = StartView(matter="residence_registration", path="/apply/residence-registration")
    at = f"/applications/{REF}"
    draft = Draft(f"{at}/dwelling", date(2026, 12, 20), drop_href=f"{at}/withdraw")
    begun = replace(start, drafts=(replace(draft, child="何雨桐"), draft))
    yield Sample("start", "issuance/start.html", start, start.path)
    yield Sample("start-draft", "issuance/start.html", begun, start.path)
    fresh = FreshView(matter=start.matter, path=start.path, draft=draft)
    yield Sample("fresh", "issuance/fresh.html", fresh, f"{start.path}/fresh")
    drop = DropView(
        ref=REF, matter=start.matter, case_number="SF-2611-000312", keep_href=draft.href
    )
    yield Sample("drop", "issuance/drop.html", drop, f"{at}/withdraw")
    yield from _not_now()
    yield from _child()
    lease = FoundRecord(
        type_code="lease_filing",
        address="示范市梧桐区望江路 188 弄 6 号 302 室",
        holder="周明远",
        relation="spouse",
        valid_from=date(2026, 5, 12),
        valid_to=date(2027, 5, 11),
        office=HOUSING,
        checked_at=NOW,
    )
    own = replace(
        lease, type_code="property_certificate", relation=None, holder="林晓禾", valid_to=None
    )
    down = SourceDown(HOUSING, date(2026, 11, 30))
    path, page = f"/applications/{REF}/dwelling", "issuance/dwelling.html"
    missing = {"dwelling": "missing"}
    for name, view in (
        ("dwelling-confirm", DwellingView(question=QUESTION, found=lease)),
        ("dwelling-own", DwellingView(question=QUESTION, found=own, chosen="here")),
        ("dwelling", DwellingView(question=QUESTION)),
        ("dwelling-child", DwellingView(question=FOR_CHILD, found=own)),
        ("dwelling-again", DwellingView(question=replace(QUESTION, former=REFUSED))),
        ("dwelling-begun-again", DwellingView(question=replace(QUESTION, former=WITHDRAWN))),
        ("dwelling-led-back", DwellingView(question=QUESTION, unanswered=True)),
        ("dwelling-error", DwellingView(question=QUESTION, source_down=down, errors=missing)),
    ):
        yield Sample(name, page, view, path)
    path, page = f"/applications/{REF}/relative", "issuance/relative.html"
    yield Sample("relative", page, RelativeView(question=QUESTION, kind="rent"), path)
    childs = RelativeView(question=FOR_CHILD, kind="own", guardian=True)
    yield Sample("relative-child", page, childs, path)
    wrong = RelativeView(
        question=QUESTION,
        kind="own",
        whose="relative",
        relative_name="周明远",
        relative_id_number="31019919880101001",
        errors={"relation": Fault("missing"), "relative_id_number": Fault("length", 17)},
    )
    yield Sample("relative-error", page, wrong, path)
    path, page = f"/applications/{REF}/address", "issuance/address.html"
    address = AddressView(question=QUESTION, districts=("梧桐区", "银杏区"))
    yield Sample("address", page, address, path)
    unsure = replace(
        address,
        district="梧桐区",
        address="听雨路 77 号 3 号楼 1202 室",
        recorded="梧桐区听雨路东段 77 号 3 幢 1202 室",
        recorded_by=HOUSING,
    )
    yield Sample("address-unsure", page, unsure, path)
    errors = replace(address, errors={"district": "missing", "address": "missing"})
    yield Sample("address-error", page, errors, path)
    yield from _face()
    yield from _commitment()


def _not_now() -> Iterator[Sample]:
    permit, renewal = "/apply/residence-permit", "/apply/registration-renewal"
    later, day = Reason("HALF_YEAR_LATER"), date(2027, 5, 25)
    for name, matter, path, why in (
        ("day", "residence_permit", permit, NotNow(reason=later, on=day, waits=True)),
        ("no-day", "residence_permit", permit, NotNow(reason=later, waits=True)),
        ("lost", "residence_permit", permit, NotNow(reason=Reason("VOUCHER_LOST"), href="/loss")),
        ("renewal", "registration_renewal", renewal,
         NotNow(reason=Reason("RENEWS_LATER"), on=day, href="/certificates")),
    ):  # fmt: skip
        view = StartView(matter=matter, path=path, not_now=why)
        yield Sample(f"start-not-now-{name}", "issuance/start.html", view, path)


def _child() -> Iterator[Sample]:
    path = "/apply/residence-registration"
    child = ChildView(matter="residence_registration", action=f"{path}/child", back_href=path)
    errors = {
        "child_name": Fault("missing"),
        "child_id_number": Fault("length", 17),
        "guardian_relation": Fault("missing"),
        "consented": Fault("missing"),
    }
    wrong = replace(child, child_id_number="34019920190321024", errors=errors)
    for name, view in (("child", child), ("child-error", wrong)):
        yield Sample(name, "issuance/child.html", view, f"{path}/child")


def _face() -> Iterator[Sample]:
    face = FaceView(question=QUESTION, state="start", provider="网络身份认证")
    for name, view in (
        ("face", face),
        ("face-sandbox", replace(face, sandbox=True, upload_href=f"/applications/{REF}/upload")),
        ("face-passed", replace(face, state="passed", next_href=f"/applications/{REF}/check")),
        ("face-failed", replace(face, state="failed", reason="light")),
        ("face-too-many", replace(face, state="failed", reason="person", too_many=True)),
        ("face-child", replace(face, question=FOR_CHILD)),
        ("face-pending", replace(face, state="pending", next_href=f"/applications/{REF}/check")),
    ):
        yield Sample(name, "issuance/face.html", view, f"/applications/{REF}/face")
    sandbox = SandboxView(
        action="/sandbox/face",
        transaction="t1",
        name="林晓禾",
        id_number="310199199003070020",
        matter="residence_registration",
        return_href="/",
    )
    yield Sample("face-provider", "face_auth/sandbox.html", sandbox, "/sandbox/face", None)


def _commitment() -> Iterator[Sample]:
    letter = CommitmentView(
        question=QUESTION,
        lines=tuple(LETTER.split("\n")),
        letter_sha256=digest_of(LETTER),
        relative="周明远",
        relation="spouse",
        address="示范市梧桐区望江路 188 弄 6 号 302 室",
        dwelling="rent",
    )
    errors = {"signature": "mismatch", "agreed": "missing"}
    path = f"/applications/{REF}/commitment"
    for name, view in (
        ("commitment", letter),
        ("commitment-child", replace(letter, question=FOR_CHILD, relation="grandparent")),
        ("commitment-error", replace(letter, signature="林小禾", errors=errors)),
        (
            "commitment-signed",
            replace(letter, signed_at=NOW, next_href=f"/applications/{REF}/check"),
        ),
    ):
        yield Sample(name, "issuance/commitment.html", view, path)
