"""HTTP of entrustments and use codes, for their holders and those they entrust."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.callers import Resident
from certstore.entrustment.code_desk import CodeWanted, NotMade, UseCodeDesk
from certstore.entrustment.desk import EntrustmentDesk, NotEntrusted
from certstore.entrustment.judging import state_of
from certstore.entrustment.terms import Wanted
from certstore.errors import MalformedError
from certstore.plain_words import plain_words
from certstore.reception import desk, signed_in
from certstore.tables.entrustments import Entrustment
from certstore.tables.use_codes import UseCode
from certstore.web.answers import check_token

router = APIRouter(prefix="/v1/me", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Words = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain_words)]
CertificateRef = Annotated[str, Field(pattern="^[0-9a-z]{20}$")]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Me = Annotated[Resident, signed_in(Resident)]
Entrustments = Annotated[EntrustmentDesk, desk(EntrustmentDesk)]
Codes = Annotated[UseCodeDesk, desk(UseCodeDesk)]
FROM_OUR_PAGES = [Depends(check_token)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonIn(_Body):
    """Somebody to entrust: they must be told, and accept."""

    name: Words
    id_number: str = Field(pattern="^[0-9]{17}[0-9Xx]$")


class EntrustIn(_Body):
    """An entrustment to a person (with a matter), or to an agency by its purpose.

    To an agency it covers what the purpose does now, without the photo unless `with_photo` says so.
    """

    certificate: CertificateRef
    person: PersonIn | None = None
    matter: Words | None = None
    purpose_id: Annotated[str, Field(pattern="^[!-~]{1,60}$")] | None = None
    with_photo: Annotated[bool, Field(description="to an agency: the photo, too")] = False
    from_day: Day
    to_day: Day


class UseCodeIn(_Body):
    """A code for one use: for what, which fields, how many hours."""

    certificate: CertificateRef
    matter: Words
    fields: list[Annotated[str, Field(pattern="^[a-z0-9_]{1,60}$")]] = Field(
        min_length=1, max_length=50
    )
    hours: Literal[1, 24, 72, 168] = 24


@router.post("/entrustments", summary="Entrust", status_code=201, dependencies=FROM_OUR_PAGES)
def entrust(body: EntrustIn, me: Me, entrustments: Entrustments) -> dict[str, Any]:
    """To one person, who must accept, or to one purpose of one agency; both days count."""
    if (body.person is None) == (body.purpose_id is None):
        raise MalformedError("name a person or a purpose, one of them", where="person")
    if body.person is not None and body.with_photo:
        raise MalformedError("a photo is entrusted to agencies alone", where="with_photo")
    person = body.person
    made = entrustments.entrust(
        me,
        Wanted(
            certificate_ref=body.certificate,
            to="person" if person else "agency",
            agent_name=person.name if person else "",
            agent_number=person.id_number if person else "",
            matter=body.matter or "",
            purpose_id=body.purpose_id or "",
            with_photo=body.with_photo,
            from_day=body.from_day,
            to_day=body.to_day,
        ),
    )
    if isinstance(made, NotEntrusted):
        raise _refused(made.errors)
    return _entrustment(made, entrustments)


@router.get("/entrustments", summary="What I entrusted, and what was entrusted to me")
def both(me: Me, entrustments: Entrustments) -> dict[str, Any]:
    """Latest first."""
    return {
        "given": [_entrustment(each, entrustments) for each in entrustments.given(me)],
        "received": [_entrustment(each, entrustments) for each in entrustments.received(me)],
    }


@router.post(
    "/entrustments/{ref}:accept", summary="Accept", status_code=204, dependencies=FROM_OUR_PAGES
)
def accept(ref: Ref, me: Me, entrustments: Entrustments) -> None:
    """Only then can it be used."""
    entrustments.accept(me, ref)


@router.post(
    "/entrustments/{ref}:decline", summary="Decline", status_code=204, dependencies=FROM_OUR_PAGES
)
def decline(ref: Ref, me: Me, entrustments: Entrustments) -> None:
    """Before accepting or after; at once."""
    entrustments.decline(me, ref)


@router.post(
    "/entrustments/{ref}:take-back",
    summary="Take back",
    status_code=204,
    dependencies=FROM_OUR_PAGES,
)
def take_back(ref: Ref, me: Me, entrustments: Entrustments) -> None:
    """The next use is refused."""
    entrustments.take_back(me, ref)


@router.post("/use-codes", summary="Make a use code", status_code=201, dependencies=FROM_OUR_PAGES)
def make(body: UseCodeIn, me: Me, codes: Codes, response: Response) -> dict[str, Any]:
    """Told this once and kept nowhere; it opens these fields, once."""
    wanted = CodeWanted(body.matter, tuple(dict.fromkeys(body.fields)), body.hours)
    made = codes.make(me, body.certificate, wanted)
    if isinstance(made, NotMade):
        raise _refused(made.errors)
    response.headers["Cache-Control"] = "no-store"
    return {**_code(made.code), "code": made.characters}


@router.get("/use-codes", summary="My use codes")
def my_codes(me: Me, codes: Codes) -> list[dict[str, Any]]:
    """What became of each; never its characters."""
    return [_code(code) for code in codes.mine(me)]


@router.post(
    "/use-codes/{ref}:end", summary="End a use code", status_code=204, dependencies=FROM_OUR_PAGES
)
def end(ref: Ref, me: Me, codes: Codes) -> None:
    """Before it is used."""
    codes.end(me, ref)


def _refused(errors: Any) -> MalformedError:  # noqa: ANN401 - fields to codes
    where, cause = next(iter(errors.items()))
    return MalformedError("what was sent cannot be done so", where=where, cause=cause)


def _entrustment(made: Entrustment, entrustments: EntrustmentDesk) -> dict[str, Any]:
    said = {
        "ref": made.ref,
        "certificate": made.certificate_ref,
        "type": made.type_code,
        "holder": made.holder_name,
        "to": made.agent.name if made.agent else made.agency,
        "matter": made.matter,
        "from_day": made.from_day.isoformat(),
        "to_day": made.to_day.isoformat(),
        "state": state_of(made, entrustments.today()),
    }
    if not made.purpose_id:
        return said
    return said | {"purpose_id": made.purpose_id, "fields": list(made.fields or ())}


def _code(code: UseCode) -> dict[str, Any]:
    return {
        "ref": code.ref,
        "certificate": code.certificate_ref,
        "matter": code.matter,
        "fields": list(code.fields),
        "expires_at": code.expires_at.isoformat(),
        "used_at": code.used_at.isoformat() if code.used_at else None,
        "ended_at": code.ended_at.isoformat() if code.ended_at else None,
    }
