"""HTTP of what services ask for: search and pull."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.authorization.routes import Pulling
from certstore.plain_words import plain_words
from certstore.reception import desk
from certstore.sharing.desk import SharingDesk
from certstore.sharing.grants import PullRequest, SearchRequest

router = APIRouter()
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
# What stands in a record for good.
Words = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain_words)]
# A purpose, a matter, a type, a field: compared, and put on record where it is refused.
Name = Annotated[str, Field(pattern="^[!-~]{1,80}$")]
Sharing = Annotated[SharingDesk, desk(SharingDesk)]


class Subject(BaseModel):
    """Whose certificate; `id_type` is a code of GB/T 36903 annex A (111 citizen)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id_type: str = Field("111", pattern="^[0-9]{3}$")
    id_number: str = Field(min_length=6, max_length=32, pattern="^[0-9A-Za-z]+$")


class SearchIn(BaseModel):
    """A search for references."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose_id: Name
    case_no: Words
    subject: Subject
    cert_types: list[Name] = Field(min_length=1, max_length=20)
    operator: Words


class PullIn(BaseModel):
    """A pull: which fields, for which case."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose_id: Name
    matter_code: Name
    case_no: Words
    fields: list[Name] = Field(min_length=1, max_length=50)
    subject: Subject
    operator: Words


@router.post("/v1/evidence:search", tags=["sharing"], summary="Find references, no content")
def search(body: SearchIn, caller: Pulling, sharing: Sharing) -> dict[str, Any]:
    """References and status of what a person holds, of granted types only."""
    return sharing.search(
        caller,
        SearchRequest(
            purpose_id=body.purpose_id,
            case_no=body.case_no,
            subject_type=body.subject.id_type,
            subject_number=body.subject.id_number,
            cert_types=body.cert_types,
            operator=body.operator,
        ),
    )


@router.post("/v1/certificates/{ref}:pull", tags=["sharing"], summary="Pull granted fields")
def pull(ref: Ref, body: PullIn, caller: Pulling, sharing: Sharing) -> dict[str, Any]:
    """Exactly the fields named; one outside the grant refuses the whole pull, by name."""
    return sharing.pull(
        caller,
        PullRequest(
            ref=ref,
            purpose_id=body.purpose_id,
            matter_code=body.matter_code,
            case_no=body.case_no,
            fields=body.fields,
            subject_type=body.subject.id_type,
            subject_number=body.subject.id_number,
            operator=body.operator,
        ),
    )
