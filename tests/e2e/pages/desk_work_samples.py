"""The officers' desk at work: cases in hand, second officers, approving together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from certstore.pages.views import Reason
from issuance.pages.desk_queue_views import ChosenLine, Decided, DeskBulkView, Narrowed
from issuance.pages.desk_views import Proposed
from issuance.stations import stations
from tests.e2e.pages.desk_samples import GAO_HOLDS, LI_HOLDS, NAMES, a_case, a_queue
from tests.e2e.pages.people import NOW, OFFICER, REF, Sample

OFFICE = {"office": "梧桐派出所", "officer": OFFICER.name}
SECOND = Proposed(
    ref=REF,
    what="refuse",
    name="李民警",
    number="1052",
    at=NOW - timedelta(minutes=31),
    rule="cancellation",
    reasons=(Reason("REFUSED_ADDRESS_MISMATCH"), Reason("REFUSED_PAPER_UNREADABLE")),
    sentence="门牌看不清，请重拍。",
)


def desk_work() -> Iterator[Sample]:
    """Queues, cases, and what was chosen together."""
    yield from _queues()
    yield from _cases()
    yield from _together()


def _queues() -> Iterator[Sample]:
    page, path = "issuance/desk_queue.html", "/desk"
    queue = a_queue()
    every = tuple((s.code, s.name["zh"]) for s in stations())
    lines = tuple(replace(line, station=every[n % 4][1]) for n, line in enumerate(queue.queue))
    counts = {**queue.counts, "raised": 1}
    over = replace(queue, stations=every, queue=lines, counts=counts)
    proposed = Decided(what="approve", by="1047", at=NOW, case_number="SF-2611-1", second=True)
    narrowed = Narrowed(which="week", matter="address_change", hand="nobody")
    for name, view in (
        ("desk-supervisor", over),
        ("desk-narrowed", replace(queue, narrowed=narrowed)),
        ("desk-proposed", replace(queue, decided=proposed, next_ref="0" * 20)),
        ("desk-released", replace(queue, released="SF-2611-000519")),
        ("desk-too-many", replace(queue, error="too_many", narrowed=Narrowed(which="clear"))),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)


def _cases() -> Iterator[Sample]:
    case = a_case()
    path, page = "/desk/cases/" + "0" * 20, "issuance/desk_case.html"
    judged = tuple(replace(j, answer="no") for j in case.judgements)
    proposed = replace(case, judgements=judged, proposal=SECOND)
    back = replace(SECOND, back_by="1047", back_at=NOW, words="门牌其实看得清，请再看一眼。")
    reasons = {"decision": "refuse", "reason": "ADDRESS_MISMATCH,OTHER"}
    for name, view in (
        ("desk-case-mine", replace(case, in_hand=GAO_HOLDS)),
        ("desk-case-held-by", replace(case, in_hand=LI_HOLDS, alone_late="held")),
        ("desk-case-take-over", replace(case, in_hand=LI_HOLDS, may_take_over=True)),
        ("desk-case-second", replace(proposed, in_hand=GAO_HOLDS)),
        (
            "desk-case-second-not",
            replace(proposed, proposal=replace(SECOND, why_not="same_officer")),
        ),
        ("desk-case-second-error", replace(proposed, errors={"words": "missing"})),
        ("desk-case-sent-back", replace(case, sent_back=back, in_hand=GAO_HOLDS)),
        ("desk-case-reasons", replace(case, chosen=reasons, errors={"sentence": "missing"})),
        ("desk-case-nothing-to-judge", replace(case, judgements=(), done=4)),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)


def _chosen(at: int, **more: str) -> ChosenLine:
    values = {
        "ref": f"{at:020d}",
        "name": NAMES[at % len(NAMES)],
        "matter": "residence_registration",
        "case_number": f"SF-2611-{at:06d}",
        "state": "in_review",
        "materials": ("identity", "photo", "dwelling"),
    }
    return ChosenLine(**(values | more))  # type: ignore[arg-type]  # words of the view


def _together() -> Iterator[Sample]:
    page, path = "issuance/desk_bulk.html", f"/desk/bulk/{REF}"
    ready = tuple(_chosen(at) for at in range(12))
    faulty = tuple(
        _chosen(20 + at, fault=fault, materials=())
        for at, fault in enumerate(("held", "not_clear", "decided"))
    )
    view = DeskBulkView(**OFFICE, ref=REF, waiting=237, chosen=(*ready, *faulty))
    done = tuple(
        replace(one, outcome="done", state="issued" if at < 9 else "approved")
        for at, one in enumerate(ready)
    )
    not_done = tuple(replace(one, outcome=one.fault, fault="") for one in faulty)
    started = replace(view, chosen=(*done, *not_done), started=True, ended=True)
    finished = tuple(replace(one, state="issued") for one in done)
    for name, shown in (
        ("desk-bulk", view),
        ("desk-bulk-none", replace(view, chosen=faulty)),
        ("desk-bulk-working", started),
        ("desk-bulk-done", replace(started, chosen=(*finished, *not_done))),
    ):
        yield Sample(name, page, shown, path, OFFICER, wide=True)
