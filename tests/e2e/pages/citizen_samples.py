"""The citizen's side: questions, corrections, entrustments, use codes, taking data along."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import segno

from certstore.entrustment.terms import Wanted
from certstore.pages.answering_views import OverdueRow, OverdueView, SourceDisputeView
from certstore.pages.clerk_views import CorrectionRow
from certstore.pages.correction_views import (
    CorrectionFormView,
    CorrectionStep,
    CorrectionsView,
    CorrectionView,
    MyCorrection,
    RecordChoice,
    WrongField,
)
from certstore.pages.entrustment_views import (
    CodeRow,
    EntrustmentRow,
    EntrustmentsView,
    EntrustView,
    PurposeChoice,
    UseCodeFormView,
    UseCodeView,
)
from certstore.pages.own_data_views import ExportView
from certstore.pages.question_views import AskView, QuestionRow, QuestionsView
from certstore.pages.usage_views import QuestionLine, UsageDay, UsageEntry, UsageView
from certstore.web.shell import Signed
from certstore.web.symbol import Symbol
from tests.e2e.pages.people import HOUSING, NOW, REF, TODAY, Sample
from tests.e2e.pages.store_samples import ENTRY

CLERK = Signed("许经办", "clerk")
ROOMS = ("source", "questions")
DUE = date(2026, 12, 3)
ANSWERED = QuestionLine(
    state="answered",
    due=DUE,
    note="我没有报过名",
    answer="是您的孩子报名本校时，由招生平台核对居住地。",
    answered_at=NOW,
)


def citizens() -> Iterator[Sample]:
    """All of them."""
    yield from _questions()
    yield from _corrections()
    yield from _source()
    yield from _entrustments()
    yield from _codes()
    for fresh in (True, False):
        view = ExportView(fresh, "/sign-in?return_to=/export")
        yield Sample(f"export{'' if fresh else '-again'}", "certstore/export.html", view, "/export")


def _questions() -> Iterator[Sample]:
    asked = replace(ENTRY, question_href=None, question=QuestionLine(state="asked", due=DUE))
    overdue = replace(asked, ref="a" * 20, question=QuestionLine(state="overdue", due=TODAY))
    answered = replace(ENTRY, ref="b" * 20, question=ANSWERED)
    own = tuple(
        UsageEntry(
            ref=str(place) * 20,
            kind="own_act",
            at=datetime(2026, 11, 20, 1, place, tzinfo=UTC),
            ground="own",
            who="",
            matter=act,
            given=given,
        )
        for place, (act, given) in enumerate(
            [
                ("question", ()),
                ("dispute", ("坐落",)),
                ("dispute_withdrawn", ()),
                ("entrust", ()),
                ("entrust_ended", ()),
                ("use_code", ("姓名", "居住地所在区")),
                ("use_code_ended", ()),
                ("export", ("全部资料",)),
            ]
        )
    )
    by_code = replace(ENTRY, ref="d" * 20, ground="consent", holders_word="use_code")
    refused = tuple(
        replace(ENTRY, ref=c * 20, given=(), withheld=(), asked=("姓名",), refused=why)
        for c, why in zip(
            "efghj",
            (
                *("consent-required", "consent-withdrawn", "representation-unproven"),
                *("rate-limited", "invalid-request"),
            ),
            strict=True,
        )
    )
    days = (
        UsageDay(TODAY, (asked, overdue, answered, by_code, *refused)),
        UsageDay(date(2026, 11, 20), own),
    )
    counts = (("all", 17), ("law", 3), ("consent", 1), ("own", 8), ("refused", 5))
    view = UsageView(days=days, counts=counts, consents_waiting=2)
    yield Sample("usage-asked", "certstore/usage.html", view, "/u")
    ask, path = AskView(entry=ENTRY, due=DUE), f"/usage/{ENTRY.ref}/question"
    yield Sample("question", "certstore/question.html", ask, path)
    wrong = replace(ask, note="好" * 501, errors={"note": "too_long"})
    yield Sample("question-error", "certstore/question.html", wrong, path)
    row = QuestionRow(
        ref="q" * 20,
        state="asked",
        asked_at=NOW,
        due=DUE,
        note="我没有报过名",
        matter="小学入学报名",
        case_no="RX-2026-00017",
        operator="3021",
        looked_at=NOW - timedelta(days=1),
        answer="",
        answered_at=None,
    )
    late = replace(row, ref="l" * 20, state="overdue", note="", due=date(2026, 11, 20))
    done = replace(row, ref="d" * 20, state="answered", answer=ANSWERED.answer, answered_at=NOW)
    view = QuestionsView(
        room="questions",
        rooms=("questions",),
        office="示范市教育局",
        clerk="何经办 R05",
        questions=(late, row, done),
        answered=True,
    )
    page = "certstore/agency_questions.html"
    yield Sample("agency-questions", page, view, "/questions", CLERK, wide=True)
    nothing = replace(view, questions=(), answered=False)
    yield Sample("agency-questions-none", page, nothing, "/questions", CLERK, wide=True)
    mistaken = replace(view, answered=False, answering=row.ref, errors={"answer": "missing"})
    yield Sample("agency-questions-error", page, mistaken, "/questions", CLERK, wide=True)


def _corrections() -> Iterator[Sample]:
    record = RecordChoice(
        ref=REF,
        type_code="lease_filing",
        status="valid",
        office=HOUSING,
        issued_on=date(2026, 5, 12),
        under_dispute=False,
    )
    marked = replace(record, ref="m" * 20, under_dispute=True, type_code="id_photo")
    childs = replace(record, ref="n" * 20, type_code="residence_voucher", ward="林小满")
    mine = tuple(
        MyCorrection(ref=c * 20, type_code="lease_filing", state=state, filed_on=TODAY)
        for c, state in zip(
            "bcdfgh",
            ("filed", "accepted", "with_issuer", "corrected", "rejected", "withdrawn"),
            strict=True,
        )
    )
    mine = (*mine, replace(mine[0], ref="j" * 20, ward="林小满"))
    full = CorrectionsView(records=(record, marked, childs), mine=mine)
    yield Sample("corrections", "certstore/corrections.html", full, "/corrections/new")
    empty = CorrectionsView(records=(), mine=())
    yield Sample("corrections-empty", "certstore/corrections.html", empty, "/corrections/new")
    form = CorrectionFormView(
        ref=REF,
        type_code="lease_filing",
        office=HOUSING,
        due=date(2026, 12, 10),
        clients=2,
        ward="林小满",
        fields=(
            WrongField(name="name", label="姓名", stands="林晓禾"),
            WrongField(name="id_number", label="证件号码", stands="310199199003070020"),
            WrongField(name="address", label="坐落", stands="示范市海港区长乐路88弄6号502室"),
            WrongField(name="whole"),
        ),
    )
    page = "certstore/correction_new.html"
    yield Sample("correction-new", page, form, "/corrections/new")
    errors = {"wrong_field": "missing", "right": "missing"}
    yield Sample("correction-new-error", page, replace(form, errors=errors), "/corrections/new")
    yield from _progress()


def _progress() -> Iterator[Sample]:
    first = NOW - timedelta(days=3)
    waiting = CorrectionView(
        ref=REF,
        type_code="lease_filing",
        office=HOUSING,
        label="坐落",
        stands="示范市海港区长乐路88弄6号502室",
        right="示范市海港区长乐路88弄6号503室",
        words="合同上是 503 室",
        ward="林小满",
        state="accepted",
        late=False,
        answer_due=date(2026, 12, 10),
        steps=(
            CorrectionStep(name="filed", state="done", at=first),
            CorrectionStep(name="accepted", state="done", at=NOW),
            CorrectionStep(name="with_issuer", state="now", due=date(2026, 11, 27)),
            CorrectionStep(name="answered", state="later", due=date(2026, 12, 10)),
        ),
    )
    page, path = "certstore/correction.html", f"/corrections/{REF}"
    yield Sample("correction", page, waiting, path)
    filed = replace(waiting, state="filed", filed_now=True, label="", stands="", words="")
    yield Sample("correction-filed", page, filed, path)
    yield Sample("correction-late", page, replace(waiting, late=True), path)
    for outcome, more in (
        ("corrected", {"told": 2}),
        ("rejected", {"reason": "备案原件写的就是 502 室"}),
        ("withdrawn", {}),
    ):
        steps = (
            *waiting.steps[:2],
            CorrectionStep(name=outcome, state="done", at=NOW),
        )
        ended = replace(waiting, state=outcome, steps=steps, **more)
        yield Sample(f"correction-{outcome}", page, ended, path)


def _source() -> Iterator[Sample]:
    view = SourceDisputeView(
        room="source",
        rooms=ROOMS,
        office=HOUSING,
        clerk="许经办 F07",
        ref=REF,
        record_id="LF-2026-000398",
        version=1,
        type_code="lease_filing",
        label="坐落",
        stands="示范市海港区长乐路88弄6号502室",
        right="示范市海港区长乐路88弄6号503室",
        words="合同上是 503 室",
        state="filed",
        outcome="",
        due=date(2026, 11, 30),
        overdue=False,
        newer_version=None,
        may_be_typed=True,
        typed="示范市海港区长乐路88弄6号503室",
    )
    page, path = "certstore/source_dispute.html", f"/source/disputes/{REF}"
    yield Sample("source-dispute", page, view, path, CLERK, wide=True)
    accepted = replace(view, state="accepted", overdue=True)
    yield Sample("source-dispute-accepted", page, accepted, path, CLERK, wide=True)
    checked = replace(view, state="with_issuer")
    yield Sample("source-dispute-checked", page, checked, path, CLERK, wide=True)
    mistaken = replace(checked, errors={"why_rejected": "missing"})
    yield Sample("source-dispute-error", page, mistaken, path, CLERK, wide=True)
    whole = replace(checked, may_be_typed=False, label="", stands="", errors={"value": "missing"})
    yield Sample("source-dispute-whole", page, whole, path, CLERK, wide=True)
    newer = replace(checked, newer_version=2)
    yield Sample("source-dispute-newer", page, newer, path, CLERK, wide=True)
    closed = replace(view, state="closed", outcome="corrected", due=None)
    yield Sample("source-dispute-closed", page, closed, path, CLERK, wide=True)
    rows = (
        OverdueRow(office="示范市教育局", due=date(2026, 11, 20), about="小学入学报名"),
        OverdueRow(office=HOUSING, due=date(2026, 11, 23), about="lease_filing"),
    )
    overdue = OverdueView(who="郑运维 A01", questions=rows[:1], corrections=rows[1:])
    page, path = "certstore/overdue.html", "/console/overdue"
    yield Sample("overdue", page, overdue, path, Signed("郑运维", "operator"), wide=True)
    none = replace(overdue, who="高民警 1047", questions=(), corrections=())
    yield Sample("overdue-none", page, none, path, Signed("高民警", "officer"), wide=True)


def correction_rows() -> tuple[CorrectionRow, ...]:
    """What stands on a source's page of corrections."""
    row = CorrectionRow(
        ref=REF,
        record_id="LF-2026-000398",
        type_code="lease_filing",
        state="filed",
        since=TODAY,
        due=date(2026, 11, 30),
        overdue=False,
    )
    return (row, replace(row, ref="x" * 20, record_id="", state="with_issuer", overdue=True))


def _entrustments() -> Iterator[Sample]:
    made = EntrustmentRow(
        ref="g" * 20,
        type_code="residence_voucher",
        who="周敏",
        is_person=True,
        matter="租房提取公积金",
        from_day=TODAY,
        to_day=date(2026, 12, 25),
        state="standing",
    )
    states = ("waiting", "coming", "standing", "over", "taken_back", "declined")
    given = tuple(replace(made, ref=s[0:4] * 5, state=s) for s in states)
    agency = replace(made, ref="h" * 20, who="示范市教育局", is_person=False)
    agency = replace(agency, labels=("姓名", "居住地所在区"))
    former = replace(agency, ref="k" * 20, labels=())
    received = tuple(replace(made, ref=f"{s:z<20}", state=s) for s in states[:3])
    codes = tuple(
        CodeRow(ref=f"{s:z<20}", matter="孩子报名入学", expires_at=NOW, state=s)
        for s in ("open", "used", "ended", "over")
    )
    full = EntrustmentsView(
        given=(agency, former, *given),
        received=received,
        codes=codes,
        certificates=((REF, "residence_voucher"),),
    )
    yield Sample("entrustments", "certstore/entrustments.html", full, "/entrustments")
    empty = EntrustmentsView()
    yield Sample("entrustments-empty", "certstore/entrustments.html", empty, "/entrustments")
    view = EntrustView(
        ref=REF,
        type_code="residence_voucher",
        today=TODAY,
        purposes=(
            PurposeChoice(
                purpose_id="enrolment-2026",
                name="示范市教育局 · 义务教育入学报名",
                labels=("姓名", "居住地所在区", "是否满某年龄（只答是或否）"),
                photo=False,
            ),
            PurposeChoice(
                purpose_id="provident-2026",
                name="示范市公积金中心 · 租房提取",
                labels=("姓名", "居住地址", "有效期至"),
                photo=True,
            ),
        ),
        typed=Wanted(certificate_ref=REF, from_day="2026-11-26"),
    )
    page, path = "certstore/entrust_new.html", "/entrustments/new"
    yield Sample("entrust-new", page, view, path)
    errors = {
        "entrust_to": "missing",
        "agent_number": "malformed",
        "purpose_id": "missing",
        "to_day": "long",
    }
    yield Sample("entrust-new-error", page, replace(view, errors=errors), path)
    yield Sample("entrust-new-nobody", page, replace(view, purposes=()), path)


def _codes() -> Iterator[Sample]:
    form = UseCodeFormView(
        action=f"/certificates/{REF}/use-code",
        type_code="residence_voucher",
        fields=(("name", "姓名"), ("residence_district", "居住地所在区")),
    )
    page, path = "certstore/use_code_new.html", f"/certificates/{REF}/use-code"
    yield Sample("use-code-new", page, form, path)
    errors = {"for_matter": "missing", "give": "missing", "hours": "missing"}
    yield Sample("use-code-new-error", page, replace(form, errors=errors), path)
    fixed = replace(form, matter="租房提取公积金", matter_fixed=True)
    yield Sample("use-code-new-agent", page, fixed, path)
    many = replace(fixed, errors={"for_matter": "many"})
    yield Sample("use-code-new-many", page, many, path)
    made = UseCodeView(
        ref="c" * 20,
        type_code="residence_voucher",
        characters="7KQM-3WXD-92HB",
        symbol=Symbol.of(list(segno.make("7KQM-3WXD-92HB", error="m", micro=False).matrix)),
        matter="孩子报名入学",
        labels=("姓名", "居住地所在区"),
        expires_at=NOW + timedelta(days=1),
    )
    yield Sample("use-code", "certstore/use_code.html", made, path)
