"""Check before submitting, what follows, and progress."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.views import Reason
from issuance.pages.progress_views import (
    ApplicationLine,
    ApplicationsView,
    AskedFor,
    CardStep,
    Coming,
    Followed,
    FollowingCard,
    OtherLine,
    ProgressView,
    Step,
)
from issuance.pages.views import (
    Answer,
    CheckView,
    Counter,
    MaterialRow,
    SubmittedView,
    WindowsView,
)
from issuance.progress.sequel import Word
from tests.e2e.pages.people import HOUSING, NOW, ODD_ADDRESS, REF, VOUCHER, Sample

REUSED = MaterialRow(
    material="identity", outcome="satisfied", how="face_verification", checked_at=NOW
)


MATERIALS = (
    REUSED,
    MaterialRow(
        material="dwelling", outcome="satisfied", how="lease_filing", office=HOUSING, checked_at=NOW
    ),
    MaterialRow(
        material="kinship",
        outcome="satisfied_by_commitment",
        how="commitment_letter",
        checked_at=NOW,
        actions=(("letter", f"/applications/{REF}/commitment"),),
    ),
    MaterialRow(
        material="basis",
        outcome="unknown_source_down",
        reasons=(Reason("SOURCE_UNAVAILABLE", {"office": "人力资源和社会保障局"}),),
    ),
    MaterialRow(
        material="photo",
        outcome="officer_review",
        reasons=(Reason("PHOTO_QUALITY", {"detail": "反光"}),),
    ),
    MaterialRow(material="guardianship", outcome="not_applicable"),
)


NEEDED = (
    MaterialRow(
        material="photo",
        outcome="must_upload",
        reasons=(Reason("PHOTO_TOO_OLD", {"date": date(2014, 6, 3), "n": 10}),),
        actions=(("photo", f"/applications/{REF}/photo"),),
    ),
    MaterialRow(
        material="identity",
        outcome="choose_one",
        reasons=(Reason("FACE_TOO_OLD"),),
        actions=(("face", f"/applications/{REF}/face"), ("upload", f"/applications/{REF}/upload")),
    ),
    MaterialRow(
        material="guardianship",
        outcome="blocked",
        reasons=(Reason("GUARDIANSHIP_UNPROVEN"),),
        actions=(("counter", "/windows"),),
    ),
)


COUNTERS = (
    Counter("梧桐区社区事务受理服务中心", "梧桐区听雨路 15 号 1 楼", "9:00–17:00"),
    Counter("海港区社区事务受理服务中心", "海港区长乐路 210 号 1 楼", "9:00–17:00", "9:00–16:00"),
)
LATER = (
    MaterialRow(material="dwelling", outcome="not_looked_up", after="letter"),
    MaterialRow(material="photo", outcome="not_looked_up", after="guardianship"),
)
HAND_IN = MaterialRow(
    material="dwelling",
    outcome="must_upload",
    reasons=(Reason("NOT_AS_DESCRIBED"),),
    actions=(
        ("address", f"/applications/{REF}/dwelling"),
        ("counter", "/windows"),
    ),
)


def checks() -> Iterator[Sample]:
    """Check before submitting, and what follows."""
    ready = CheckView(
        ref=REF,
        matter="residence_registration",
        materials=MATERIALS,
        answers=(
            Answer("applicant", "何志远", None, "340199198610110314"),
            Answer("dwelling", "here", f"/applications/{REF}/dwelling"),
            Answer("relative", "周明远", f"/applications/{REF}/relative"),
            Answer("address", "梧桐区望江路 188 弄 6 号 302 室", f"/applications/{REF}/address"),
        ),
        must_not_request=("identity", "dwelling", "kinship"),
        due=date(2026, 11, 27),
    )
    path, page = f"/applications/{REF}/check", "issuance/check.html"
    yield Sample("check", page, ready, path)
    yield Sample("check-needed", page, replace(ready, materials=NEEDED + MATERIALS[:4]), path)
    one = replace(ready, materials=NEEDED[:1] + MATERIALS[:4])
    yield Sample("check-one", page, one, path)
    joined = replace(ready, together_href=f"/together/{REF}")
    yield Sample("check-together", page, joined, path)
    rare = (*ready.answers[:3], replace(ready.answers[3], value=ODD_ADDRESS))
    yield Sample("check-rare", page, replace(ready, answers=rare), path)
    yield from _stops(ready, path)
    windows = WindowsView(COUNTERS, has_points=True)
    yield Sample("windows", "issuance/windows.html", windows, "/windows")
    submitted = SubmittedView(
        ref=REF,
        matter="residence_registration",
        case_number="SF-2611-0473-8",
        result="issued",
        card=VOUCHER,
    )
    path, page = f"/applications/{REF}/submitted", "issuance/submitted.html"
    yield Sample("submitted-issued", page, replace(submitted, rating="ask"), path)
    officer = replace(submitted, result="officer", card=None, due=date(2026, 11, 27))
    revoked = replace(VOUCHER, status="revoked")
    ended = replace(submitted, card=revoked, revoked_why="经查户籍登记，两人没有亲属关系。")
    yield Sample("submitted-revoked", page, ended, path)
    yield Sample("submitted-officer", page, officer, path)
    yield Sample("submitted-source", page, replace(officer, result="source", again=True), path)
    yield Sample("submitted-working", page, replace(officer, result="working", due=None), path)


def _stops(ready: CheckView, path: str) -> Iterator[Sample]:
    page = "issuance/check.html"
    later = replace(
        ready,
        child="何雨桐",
        materials=(NEEDED[1], *LATER),
        answers=(Answer("child", "何雨桐", f"/applications/{REF}/child", "340199201903210241"),),
    )
    yield Sample("check-later", page, later, path)
    counter = replace(ready, materials=(HAND_IN, *MATERIALS[:1]), counters=COUNTERS)
    yield Sample("check-counter", page, counter, path)
    stopped = replace(
        ready, obstacle=Reason("ADDRESS_UNCHANGED"), obstacle_href=f"/applications/{REF}/address"
    )
    yield Sample("check-obstacle", page, stopped, path)


def _card_steps(reached: str, *, sends: bool = False) -> tuple[CardStep, ...]:
    """The steps of a card that has come so far."""
    names = ("ordered", "making", "ready", *(("sent",) if sends else ()), "yours")
    at = names.index(reached) if reached else -1
    return tuple(
        CardStep(name=name, state="done" if n < at else "now" if n == at else "later",
                 at=NOW if n < at else None, due=date(2026, 12, 4) if n == at else None)
        for n, name in enumerate(names)
    )  # fmt: skip


def _with_card(base: ProgressView) -> Iterator[tuple[str, ProgressView]]:
    """The e-permit is there, and its card on its way."""
    making = FollowingCard(
        stage="making", way="pickup", href=f"/cards/{REF}", due=date(2026, 12, 4), provisional=True
    )
    ready = replace(making, stage="notified", due=None, place="梧桐区社区事务受理服务中心")
    words = (
        Word(NOW - timedelta(hours=3), "picked_up", "梧桐区营业部"),
        Word(NOW - timedelta(hours=1), "out_for_delivery", ""),
    )
    sent = replace(
        making, stage="handed_to_courier", way="courier", due=date(2026, 11, 26),
        day=date(2026, 11, 26), tracking_no="YF7731026011", words=words,
    )  # fmt: skip
    stopped = replace(making, stage="stopped", due=None)
    for name, follows, reached in (
        ("making", making, "making"),
        ("late", replace(making, late=True), "making"),
        ("notified", ready, "yours"),
        ("sent", sent, "yours"),
    ):
        steps = _card_steps(reached, sends=follows.way == "courier")
        yield f"card-{name}", replace(base, follows=follows, card_steps=steps)
    yield "card-stopped", replace(base, state="issued", follows=stopped)


def progress() -> Iterator[Sample]:
    """Progress in every state, and the list of applications."""
    done = (
        Step(name="submitted", state="done", at=NOW - timedelta(days=4)),
        Step(name="accepted", state="done", at=NOW - timedelta(days=3), office="梧桐派出所"),
    )
    reviewed = Step(name="reviewed", state="done", at=NOW, days_early=4)
    now = Step(name="reviewed", state="now", due=date(2026, 11, 27))
    later = Step(name="issued", state="later", due=date(2026, 11, 27))
    base = ProgressView(
        ref=REF,
        matter="residence_registration",
        case_number="SF-2611-0473-8",
        state="in_review",
        steps=(*done, now, later),
        materials=MATERIALS,
    )
    issued = Step(name="issued", state="done", at=NOW)
    refusal = Step(name="refused", state="done", at=NOW)
    for name, view in (
        ("in_review", replace(base, next=Coming("decide", date(2026, 11, 27)))),
        ("waiting_source", replace(base, state="waiting_source", next=Coming("source"))),
        ("approved", replace(base, state="approved", next=Coming("issue", date(2026, 11, 27)))),
        (
            "waiting",
            replace(
                base,
                matter="residence_permit",
                state="waiting",
                steps=(
                    done[0],
                    Step(name="waited", state="now"),
                    Step(name="reviewed", state="later"),
                    Step(name="issued", state="later"),
                ),
                waits_for=Followed(
                    "residence_registration", "SF-2611-000041", f"/applications/{REF}"
                ),
                together_href=f"/together/{REF}",
                withdraw_href=f"/applications/{REF}/withdraw",
            ),
        ),
        *(
            (
                f"waiting-{left}",
                replace(
                    base,
                    state="waiting",
                    steps=(done[0], Step(name="waited", state="now")),
                    waits_for=Followed("lease_filing", "ZL202600000017", f"/leases/{REF}", left),
                    withdraw_href=f"/applications/{REF}/withdraw",
                ),
            )
            for left in ("sign", "signatures", "mend", "ended")
        ),
        (
            "predecessor-ended",
            replace(base, state="withdrawn", steps=(), materials=(),
                    reasons=(Reason("PREDECESSOR_ENDED"),),
                    again_href=f"/applications/{REF}/again"),
        ),
        ("issued", replace(base, state="issued", steps=(*done, reviewed, issued), card=VOUCHER,
                           rating="ask")),
        ("rated", replace(base, state="issued", card=VOUCHER, rating="change")),
        ("rating-said", replace(base, state="issued", card=VOUCHER, rating="said")),
        ("rating-answered", replace(base, state="issued", card=VOUCHER, rating="answered")),
        ("revoked", replace(base, state="issued", card=replace(VOUCHER, status="revoked"),
                    revoked_why="经查户籍登记，两人没有亲属关系。")),
        (
            "refused",
            replace(
                base,
                state="refused",
                steps=(*done, refusal),
                reasons=(Reason("ADDRESS_MISMATCH"),),
                sentence="租赁备案写的是听雨路 79 号。",
                again_href=f"/applications/{REF}/again",
            ),
        ),
        (
            "asked",
            replace(
                base,
                state="asked",
                sentence="照片反光，看不清五官；租赁合同缺第二页。",
                asked=(
                    AskedFor("photo", f"/applications/{REF}/photo"),
                    AskedFor("dwelling", f"/applications/{REF}/materials/dwelling", given=True),
                ),
                asked_until=date(2026, 12, 21),
                withdraw_href=f"/applications/{REF}/withdraw",
            ),
        ),
        (
            "asked-given",
            replace(
                base,
                state="asked",
                sentence="租赁合同缺第二页。",
                asked=(AskedFor("dwelling", f"/applications/{REF}/materials/dwelling", True),),
                asked_until=date(2026, 12, 21),
                supply_href=f"/applications/{REF}/supply",
                withdraw_href=f"/applications/{REF}/withdraw",
            ),
        ),
        ("overdue", replace(base, state="overdue", telephone="12345")),
        ("routed", replace(base, matter="residence_permit", state="submitted", steps=(
            done[0],
            Step(name="accepted", state="now", due=date(2026, 11, 27)),
            Step(name="reviewed", state="later", due=date(2026, 12, 7)),
            Step(name="issued", state="later", due=date(2026, 12, 7)),
        ), next=Coming("accept", date(2026, 11, 27)), card_steps=_card_steps(""))),
        *_with_card(replace(base, matter="residence_permit", state="card", card=replace(VOUCHER,
            type_code="residence_permit"), steps=(*done, reviewed, issued))),
        ("withdrawn", replace(base, state="withdrawn", steps=(), materials=(),
                    again_href=f"/applications/{REF}/again")),
    ):  # fmt: skip
        yield Sample(f"progress-{name}", "issuance/progress.html", view, f"/applications/{REF}")
    line = ApplicationLine(
        ref=REF,
        matter="residence_registration",
        case_number="SF-2611-0473-8",
        state="draft",
        on=date(2026, 12, 20),
        href=f"/applications/{REF}",
    )
    leases = OtherLine(
        kind="lease_filing",
        number="ZL-2611-000031",
        state="open",
        href=f"/leases/{REF}",
        yours=True,
    )
    loss = OtherLine(kind="loss", number="JZ20260000000001", state="lost", href="/loss")
    states = ("card", "draft", "waiting", "in_review", "asked", "waiting_source", "overdue")
    ended = ("issued", "refused", "withdrawn")
    view = ApplicationsView(
        open=(
            *(replace(line, state=s) for s in states),
            replace(line, child="何雨桐", together=True),
        ),
        together=((f"/together/{REF}", 2),),
        ended=tuple(replace(line, state=state) for state in ended),
        others_open=(
            leases,
            replace(leases, state="review", yours=False, on=date(2026, 12, 1)),
            loss,
        ),
        others_ended=(replace(leases, state="filed", yours=False),),
    )
    page = "issuance/applications.html"
    yield Sample("applications", page, view, "/applications")
    yield Sample("applications-empty", page, ApplicationsView(), "/applications")
