"""The pages of the counter, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.views import Reason
from issuance.application import Matter
from issuance.grounds import CANCELLABLE, GROUNDS
from issuance.pages.counter_pages import MATTERS
from issuance.pages.counter_views import (
    ChildTyped,
    CounterCaseView,
    CounterPersonView,
    CounterView,
    HomeTyped,
    LetterAtCounter,
    PersonsCase,
    PhotoAtCounter,
    Present,
    ReceiptView,
    Scans,
)
from issuance.pages.question_views import FoundRecord
from issuance.pages.upload_views import FileView, Paper
from issuance.pages.views import MaterialRow
from tests.e2e.pages.people import (
    HOUSING,
    NOW,
    ODD_ADDRESS,
    OFFICER,
    PORTRAIT,
    REF,
    TODAY,
    Sample,
)

_BAR = {"officer": "高民警 1047", "office": "梧桐派出所", "waiting": 7}
_DOCUMENTS = ("resident_identity_card", "temporary_identity_card")
_PRESENT = Present(
    name="林晓禾",
    document="resident_identity_card",
    checked_at=NOW,
    until=NOW + timedelta(minutes=60),
)
_RARE = replace(_PRESENT, name="王䶮" + "㛃" * 20, document="temporary_identity_card")
_LETTER = LetterAtCounter(
    lines=(
        "亲属关系承诺书",
        "本人林晓禾郑重承诺：",
        "一、周敏是本人的父母。",
        "承诺人：林晓禾",
        "2026 年 11 月 26 日",
    ),
    sha256="0" * 64,
)
_FOUND = FoundRecord(
    type_code="property_certificate",
    address=ODD_ADDRESS,
    holder="林晓禾",
    relation=None,
    valid_from=None,
    valid_to=None,
    office=HOUSING,
    checked_at=NOW,
)
_HOME = HomeTyped(
    dwelling="rent",
    whose="relative",
    relation="parent",
    relative_name="周敏",
    relative_id_number="340199197109230625",
    district="海港区",
    address="长乐路88弄6号502室",
)
_ROWS = (
    MaterialRow(material="identity", outcome="satisfied", how="counter_check", checked_at=NOW),
    MaterialRow(material="photo", outcome="satisfied", how="id_photo", checked_at=NOW),
    MaterialRow(
        material="dwelling", outcome="must_upload", reasons=(Reason("NO_RECORD"),), checked_at=NOW
    ),
    MaterialRow(material="kinship", outcome="not_applicable"),
)
_FILES = (
    FileView(
        ref="3" * 20,
        paper="property_certificate_upload",
        pages=2,
        sheets=((PORTRAIT, PORTRAIT), (PORTRAIT, PORTRAIT)),
    ),
    FileView(
        ref="4" * 20,
        paper="property_certificate_upload",
        pages=1,
        sheets=((PORTRAIT, PORTRAIT),),
        doubtful=True,
        advice=("GLARE",),
    ),
)
_SCAN = Scans(
    material="dwelling",
    papers=(
        Paper(code="property_certificate_upload", pages=2),
        Paper(code="lease_contract_upload", pages=2),
    ),
)
_DRAFT = CounterCaseView(
    **_BAR,
    ref=REF,
    visit="2" * 20,
    matter="residence_registration",
    case_number="SF-2611-000001",
    state="draft",
    present=_PRESENT,
    seal="0123456789abcdef",
    districts=("海港区", "梧桐区", "望江区", "云杉区"),
    may_withdraw=True,
    due=date(2026, 11, 27),
)
_SENT = replace(_DRAFT, state="in_review", has_receipt=True, taken_at="梧桐派出所")


def intake() -> Iterator[Sample]:
    """All of them."""
    yield from _arriving()
    yield from _of_a_person()
    yield from _drafts()
    yield from _sent()
    yield from _receipts()


def _arriving() -> Iterator[Sample]:
    empty = CounterView(**_BAR, documents=_DOCUMENTS)
    typed = replace(empty, name="林小禾", number="340199199804060284", document=_DOCUMENTS[0])
    every = {
        "person_name": "missing",
        "person_number": "child",
        "identity_document": "missing",
        "identity_checked": "missing",
    }
    for name, view in {
        "counter-desk": empty,
        "counter-desk-again": replace(empty, why="again"),
        "counter-desk-nobody": replace(empty, why="nobody"),
        "counter-desk-mismatch": replace(typed, errors={"person_name": "mismatch"}),
        "counter-desk-errors": replace(empty, errors=every),
    }.items():
        yield Sample(name, "issuance/desk_counter.html", view, "/desk/counter", OFFICER, wide=True)


def _of_a_person() -> Iterator[Sample]:
    page, at = "issuance/desk_counter_person.html", f"/desk/counter/people/{REF}"
    new = CounterPersonView(**_BAR, ref=REF, present=_PRESENT, cases=(), matters=MATTERS)
    line = PersonsCase(
        ref=REF,
        matter="residence_registration",
        case_number="SF-2611-000001",
        state="draft",
        on=TODAY,
    )
    several = (
        line,
        replace(line, ref="3" * 20, state="in_review", child="林小禾"),
        replace(line, ref="4" * 20, state="refused", may_again=True, child="㛃䶮" * 20),
        replace(line, ref="5" * 20, state="asked", matter="address_change"),
    )
    child = ChildTyped(name="林小禾", relation="parent")
    for name, view in {
        "counter-person": new,
        "counter-person-cases": replace(new, present=_RARE, cases=several),
        "counter-person-cannot": replace(new, cannot=Reason("NOT_REGISTERED")),
        "counter-person-errors": replace(new, errors={"matter": "missing", "whom": "missing"}),
        "counter-person-child": replace(
            new,
            matter="residence_registration",
            whom="child",
            child=child,
            errors={"child_id_number": "malformed", "consented": "missing"},
        ),
    }.items():
        yield Sample(name, page, view, at, OFFICER, wide=True)


def _drafts() -> Iterator[Sample]:
    answered = replace(_DRAFT, answered=True, home=_HOME, rows=_ROWS, scans=(_SCAN,))
    ready = replace(answered, rows=(*_ROWS[:2], _ROWS[3]), scans=(), may_submit=True)
    cancels = replace(
        _DRAFT, matter="cancellation", whys=GROUNDS[Matter.CANCELLATION], abouts=CANCELLABLE
    )
    ending = replace(
        cancels,
        answered=True,
        rows=_ROWS[:1],
        why="moved_away",
        about="residence_voucher",
        ends=CANCELLABLE,
        may_submit=True,
        to_officer=True,
    )
    given = replace(_SCAN, files=_FILES, seen=frozenset({"3" * 20}))
    photo = PhotoAtCounter(offered="6" * 20, picture=PORTRAIT, against=("BACKGROUND_UNEVEN",))
    for name, view in {
        "counter-case-found": replace(_DRAFT, found=_FOUND),
        "counter-case-ask": replace(_DRAFT, child="林小禾", guardians_home=True),
        "counter-case-home-wrong": replace(
            _DRAFT,
            failed="home",
            errors={"dwelling": "missing", "whose": "missing", "address": "malformed"},
        ),
        "counter-case-scan": answered,
        "counter-case-scanned": replace(answered, scans=(given,), may_submit=True, to_officer=True),
        "counter-case-scan-refused": replace(
            answered, scans=(replace(_SCAN, refused=("FILE_HEIC",)),)
        ),
        "counter-case-scan-missing": replace(
            answered, failed="dwelling", errors={"document": "missing", "file": "missing"}
        ),
        "counter-case-full": replace(answered, scans=(replace(given, full=True),), fault="room"),
        "counter-case-photo": replace(ready, photo=PhotoAtCounter()),
        "counter-case-photo-wrong": replace(
            ready, photo=PhotoAtCounter(wrong=("FACE_TOO_SMALL",)), failed="photo"
        ),
        "counter-case-photo-missing": replace(
            ready, photo=PhotoAtCounter(), failed="photo", errors={"file": "missing"}
        ),
        "counter-case-photo-offered": replace(ready, photo=photo),
        "counter-case-photo-kept": replace(
            ready, photo=PhotoAtCounter(kept="6" * 20, picture=PORTRAIT)
        ),
        "counter-case-letter": replace(ready, may_submit=False, letter=_LETTER),
        "counter-case-letter-wrong": replace(
            ready,
            may_submit=False,
            letter=_LETTER,
            failed="letter",
            errors={"signature": "mismatch", "agreed": "missing"},
        ),
        "counter-case-letter-signed": replace(ready, letter=replace(_LETTER, signed_at=NOW)),
        "counter-case-ready": ready,
        "counter-case-why": replace(_DRAFT, matter="reissue", whys=GROUNDS[Matter.REISSUE]),
        "counter-case-why-wrong": replace(
            cancels, failed="why", errors={"about": "missing", "ground": "missing"}
        ),
        "counter-case-cancels": ending,
        "counter-case-cancels-unsaid": replace(
            ending, failed="submit", errors={"understood": "missing"}
        ),
        "counter-case-moved": replace(ready, fault="moved"),
        "counter-case-missing": replace(answered, fault="missing"),
        "counter-case-obstacle": replace(answered, obstacle=Reason("REGISTERED_ALREADY")),
    }.items():
        yield _case(name, view)


def _sent() -> Iterator[Sample]:
    refused = replace(_SENT, state="refused", may_withdraw=False, may_again=True, due=None)
    asked = replace(
        _SENT,
        state="asked",
        scans=(_SCAN,),
        asked_until=date(2026, 12, 26),
        sentence="第二页没有拍到，请补一张。",
    )
    for name, view in {
        "counter-case-in-review": _SENT,
        "counter-case-asked": asked,
        "counter-case-supply": replace(asked, may_supply=True),
        "counter-case-issued": replace(
            _SENT, state="issued", may_withdraw=False, certificate="residence_voucher"
        ),
        "counter-case-approved": replace(_SENT, state="approved", may_withdraw=False),
        "counter-case-withdrawn": replace(_SENT, state="withdrawn", may_withdraw=False),
        "counter-case-refused": replace(
            refused,
            tells_reasons=True,
            reasons=(Reason("REFUSED_ADDRESS_MISMATCH"), Reason("REFUSED_PHOTO_QUALITY")),
            sentence="门牌对不上。",
        ),
        "counter-case-refused-elsewhere": refused,
        "counter-case-refused-on-line": replace(refused, taken_at=""),
    }.items():
        yield _case(name, view)


def _receipts() -> Iterator[Sample]:
    page, at = "issuance/desk_counter_receipt.html", f"/desk/counter/{REF}/receipt"
    view = ReceiptView(
        **_BAR,
        ref=REF,
        matter="residence_registration",
        case_number="SF-2611-000001",
        applicant="林晓禾",
        number="310199199003070020",
        guardian=None,
        received_at=NOW,
        received_on=TODAY,
        due=date(2026, 11, 27),
        state="in_review",
        papers=(("property_certificate_upload", 2),),
        letter=True,
        counter="梧桐派出所",
        taken_by="1047",
    )
    bare = replace(view, guardian="周敏", papers=(), letter=False, counter="", taken_by="")
    yield Sample("counter-receipt", page, view, at, OFFICER, wide=True)
    yield Sample(
        "counter-receipt-done", page, replace(bare, state="issued"), at, OFFICER, wide=True
    )


def _case(name: str, view: CounterCaseView) -> Sample:
    page, at = "issuance/desk_counter_case.html", f"/desk/counter/{REF}"
    return Sample(name, page, view, at, OFFICER, wide=True)
