"""The pages of several matters in one go: choose, see where each stands, submit in one act."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.clock import local_date
from certstore.errors import ConflictError, MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.application import Child
from issuance.joint.choosing import PERMIT, REGISTRATION, TOGETHER
from issuance.joint.desk import JointDesk
from issuance.pages.joint_pages import joint_view, together_view
from issuance.pages.question_views import ChildView
from issuance.pages.views import Errors
from issuance.start_page_routes import ask_child, other_matter, with_typed

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Joints = Annotated[JointDesk, desk(JointDesk)]
Text = Annotated[str, Form(max_length=400)]
Flag = Annotated[str, Query(max_length=1)]
_FORM = [Depends(check_form)]


@router.get("/together")
def choose(request: Request, me: Me, joints: Joints) -> Response:
    """What to do in one go, and what cannot come along."""
    return _choose(request, me, joints)


@router.post("/together", dependencies=_FORM)
def begin(
    request: Request,
    me: Me,
    joints: Joints,
    matters: Annotated[tuple[str, ...], Form(max_length=4)] = (),
    children: Text = "",
    lease: Text = "",
) -> Response:
    """Begin what was chosen; what is open already is gone on with."""
    wanted = [matter for matter in TOGETHER if matter.value in matters]
    if not wanted and not children:
        return _choose(request, me, joints, {"matters": "missing"})
    if PERMIT in wanted and REGISTRATION not in wanted:
        return _choose(request, me, joints, {"matters": "alone"})
    try:
        ref = joints.begin(me, wanted, lease)
    except ConflictError as error:
        return other_matter(request, error)
    return see_other(f"/together/{ref}/child" if children else f"/together/{ref}")


@router.get("/together/{ref}")
def joint(
    ref: str, request: Request, me: Me, joints: Joints, sent: Flag = "", left: Flag = ""
) -> Response:
    """Each matter, where it stands, what is still to be done, what waits for what."""
    found = joints.get(me, ref)
    today = local_date(joints.clock.now())
    view = joint_view(found, joints.followed(found), today, sent=sent == "1", not_sent=left == "1")
    return page(request, "issuance/joint.html", view)


@router.post("/together/{ref}/submit", dependencies=_FORM)
def submit(ref: str, me: Me, joints: Joints) -> Response:
    """Submit all of it; what came up meanwhile leads back to where it is seen."""
    try:
        joints.submit(me, ref)
    except ConflictError as error:
        if "missing" not in error.facts:
            raise
        return see_other(f"/together/{ref}?left=1")
    return see_other(f"/together/{ref}?sent=1")


@router.post("/together/{ref}/leave-out", dependencies=_FORM)
def leave_out(ref: str, me: Me, joints: Joints, application: Text = "") -> Response:
    """Leave one matter out of it."""
    joints.leave_out(me, ref, application)
    return see_other(f"/together/{ref}")


@router.post("/together/{ref}/again", dependencies=_FORM)
def begin_again(ref: str, request: Request, me: Me, joints: Joints) -> Response:
    """Begin anew what ended, the answers kept."""
    try:
        return see_other(f"/together/{joints.begin_again(me, ref)}")
    except ConflictError as error:
        return other_matter(request, error)


@router.get("/together/{ref}/child")
def which_child(ref: str, request: Request, me: Me, joints: Joints) -> Response:
    """Which child moves in, too."""
    joints.get(me, ref)
    return ask_child(request, _child_view(ref))


@router.post("/together/{ref}/child", dependencies=_FORM)
def add_child(
    ref: str,
    request: Request,
    me: Me,
    joints: Joints,
    child_name: Text = "",
    child_id_number: Text = "",
    guardian_relation: Text = "",
    consented: Text = "",
) -> Response:
    """Let a child move in, too."""
    said = Child(child_name, child_id_number, guardian_relation, consented == "1")
    try:
        joints.add_child(me, ref, said)
    except MalformedError as error:
        return ask_child(request, with_typed(_child_view(ref), said), error)
    return see_other(f"/together/{ref}")


def _child_view(ref: str) -> ChildView:
    at = f"/together/{ref}"
    return ChildView(matter=REGISTRATION.value, action=f"{at}/child", back_href=at)


def _choose(
    request: Request, me: Resident, joints: JointDesk, errors: Errors | None = None
) -> Response:
    view = together_view(joints.choices(me), joints.applying.city, errors)
    return page(request, "issuance/together.html", view, 422 if errors else 200)
