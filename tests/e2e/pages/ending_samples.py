"""Another card, and an end: asked for, checked, decided, told; and losses among applications."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.views import Reason
from issuance.answers import Fault
from issuance.application import Matter
from issuance.grounds import GROUNDS
from issuance.pages.desk_queue_views import Decided
from issuance.pages.desk_views import Proposed, Reads
from issuance.pages.progress_views import ApplicationLine, ApplicationsView, ProgressView, Step
from issuance.pages.question_views import GROUND_STEPS, Question, StartView, WhyView
from issuance.pages.views import Answer, CheckView, MaterialRow, SubmittedView
from issuance.refusals.reasons import reasons_for
from tests.e2e.pages.application_samples import MATERIALS, REUSED
from tests.e2e.pages.desk_samples import a_case
from tests.e2e.pages.people import NOW, OFFICER, REF, Sample

_AT = f"/applications/{REF}"
_WHY = f"{_AT}/why"
_REISSUE = Question(ref=REF, matter="reissue", number=1, of=2, back_href="/applications")
_CANCELLATION = replace(_REISSUE, matter="cancellation")
_BOTH = ("residence_permit", "residence_voucher")
_SAID = (
    Answer("about", "residence_voucher", _WHY),
    Answer("why", "cancellation.moved_away", _WHY),
)
_LOST = (Answer("why", "reissue.lost", _WHY),)
_WHO = Answer("applicant", "林晓禾", None, "310199199003070020")
_DUE = date(2026, 12, 4)


def endings() -> Iterator[Sample]:
    """All of them."""
    yield from _begun()
    yield from _asked()
    yield from _checked()
    yield from _told()
    yield from _at_the_desk()


def _begun() -> Iterator[Sample]:
    for matter in ("reissue", "cancellation"):
        path = f"/apply/{matter}"
        view = StartView(matter=matter, path=path, working_days=7, steps=GROUND_STEPS)
        yield Sample(f"start-{matter}", "issuance/start.html", view, path)


def _asked() -> Iterator[Sample]:
    reissue = WhyView(question=_REISSUE, whys=GROUNDS[Matter.REISSUE])
    ending = WhyView(question=_CANCELLATION, whys=GROUNDS[Matter.CANCELLATION], abouts=_BOTH)
    missing = {"about": Fault("not_held"), "ground": Fault("missing")}
    for name, view in (
        ("why-reissue", reissue),
        ("why-reissue-child", replace(reissue, question=replace(_REISSUE, child="何雨桐"))),
        ("why-reissue-error", replace(reissue, errors={"ground": Fault("missing")})),
        ("why-cancellation", replace(ending, why="moved_away", about="residence_voucher")),
        ("why-cancellation-error", replace(ending, errors=missing)),
    ):
        yield Sample(name, "issuance/why.html", view, _WHY)


def _checked() -> Iterator[Sample]:
    page, path = "issuance/check.html", f"{_AT}/check"
    photo = MaterialRow(
        material="photo",
        outcome="satisfied",
        how="id_photo",
        checked_at=NOW,
        actions=(("new_photo", f"{_AT}/photo"),),
    )
    reissue = CheckView(
        ref=REF,
        matter="reissue",
        materials=(REUSED, photo, MATERIALS[-1]),
        answers=(_WHO, *_LOST),
        due=_DUE,
    )
    ending = replace(
        reissue,
        matter="cancellation",
        materials=(REUSED, MATERIALS[-1]),
        answers=(_WHO, *_SAID),
        ends=_BOTH,
    )
    yield Sample("check-reissue", page, reissue, path)
    yield Sample("check-cancellation", page, ending, path)
    unsure = replace(ending, errors={"understood": "missing"})
    yield Sample("check-cancellation-error", page, unsure, path)
    nothing = replace(ending, obstacle=Reason("NOTHING_TO_CANCEL"), obstacle_href="/certificates")
    yield Sample("check-cancellation-nothing", page, nothing, path)
    for matter in ("reissue", "cancellation"):
        sent = SubmittedView(
            ref=REF, matter=matter, case_number="SF-2611-000473", result="officer", due=_DUE
        )
        yield Sample(f"submitted-{matter}", "issuance/submitted.html", sent, f"{_AT}/submitted")


def _told() -> Iterator[Sample]:
    page, sent = "issuance/progress.html", NOW - timedelta(days=3)
    submitted = Step(name="submitted", state="done", at=sent)
    reviewed = Step(name="reviewed", state="done", at=NOW)
    carried_out = Step(name="done", state="done", at=NOW)
    waiting = (submitted, Step(name="reviewed", state="now", due=_DUE))
    base = ProgressView(
        ref=REF,
        matter="cancellation",
        case_number="SF-2611-000473",
        state="in_review",
        steps=(*waiting, Step(name="done", state="later", due=_DUE)),
        said=_SAID,
        due=_DUE,
        withdraw_href=f"{_AT}/withdraw",
    )
    ended = replace(base, withdraw_href=None, steps=(submitted, reviewed, carried_out))
    issuing = (submitted, reviewed, Step(name="issued", state="now", due=_DUE))
    at_once = {"steps": (carried_out,), "said": (), "about_href": f"/certificates/{REF}/loss"}
    for name, view in (
        ("cancellation", base),
        ("cancellation-approved", replace(ended, state="approved", steps=issuing)),
        ("cancellation-done", replace(ended, state="done")),
        ("reissue", replace(base, matter="reissue", said=_LOST)),
        ("reissue-approved", replace(ended, matter="reissue", state="approved", said=_LOST)),
        ("loss", replace(ended, matter="loss_report", state="done", child="何雨桐", **at_once)),
        ("lifted", replace(ended, matter="loss_lift", state="done", **at_once)),
    ):
        yield Sample(f"progress-{name}", page, view, _AT)
    line = ApplicationLine(
        ref=REF,
        matter="loss_report",
        case_number="SF-2611-000474",
        state="done",
        on=None,
        href=_AT,
    )
    lines = (line, replace(line, matter="loss_lift"), replace(line, matter="cancellation"))
    open_ones = (replace(line, matter="reissue", state="in_review", on=_DUE),)
    yield Sample(
        "applications-endings",
        "issuance/applications.html",
        ApplicationsView(open=open_ones, ended=lines),
        "/applications",
    )


def _at_the_desk() -> Iterator[Sample]:
    page, path = "issuance/desk_case.html", "/desk/cases/" + "0" * 20
    codes = reasons_for("cancellation")
    case = replace(
        a_case(),
        matter="cancellation",
        judgements=(),
        checked=(REUSED, MATERIALS[-1]),
        done=1,
        may_ask=(),
        may_refuse_for=codes,
        reads=(Reads(choice="approve", state="done"),),
        letter_ref=None,
        by_officer=True,
        said=_SAID,
        ends=_BOTH,
    )
    proposed = Proposed(
        ref=REF, what="approve", name="李民警", number="1052", at=NOW, rule="cancellation"
    )
    carried_out = Decided(what="carried_out", by="1052", at=NOW - timedelta(minutes=9))
    at_once = replace(case, matter="loss_report", checked=(), done=0, said=(), ends=())
    for name, view in (
        ("desk-case-cancellation", case),
        ("desk-case-cancellation-second", replace(case, proposal=proposed)),
        ("desk-case-cancellation-done", replace(case, decided=carried_out)),
        ("desk-case-reissue", replace(case, matter="reissue", said=_LOST, ends=())),
        ("desk-case-loss", replace(at_once, decided=Decided(what="done", at=NOW))),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)
