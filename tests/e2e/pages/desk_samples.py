"""The officer's desk: the queue, one case, a letter, a finding."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from certstore.pages.views import Reason
from issuance.application import Matter
from issuance.pages.desk_queue_views import (
    Decided,
    DeskQueueView,
    FindingLine,
    HeldUp,
    InHand,
    Narrowed,
    QueueLine,
)
from issuance.pages.desk_views import (
    AffectedLine,
    Compared,
    DeskCaseView,
    DeskFile,
    DeskFindingView,
    DeskLettersView,
    Difference,
    Judgement,
    LetterView,
    Reads,
    Whose,
)
from issuance.refusals.reasons import reasons_for
from tests.e2e.pages.application_samples import MATERIALS
from tests.e2e.pages.people import HOUSING, NOW, ODD_ADDRESS, OFFICER, PORTRAIT, REF, Sample

HELD = HeldUp(
    code="invalid_request",
    detail="no installed font draws U+2CEFF; the document was not made",
    since=NOW - timedelta(hours=3),
)
NAMES = ("沈听舟", "阿依古丽提", "何清", "欧阳天一", "唐宁", "林晓禾", "周敏")
MARKED = (("late", -2), ("late", 0), ("today", 0), ("soon", 1), ("later", 3), ("source", 4))
LI_HOLDS = InHand(name="李民警", number="1052", since=NOW - timedelta(minutes=12))
GAO_HOLDS = InHand(name="高民警", number="1047", since=NOW - timedelta(minutes=4), mine=True)
COUNTS = {
    "week": 41,
    "second": 2,
    "clear": 31,
    "source": 1,
    "raised": 0,
    "all": 237,
    "late": 2,
    "today": 12,
    "held": 1,
}
WHERE = {"office": "梧桐派出所", "officer": OFFICER.name, "waiting": 237}


def line(at: int, due: str, days: int) -> QueueLine:
    """One line of the queue."""
    return QueueLine(
        ref=f"{at:020d}",
        name=NAMES[at % len(NAMES)],
        matter="residence_registration" if at % 3 else "address_change",
        case_number=f"SF-2611-{519 + at:06d}",
        due=due,  # type: ignore[arg-type]  # one of the words
        due_on=date(2026, 11, 26) + timedelta(days=days),
        submitted_at=NOW - timedelta(hours=at + 20),
        days=days,
        state="issued" if due == "decided" else "approved" if due == "held" else "in_review",
        held_up=HELD if due == "held" else None,
        in_hand={2: LI_HOLDS, 3: GAO_HOLDS}.get(at),
        proposed_by="1052" if at == 4 else "",
        raised=at == 0,
        clear=at % 5 == 3 and due == "later",
    )


QUEUE = (
    *(line(at, due, days) for at, (due, days) in enumerate(MARKED)),
    *(line(at, "later", 1 + at // 20) for at in range(len(MARKED), 49)),
    line(49, "held", 2),
)


def desk() -> Iterator[Sample]:
    """The officer's desk."""
    yield from _queues()
    yield from _cases()
    yield from _letters()


def _queues() -> Iterator[Sample]:
    page, path = "issuance/desk_queue.html", "/desk"
    office = {"office": "梧桐派出所", "officer": OFFICER.name}
    waiting = a_queue()
    done = Decided(what="approve", by="1047", at=NOW, case_number="SF-2611-000519")
    found = replace(waiting, number="000520", found=1, page=1, pages=1)
    finding = FindingLine(ref=REF, number="CN20260000000001", found_at=NOW, left=2)
    for name, view in (
        ("desk", replace(waiting, decided=done, next_ref="0" * 20, findings=(finding,))),
        ("desk-page", waiting),
        ("desk-held", replace(waiting, decided=replace(done, held_up=HELD))),
        (
            "desk-today",
            replace(waiting, narrowed=Narrowed(which="today"), found=12, page=1, pages=1),
        ),
        ("desk-found", replace(found, queue=(line(1, "decided", 0),))),
        ("desk-not-found", replace(found, queue=(), found=0)),
        (
            "desk-none-late",
            replace(waiting, narrowed=Narrowed(which="late"), queue=(), found=0, pages=1, page=1),
        ),
        ("desk-empty", DeskQueueView(**office, counts=dict.fromkeys(COUNTS, 0))),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)


def a_queue() -> DeskQueueView:
    """A page of the queue, with nothing just done."""
    matters = tuple(m.value for m in Matter)
    office = {"office": "梧桐派出所", "officer": OFFICER.name}
    return DeskQueueView(
        **office, queue=QUEUE, counts=COUNTS, found=237, page=2, pages=5, matters=matters
    )


def _compared() -> Compared:
    return Compared(
        left=(
            ("示范市梧桐区", False),
            ("听雨路", True),
            ("77号", False),
            ("3号楼", True),
            ("1202室", False),
        ),
        right=(
            ("示范市梧桐区", False),
            ("听雨路东段", True),
            ("77号", False),
            ("3幢", True),
            ("1202室", False),
        ),
        right_office=HOUSING,
        right_at=NOW,
        differences=(
            Difference(part="road", left="听雨路", right="听雨路东段"),
            Difference(part="幢", left="3号楼", right=""),
        ),
    )


def a_case() -> DeskCaseView:
    """A case with two things to judge, nobody's yet."""
    refused = reasons_for("residence_registration")[:-1]
    reads = [Reads(choice="approve", state="issued")]
    reads += [
        Reads(choice=f"refuse {code}", state="refused", reasons=(Reason(f"REFUSED_{code}"),))
        for code in refused
    ]
    return DeskCaseView(
        **WHERE,
        queue=QUEUE,
        ref="0" * 20,
        case_number="SF-2611-000519",
        matter="residence_registration",
        name="沈听舟",
        submitted_at=NOW - timedelta(days=1),
        due=date(2026, 11, 27),
        judgements=(
            Judgement(
                kind="address",
                material="dwelling",
                reasons=(Reason("ADDRESS_UNSURE"),),
                compared=_compared(),
            ),
            Judgement(
                kind="photo",
                material="photo",
                picture_href=PORTRAIT,
                taken_in=2021,
                whose=(Whose("applicant", "沈听舟", "310199198807150014"),),
                can_tell=("format", "sharp", "background"),
                cannot_tell=("glasses", "person"),
            ),
        ),
        checked=(*MATERIALS[:3], MATERIALS[-1]),
        done=3,
        may_ask=("photo", "dwelling"),
        may_refuse_for=(*refused, "OTHER"),
        reads=(*reads, Reads(choice="refuse OTHER", state="refused")),
        must_not_request=("identity", "dwelling", "kinship"),
        letter_ref=REF,
    )


def _new_photo(judged: Judgement) -> Judgement:
    """A photo handed in now, beside the one on file."""
    given = DeskFile(paper="photo_upload", pages=((PORTRAIT, PORTRAIT),) * 2)
    return replace(judged, files=(given,))


def _cases() -> Iterator[Sample]:
    case = a_case()
    path, page = "/desk/cases/" + "0" * 20, "issuance/desk_case.html"
    asking = {"decision": "ask", "judge_1": "yes", "ask": "photo"}
    decided = Decided(what="approve", by="1052", at=NOW - timedelta(minutes=9))
    for name, view in (
        ("desk-case", case),
        ("desk-case-new-photo", replace(case, judgements=(_new_photo(case.judgements[1]),))),
        ("desk-case-asking", replace(case, chosen=asking)),
        ("desk-case-joint", replace(case, ends_too=("residence_permit",))),
        ("desk-case-error", replace(case, errors={"decision": "missing", "judge_1": "missing"})),
        ("desk-case-conflict", replace(case, errors={"decision": "conflict_photo"})),
        ("desk-case-sentence", replace(case, errors={"sentence": "missing"})),
        ("desk-case-read-only", replace(case, in_hand=LI_HOLDS)),
        ("desk-case-decided", replace(case, decided=decided)),
        ("desk-case-late", replace(case, decided=decided, came_late=True)),
        ("desk-case-withdrawn", replace(case, decided=replace(decided, what="withdrawn", by=""))),
        ("desk-case-unanswered", replace(case, decided=replace(decided, what="unanswered"))),
        ("desk-case-ended", replace(case, decided=replace(decided, what="ended"), came_late=True)),
        ("desk-case-held", replace(case, decided=replace(decided, held_up=HELD))),
        ("desk-case-waits", replace(case, judgements=(), checked=MATERIALS, done=3)),
        ("desk-case-false-letter", replace(case, false_letters=(REF,))),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)


def _letter() -> LetterView:
    return LetterView(
        ref=REF,
        number="CN20260000000001",
        status="valid",
        lines=(
            (("亲属关系承诺书", False),),
            (
                ("本人林晓禾（公民身份号码 ", False),
                ("310199199003070020", True),
                ("）郑重承诺：", False),
            ),
            (
                ("一、周敏（证件号码 ", False),
                ("310199197109230625", True),
                ("）是本人的父母。", False),
            ),
            (("二、本人现居住于示范市梧桐区望江路188弄6号1203室，该房屋由周敏承租。", False),),
            (("三、以上内容真实。不实的，已办理的事项予以撤销，记入信用记录。", False),),
            (("承诺人：林晓禾", False),),
            (("2026 年 11 月 25 日", False),),
        ),
        name="林晓禾",
        signer="林晓禾",
        relative="周敏",
        relation="parent",
        address="示范市梧桐区望江路188弄6号1203室",
        signed_at=NOW - timedelta(days=1),
        level="session",
        document_href=f"/desk/letters/{REF}/document",
    )


def _rare() -> LetterView:
    """A letter about an address in characters that fonts lack."""
    whole = _letter()
    home = ((f"二、本人现居住于{ODD_ADDRESS}，该房屋由周敏承租。", False),)
    return replace(whole, address=ODD_ADDRESS, lines=(*whole.lines[:3], home, *whole.lines[4:]))


def _affected(outcome: str, at: int, **more: object) -> AffectedLine:
    values = {
        "ref": f"{at:020d}",
        "case_number": f"SF-2611-{at:06d}",
        "matter": "residence_registration",
        "name": "林晓禾",
        "state": "issued",
        "certificate_number": f"SF2026{at:010d}",
        "certificate_status": "valid",
        "outcome": outcome,
    }
    return AffectedLine(**(values | more))


def _letters() -> Iterator[Sample]:
    page, path = "issuance/desk_letters.html", "/desk/letters"
    finding = FindingLine(ref=REF, number="CN20260000000002", found_at=NOW, left=1)
    search = DeskLettersView(**WHERE, findings=(finding,), troubled=2)
    one = DeskLettersView(**WHERE, letter=_letter(), affected=(_affected("open", 1),))
    wrong = replace(one, errors={"finding_reason": "missing", "confirm": "missing"})
    before: tuple[str, datetime] = ("1052", NOW - timedelta(minutes=4))
    revoked = replace(one, letter=replace(_letter(), status="revoked"), came_late=before)
    for name, view in (
        ("desk-letters", search),
        ("desk-letters-nothing", replace(search, number="CN1", nothing_found=True)),
        ("desk-letter", one),
        ("desk-letter-rare", replace(one, letter=_rare())),
        ("desk-letter-error", wrong),
        ("desk-letter-late", revoked),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)
    yield from _findings(before)


def _findings(before: tuple[str, datetime]) -> Iterator[Sample]:
    decided = {"decided_by": "1047", "decided_at": NOW, "sentence": "另有户籍登记证明亲属关系。"}
    in_review = {"state": "in_review", "certificate_number": None, "certificate_status": None}
    view = DeskFindingView(
        **WHERE,
        ref=REF,
        letter=replace(_letter(), status="revoked"),
        reason="经查户籍登记，两人没有亲属关系。",
        found_by="1047",
        found_at=NOW,
        affected=(
            _affected("open", 1),
            _affected("upheld", 2, **decided),
            _affected("in_case", 3, **in_review),
            _affected("ended", 4, certificate_status="superseded"),
        ),
    )
    wrong = {"outcome": "missing", "finding_reason": "missing"}
    for name, shown in (
        ("desk-finding", view),
        ("desk-finding-done", replace(view, done="SF-2611-000002")),
        ("desk-finding-error", replace(view, in_error=f"{1:020d}", errors=wrong)),
        ("desk-finding-late", replace(view, came_late=before)),
    ):
        path = f"/desk/findings/{REF}"
        yield Sample(name, "issuance/desk_finding.html", shown, path, OFFICER, wide=True)
