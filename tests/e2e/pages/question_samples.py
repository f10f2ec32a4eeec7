"""Beginning an application, and its questions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from face_auth.pages.views import SandboxView
from issuance.pages.views import (
    AddressView,
    CommitmentView,
    DwellingView,
    FaceView,
    FoundRecord,
    Question,
    RelativeView,
    SourceDown,
    StartView,
)
from tests.e2e.pages.people import HOUSING, NOW, REF, TODAY, Sample

QUESTION = Question(
    ref=REF,
    matter="residence_registration",
    number=2,
    of=4,
    back_href="/apply/residence-registration",
)


def questions() -> Iterator[Sample]:
    """Beginning an application, and its questions."""
    start = StartView(matter="residence_registration", path="/apply/residence-registration")
    begun = replace(
        start, draft_href=f"/applications/{REF}/dwelling", draft_until=date(2026, 12, 20)
    )
    yield Sample("start", "issuance/start.html", start, start.path)
    yield Sample("start-draft", "issuance/start.html", begun, start.path)
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
        ("dwelling-error", DwellingView(question=QUESTION, source_down=down, errors=missing)),
    ):
        yield Sample(name, page, view, path)
    path, page = f"/applications/{REF}/relative", "issuance/relative.html"
    yield Sample("relative", page, RelativeView(question=QUESTION, kind="rent"), path)
    wrong = RelativeView(
        question=QUESTION,
        kind="own",
        whose="relative",
        relative_name="周明远",
        relative_id_number="310199198801010011",
        errors={"relation": "missing", "relative_id_number": "malformed"},
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


def _face() -> Iterator[Sample]:
    face = FaceView(question=QUESTION, state="start", provider="网络身份认证")
    for name, view in (
        ("face", face),
        ("face-sandbox", replace(face, sandbox=True, upload_href=f"/applications/{REF}/upload")),
        ("face-passed", replace(face, state="passed", next_href=f"/applications/{REF}/check")),
        ("face-failed", replace(face, state="failed", reason="light")),
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
        applicant="林晓禾",
        applicant_id_number="310199199003070020",
        relative="周明远",
        relation="spouse",
        address="示范市梧桐区望江路 188 弄 6 号 302 室",
        document="lease_filing",
        today=TODAY,
    )
    errors = {"signature": "mismatch", "agreed": "missing"}
    path = f"/applications/{REF}/commitment"
    for name, view in (
        ("commitment", letter),
        ("commitment-error", replace(letter, signature="林小禾", errors=errors)),
        (
            "commitment-signed",
            replace(letter, signed_at=NOW, next_href=f"/applications/{REF}/check"),
        ),
    ):
        yield Sample(name, "issuance/commitment.html", view, path)
