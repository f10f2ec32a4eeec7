"""The pages of losses and endorsements, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from issuance.matters.pages.endorsement_views import EndorsementView
from issuance.matters.pages.loss_views import (
    DeskLossView,
    HoldLine,
    LossListView,
    LossRow,
    LossView,
)
from tests.e2e.pages.people import NOW, OFFICER, REF, TODAY, VOUCHER, Sample

PROGRESS = f"/applications/{REF}"
_PLACED = HoldLine(what="placed", kind="loss", at=NOW, role="holder")
_EARLIER = (
    HoldLine(what="lifted", kind="loss", at=NOW - timedelta(days=9), role="officer", number="1052"),
    HoldLine(what="placed", kind="loss", at=NOW - timedelta(days=10), role="guardian"),
)
_OVERDUE = HoldLine(
    what="placed", kind="endorsement_overdue", at=NOW - timedelta(hours=10), role="system"
)
_IN_USE = LossView(
    ref=REF,
    type_code="residence_permit",
    standing="in_use",
    status="valid",
    number=str(VOUCHER.number),
    card=True,
)
_LOST = replace(
    _IN_USE,
    standing="lost",
    status="suspended_loss",
    reported_at=NOW,
    reported_by="holder",
    history=(_PLACED, *_EARLIER),
)


def holds() -> Iterator[Sample]:
    """All of them."""
    yield from _losses()
    yield from _at_the_counter()
    yield from _endorsements()


def _losses() -> Iterator[Sample]:
    page, at = "issuance.matters/loss.html", f"/certificates/{REF}/loss"
    paper = replace(_IN_USE, type_code="residence_voucher", card=False, ward="林小禾")
    held = ("endorsement_overdue", "authority")
    over = replace(_IN_USE, standing="ended", status="superseded", history=_EARLIER)
    carried = replace(_EARLIER[0], kind="loss", lifted_for="carried_on", role="system")
    for name, view in {
        "loss": _IN_USE,
        "loss-paper": paper,
        "loss-lapsed": replace(_LOST, card=False, type_code=VOUCHER.type_code, lapsed_on=TODAY),
        "loss-lifted": replace(_IN_USE, done="lifted", history=_EARLIER),
        "loss-lifted-still": replace(
            _IN_USE, done="lifted", status="suspended", others=held, history=(_OVERDUE, *_EARLIER)
        ),
        "loss-not-lost": replace(_IN_USE, done="not_lost"),
        "loss-reported": replace(_LOST, done="reported"),
        "loss-already": replace(_LOST, done="already"),
        "loss-moved": replace(_LOST, done="moved"),
        "loss-and-overdue": replace(_LOST, others=held, history=(_PLACED, _OVERDUE)),
        "loss-face": replace(_LOST, face_needed=True),
        "loss-no-more-faces": replace(_LOST, face_needed=True, done="too_many"),
        "loss-too-often": replace(_LOST, done="too_often"),
        "loss-over": replace(over, history=(carried, *_EARLIER)),
        "loss-cancelled": replace(over, status="cancelled", history=()),
        "loss-revoked": replace(over, status="revoked", history=()),
    }.items():
        yield Sample(name, page, view, at)
    rows = (
        LossRow(ref=REF, type_code="residence_permit", status="valid"),
        LossRow(
            ref="2" * 20, type_code="residence_voucher", status="suspended_loss", reported_at=NOW
        ),
        LossRow(ref="3" * 20, type_code="residence_voucher", status="valid", ward="㛃䶮" * 20),
    )
    yield Sample("losses", "issuance.matters/losses.html", LossListView(rows=rows), "/loss")
    yield Sample("losses-none", "issuance.matters/losses.html", LossListView(), "/loss")


def _at_the_counter() -> Iterator[Sample]:
    page, at, number = "issuance.matters/desk_loss.html", "/desk/loss", "340199197109230625"
    found = (
        LossRow(ref=REF, type_code="residence_permit", status="valid"),
        LossRow(
            ref="2" * 20, type_code="residence_voucher", status="suspended_loss", reported_at=NOW
        ),
    )
    empty = DeskLossView(officer="高民警 1047", office="梧桐派出所")
    shown = replace(empty, number=number, found=found)
    for name, view in {
        "desk-loss": empty,
        "desk-loss-malformed": replace(empty, number="34", errors={"person_number": "malformed"}),
        "desk-loss-nothing": replace(empty, number=number, found=()),
        "desk-loss-found": shown,
        "desk-loss-unchecked": replace(shown, errors={"identity_checked": "missing"}),
        "desk-loss-ward": replace(shown, found=(replace(found[0], ward="林小禾"), found[1])),
        "desk-loss-not-theirs": replace(shown, errors={"person_number": "not_theirs"}),
        "desk-loss-done": replace(shown, done="lifted"),
    }.items():
        yield Sample(name, page, view, at, OFFICER, wide=True)


def _endorsements() -> Iterator[Sample]:
    page, at = "issuance.matters/endorsement.html", f"/certificates/{REF}/endorsement"
    early = EndorsementView(
        ref=REF,
        state="too_early",
        status="valid",
        number=str(VOUCHER.number),
        opens_on=date(2027, 10, 26),
        due_on=date(2027, 11, 24),
        full_years=0,
        counted_from=date(2026, 11, 25),
    )
    open_now = replace(
        early,
        state="open",
        opens_on=date(2026, 11, 21),
        due_on=date(2026, 12, 20),
        becomes_until=date(2027, 12, 20),
        full_years=2,
        counted_from=date(2023, 12, 21),
    )
    overdue = replace(
        open_now,
        state="overdue",
        status="suspended",
        due_on=date(2026, 11, 25),
        overdue_since=date(2026, 11, 26),
        becomes_until=date(2027, 11, 25),
        history=(_OVERDUE,),
    )
    for name, view in {
        "endorsing-early": early,
        "endorsing-open": replace(open_now, apply_href="/apply/endorsement"),
        "endorsing-open-counter": replace(open_now, ward="林小禾"),
        "endorsing-applied": replace(
            open_now, state="applied", applied_on=date(2026, 11, 23), progress_href=PROGRESS
        ),
        "endorsing-applied-past": replace(
            open_now, state="applied", status="expired", applied_on=date(2026, 12, 20), past=True
        ),
        "endorsing-overdue": replace(overdue, apply_href="/apply/endorsement"),
        "endorsing-grace": replace(overdue, years_go_on_until=date(2027, 1, 24)),
        "endorsing-lost": replace(early, state="lost", status="suspended_loss", history=(_PLACED,)),
        "endorsing-held": replace(early, state="held", status="suspended"),
        "endorsing-ended": replace(early, state="ended", status="superseded"),
    }.items():
        yield Sample(name, page, view, at)
