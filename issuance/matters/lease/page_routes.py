"""The pages of leases: write one down, read and sign it, follow it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.chance import reference
from certstore.errors import ConflictError, MalformedError, UnavailableError
from certstore.page_routes import symbol_of
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from face_auth.challenge import State as FaceState
from issuance.matters.lease.desk import LeaseDesk
from issuance.matters.lease.mine import Mine
from issuance.matters.lease.reading import Typed, TypedParty, faults_of, typed_of
from issuance.matters.lease.signing_desk import LeaseSigningDesk
from issuance.matters.lease.states import Act, State, may
from issuance.matters.lease.terms import MOST_PARTIES
from issuance.matters.lease.views import (
    Around,
    FaceWord,
    LeaseFormView,
    Reading,
    lease_view,
    leases_view,
)

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Resident, signed_in(Resident)]
Leases = Annotated[LeaseDesk, desk(LeaseDesk)]
Signing = Annotated[LeaseSigningDesk, desk(LeaseSigningDesk)]
Word = Annotated[str, Form(max_length=400)]
Key = Annotated[str, Form(max_length=40, pattern="^[0-9a-z]{20}$")]
Revision = Annotated[int, Form(ge=0, le=1_000_000)]
_FORM = [Depends(check_form)]
_FIELDS = (
    *("role", "district", "address", "part", "room", "area", "rent", "deposit"),
    *("first", "last", "occupants"),
)
_LONGEST = 200


async def typed_lease(request: Request) -> Typed:
    """What was typed; the other parties are `role_1`, `name_1`, `id_number_1` and so on."""
    form = await request.form()

    def said(name: str) -> str:
        value = form.get(name, "")
        return value[:_LONGEST] if isinstance(value, str) else ""

    others = tuple(
        TypedParty(said(f"role_{n}"), said(f"name_{n}"), said(f"id_number_{n}"))
        for n in range(1, MOST_PARTIES)
    )
    return Typed(**{name: said(name) for name in _FIELDS}, others=others)


Lease = Annotated[Typed, Depends(typed_lease)]


@router.get("/leases")
def mine(request: Request, me: Me, leases: Leases) -> Response:
    """The reader's leases."""
    return page(request, "issuance/leases.html", leases_view(leases.mine(me), leases.city))


@router.get("/leases/new")
def new(request: Request, me: Me, leases: Leases) -> Response:  # noqa: ARG001 - signed in
    """The form of a new lease; its key makes one lease of it, however often it is sent."""
    view = _new_form(leases, Typed(), reference())
    return page(request, "issuance/lease_form.html", view)


@router.post("/leases/new", dependencies=_FORM)
def begin(request: Request, me: Me, leases: Leases, typed: Lease, key: Key) -> Response:
    """Write it down; what is wrong is said at its field, and what was typed is kept."""
    try:
        return see_other(f"/leases/{leases.begin(me, typed, key).ref}")
    except MalformedError as error:
        faults = faults_of(error)
        if not faults:
            raise
    view = replace(_new_form(leases, typed, key), errors=faults)
    return page(request, "issuance/lease_form.html", view, 422)


@router.get("/leases/{ref}")
def one(ref: Ref, request: Request, me: Me, leases: Leases, signing: Signing) -> Response:
    """One lease: the page to read and sign, the parties, how it stands."""
    return _show(request, leases.open(me, ref), me, (leases, signing))


@router.get("/leases/{ref}/change")
def change_form(ref: Ref, request: Request, me: Me, leases: Leases) -> Response:
    """The form, as the lease stands; one that cannot be changed any more is shown as it is."""
    found = leases.open(me, ref)
    if not may(Act.CHANGE, found.lease.state):
        return see_other(f"/leases/{ref}")
    return page(request, "issuance/lease_form.html", _change_form(leases, found))


@router.post("/leases/{ref}/change", dependencies=_FORM)
def change(
    ref: Ref, request: Request, me: Me, leases: Leases, typed: Lease, revision: Revision = 0
) -> Response:
    """Change it; every signature is void then."""
    try:
        leases.change(me, ref, revision, typed)
        return see_other(f"/leases/{ref}")
    except MalformedError as error:
        faults = faults_of(error)
        if not faults:
            raise
        view = replace(_change_form(leases, leases.open(me, ref)), typed=typed, errors=faults)
        return page(request, "issuance/lease_form.html", view, 422)
    except ConflictError as error:
        if error.facts.get("cause") != "changed":
            return see_other(f"/leases/{ref}")
    view = replace(_change_form(leases, leases.open(me, ref)), changed=True)
    return page(request, "issuance/lease_form.html", view, 409)


@router.post("/leases/{ref}/face", dependencies=_FORM)
def verify(ref: Ref, me: Me, signing: Signing) -> Response:
    """Leave for the provider; the way back leads here."""
    try:
        return see_other(signing.verify_face(me, ref, f"/leases/{ref}").url)
    except ConflictError:
        return see_other(f"/leases/{ref}")  # there is nothing to sign any more


@router.post("/leases/{ref}/sign", dependencies=_FORM)
def sign(
    ref: Ref,
    request: Request,
    me: Me,
    leases: Leases,
    signing: Signing,
    signature: Word = "",
    agree_lease: Word = "",
    summary_sha256: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Sign the page as it was shown; one that was changed meanwhile is shown anew."""
    errors = {} if signature.strip() else {"signature": "missing"}
    if agree_lease != "1":
        errors["agree_lease"] = "missing"
    reading: Reading = ""
    if not errors:
        try:
            signing.sign(me, ref, summary_sha256, signature)
            return see_other(f"/leases/{ref}")
        except MalformedError:
            errors["signature"] = "mismatch"
        except ConflictError as error:
            cause = error.facts.get("cause")
            if cause == "identity":
                return see_other(f"/leases/{ref}#sign")
            if cause != "unfit":  # the page says why
                reading = "changed" if cause == "changed" else "moved"
    around = Around(signature=signature, errors=errors, reading=reading)
    found = leases.open(me, ref)
    return _show(request, found, me, (leases, signing), around, 422 if errors else 409)


@router.post("/leases/{ref}/stop", dependencies=_FORM)
def stop(ref: Ref, request: Request, me: Me, leases: Leases, signing: Signing) -> Response:
    """Withdraw what one began, or decline what one was asked."""
    return _done(request, me, (leases, signing), ref, lambda: leases.stop(me, ref))


@router.post("/leases/{ref}/end", dependencies=_FORM)
def end(ref: Ref, request: Request, me: Me, leases: Leases, signing: Signing) -> Response:
    """Ask for the filing's cancellation, or agree to it."""
    return _done(request, me, (leases, signing), ref, lambda: leases.agree_to_end(me, ref))


def _done(
    request: Request,
    me: Resident,
    desks: tuple[LeaseDesk, LeaseSigningDesk],
    ref: str,
    do: Callable[[], object],
) -> Response:
    try:
        do()
    except ConflictError:
        found = desks[0].open(me, ref)
        return _show(request, found, me, desks, Around(reading="moved"), 409)
    return see_other(f"/leases/{ref}")


def _show(
    request: Request,
    found: Mine,
    me: Resident,
    desks: tuple[LeaseDesk, LeaseSigningDesk],
    around: Around | None = None,
    status: int = 200,
) -> Response:
    leases, signing = desks
    lease, around = found.lease, around or Around()
    waits = lease.state is State.OPEN and found.me.signed is None
    link = f"{_origin(request)}/leases/{lease.ref}"
    around = replace(
        around,
        face=_face(signing, me, found) if waits else "start",
        unfit=signing.unfit(lease),
        sandbox=bool((provider := signing.face.usable()) and provider.sandbox),
        lapses_on=leases.lapses_on(lease),
        link=link,
        symbol=symbol_of(link) if lease.state is State.OPEN else None,
    )
    return page(request, "issuance/lease.html", lease_view(found, around, leases.city), status)


def _origin(request: Request) -> str:
    origins: set[str] = request.app.state.origins
    return min(origins)


def _face(signing: LeaseSigningDesk, me: Resident, found: Mine) -> FaceWord:
    """How identity stands for this signature; a result that is out is asked for."""
    if signing.has_shown(me, found.lease):
        return "passed"
    txn = signing.last_face(found)
    if txn is None:
        return "start"
    with suppress(UnavailableError):  # not to be had yet
        signing.face.fetch(txn, me.holder, me.account)
    if signing.has_shown(me, found.lease):
        return "passed"
    state = signing.face.outcome(txn, me.account).state
    return "failed" if state in {FaceState.FAILED, FaceState.EXPIRED} else "start"


def _new_form(leases: LeaseDesk, typed: Typed, key: str) -> LeaseFormView:
    return LeaseFormView(
        action="/leases/new", back="/leases", districts=leases.districts, typed=typed, key=key
    )


def _change_form(leases: LeaseDesk, found: Mine) -> LeaseFormView:
    lease, at = found.lease, f"/leases/{found.lease.ref}"
    return LeaseFormView(
        action=f"{at}/change",
        back=at,
        districts=leases.districts,
        typed=typed_of(lease.contract, lease.people, found.me.party),
        revision=lease.revision,
        parties_too=found.began,
    )
