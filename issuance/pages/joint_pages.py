"""From joint submissions to the views of their pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from datetime import date

from certstore.pages.views import Reason
from issuance.answers import is_answered
from issuance.application import APPLICATION, CAME_TO_NOTHING, ENDED_STATES, State
from issuance.conduct import PREDECESSOR_ENDED
from issuance.joint.choosing import PERMIT, Choices, Prospect
from issuance.joint.desk import MOST_CHILDREN, Joint, Member
from issuance.joint.predecessors import Followed as FollowedCase
from issuance.joint.predecessors import Standing
from issuance.pages.application_pages import application_word, matter_word
from issuance.pages.joint_views import (
    JointLine,
    JointView,
    LeaseOffer,
    Offer,
    TogetherView,
)
from issuance.pages.progress_views import Followed
from issuance.pages.question_pages import first_open
from issuance.pages.views import Errors


def together_view(choices: Choices, city: str, errors: Errors | None = None) -> TogetherView:
    """What can be done in one go."""
    return TogetherView(
        registration=_offer(choices.registration),
        permit=_offer(choices.permit),
        leases=tuple(
            LeaseOffer(each.ref, each.number, each.answers.full_address(city))
            for each in choices.leases
        ),
        open=tuple(choices.open),
        errors=errors or {},
    )


def _offer(prospect: Prospect) -> Offer:
    return Offer(Reason(prospect.fault) if prospect.fault else None, prospect.on)


def followed_view(followed: FollowedCase | None) -> Followed | None:
    """What is waited for, as pages write it."""
    if followed is None:
        return None
    return Followed(followed.matter, followed.number, followed.path, followed.left)


def joint_view(
    joint: Joint, followed: Mapping[str, FollowedCase], today: date, *, sent: bool, not_sent: bool
) -> JointView:
    """Each matter, where it stands, what is still to be done."""
    at = f"/together/{joint.ref}"
    applications = [member.application for member in joint.members]
    children = sum(1 for a in applications if a.answers.child is not None)
    ended = any(a.state in CAME_TO_NOTHING and _is_open_again(joint, a.ref) for a in applications)
    return JointView(
        ref=joint.ref,
        lines=tuple(_lines(joint, followed, today)),
        submit_href=f"{at}/submit" if joint.ready else None,
        again_href=f"{at}/again" if ended and not joint.drafts else None,
        child_href=f"{at}/child" if children < MOST_CHILDREN else None,
        sent=sent,
        not_sent=not_sent,
    )


def _is_open_again(joint: Joint, ref: str) -> bool:
    """Whether nothing of the same kind, for the same person, came after what ended."""
    refs = [m.application.ref for m in joint.members]
    one = joint.members[refs.index(ref)].application
    later = (m.application for m in joint.members[refs.index(ref) + 1 :])
    same = (one.matter, one.answers.subject_key)
    return not any((a.matter, a.answers.subject_key) == same for a in later)


def _lines(joint: Joint, followed: Mapping[str, FollowedCase], today: date) -> Iterable[JointLine]:
    for member in joint.members:
        application = member.application
        draft, child = application.state is State.DRAFT, application.answers.child
        obstacle = next((code for code in member.missing if code.isupper()), None)
        if application.reason == PREDECESSOR_ENDED:
            obstacle = application.reason
        waits = application.state is State.WAITING or (
            draft and member.follows is Standing.UNDER_WAY
        )
        yield JointLine(
            ref=application.ref,
            matter=matter_word(application),
            case_number=application.number,
            state=application_word(application, today),
            href=_href(member),
            child=child.name if child else None,
            on=None if draft or application.state in ENDED_STATES else application.due_on,
            left=len(member.missing),
            answers="answers" in member.missing,
            taken_over=_takes_over(member),
            obstacle=Reason(obstacle) if obstacle else None,
            waits_for=followed_view(followed.get(application.ref)) if waits else None,
            leave_out_href=f"/together/{joint.ref}/leave-out" if draft else None,
        )


def _takes_over(member: Member) -> bool:
    """Whether its home is that of the application it follows, and is asked there."""
    application, after = member.application, member.application.after
    return application.matter is PERMIT and after is not None and after.kind == APPLICATION


def _href(member: Member) -> str:
    """Where its next question is; its own page once it is submitted."""
    application, at = member.application, f"/applications/{member.application.ref}"
    if application.state is not State.DRAFT:
        return at
    if not is_answered(application.answers):
        return first_open(application)
    return f"{at}/face" if "identity" in member.missing else f"{at}/check"
