"""The officer's desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.views import Reason
from issuance.pages.progress_views import (
    Compared,
    DeskCaseView,
    DeskQueueView,
    Judgement,
    QueueLine,
)
from tests.e2e.pages.application_samples import MATERIALS
from tests.e2e.pages.people import HOUSING, NOW, OFFICER, PORTRAIT, Sample


def desk() -> Iterator[Sample]:
    """The officer's desk."""
    names = (("沈听舟", 1), ("阿依古丽提", 2), ("何清", -2), ("欧阳天一", 3), ("唐宁", None))
    queue = tuple(
        QueueLine(
            ref=str(i) * 20,
            name=name,
            matter="residence_registration",
            case_number=f"0519-{i}",
            days_left=left,
        )
        for i, (name, left) in enumerate(names)
    )
    compared = Compared(
        left=(
            ("梧桐区", False),
            ("听雨路", True),
            (" 77 号 ", False),
            ("3 号楼", True),
            (" 1202 室", False),
        ),
        right=(
            ("梧桐区", False),
            ("听雨路东段", True),
            (" 77 号 ", False),
            ("3 幢", True),
            (" 1202 室", False),
        ),
        right_office=HOUSING,
        right_at=NOW,
    )
    case = DeskCaseView(
        office="梧桐派出所",
        officer=OFFICER.name,
        queue=queue,
        ref="0" * 20,
        case_number="SF-2611-0519-2",
        matter="residence_registration",
        name="沈听舟",
        submitted_at=NOW - timedelta(days=1),
        due=date(2026, 11, 27),
        judgements=(
            Judgement(
                kind="address",
                material="dwelling",
                reasons=(Reason("ADDRESS_UNSURE"),),
                compared=compared,
            ),
            Judgement(
                kind="photo",
                material="photo",
                picture_href=PORTRAIT,
                can_tell=("format", "sharp", "background"),
                cannot_tell=("glasses", "person"),
            ),
        ),
        checked=MATERIALS[:4],
        may_ask=("photo", "dwelling"),
        may_refuse_for=("ADDRESS_MISMATCH", "NO_RECORD", "OTHER"),
        must_not_request=("identity", "dwelling", "kinship"),
    )  # fmt: skip
    path, page = "/desk/cases/" + "0" * 20, "issuance/desk_case.html"
    asking = replace(case, chosen={"decision": "ask", "judge_1": "yes", "ask": "photo"})
    wrong = replace(case, errors={"decision": "missing", "judge_1": "missing"})
    for name, view in (
        ("desk-case", case),
        ("desk-case-asking", asking),
        ("desk-case-error", wrong),
        ("desk-case-read-only", replace(case, read_by="李 1052")),
        ("desk-case-decided", replace(case, decided="approve")),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)
    waiting = DeskQueueView(
        office="梧桐派出所",
        officer=OFFICER.name,
        queue=queue,
        decided="approve",
        decided_case="0519-2",
    )
    page = "issuance/desk_queue.html"
    yield Sample("desk", page, waiting, "/desk", OFFICER, wide=True)
    empty = replace(waiting, queue=(), decided=None)
    yield Sample("desk-empty", page, empty, "/desk", OFFICER, wide=True)
