"""Several matters in one go: choosing them, and the one page where they stand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from certstore.pages.views import Reason
from issuance.pages.joint_views import JointLine, JointView, LeaseOffer, Offer, TogetherView
from issuance.pages.progress_views import Followed
from tests.e2e.pages.people import ODD_ADDRESS, REF, Sample

LEASES = (
    LeaseOffer("7" * 20, "ZL-2611-000031", "示范市梧桐区青桐路66号3幢501室"),
    LeaseOffer("8" * 20, "ZL-2611-000032", ODD_ADDRESS),
)
OWN = JointLine(
    ref=REF,
    matter="residence_registration",
    case_number="SF-2611-000041",
    state="draft",
    href=f"/applications/{REF}/face",
    left=1,
    leave_out_href=f"/together/{REF}/leave-out",
)


def joint() -> Iterator[Sample]:
    """Choosing, and each way it can stand."""
    page = "issuance/together.html"
    free = TogetherView(registration=Offer(), permit=Offer())
    yield Sample("together", page, free, "/together")
    yield Sample("together-leases", page, replace(free, leases=LEASES, open=(REF,)), "/together")
    later = Offer(Reason("HALF_YEAR_NOT_FULL"), date(2027, 5, 25))
    yield Sample("together-no-permit", page, replace(free, permit=later), "/together")
    registered = Offer(Reason("REGISTERED_ALREADY"))
    view = replace(free, registration=registered, errors={"matters": "missing"})
    yield Sample("together-registered", page, view, "/together")
    yield from _standing()


def _standing() -> Iterator[Sample]:
    at, page = f"/together/{REF}", "issuance/joint.html"
    waits = Followed("residence_registration", OWN.case_number, f"/applications/{REF}")
    permit = replace(
        OWN, ref="9" * 20, matter="residence_permit", case_number="SF-2611-000042",
        left=0, waits_for=waits,
    )  # fmt: skip
    child = replace(OWN, ref="3" * 20, case_number="SF-2611-000043", child="何雨桐", left=2)
    filled = replace(OWN, href=f"/applications/{REF}/dwelling", answers=True)
    taken = replace(permit, left=1, answers=True, taken_over=True)
    begun = JointView(ref=REF, lines=(filled, taken, child), child_href=f"{at}/child")
    yield Sample("joint-begun", page, replace(begun, not_sent=True), at)
    done = tuple(replace(line, left=0, answers=False) for line in (OWN, permit, child))
    ready = replace(begun, lines=done, submit_href=f"{at}/submit")
    yield Sample("joint-ready", page, ready, at)
    stopped = replace(child, obstacle=Reason("GROWN_UP"))
    lease = replace(
        filled, waits_for=Followed("lease_filing", LEASES[0].number, "/leases/7", "sign")
    )
    yield Sample("joint-lease", page, replace(begun, lines=(lease, stopped)), at)
    sent = (
        replace(OWN, state="in_review", left=0, on=date(2026, 11, 27), leave_out_href=None),
        replace(permit, state="waiting", leave_out_href=None),
        replace(child, state="issued", left=0, leave_out_href=None),
    )
    yield Sample("joint-sent", page, replace(begun, lines=sent, sent=True), at)
    ended = (
        replace(sent[0], state="refused", on=None),
        replace(sent[1], state="withdrawn", waits_for=None, obstacle=Reason("PREDECESSOR_ENDED")),
        sent[2],
    )
    view = replace(begun, lines=ended, again_href=f"{at}/again")
    yield Sample("joint-refused", page, view, at)
