"""HTTP of a case number: what one's own purpose did under it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from certstore.authorization.routes import Pulling
from certstore.cases.desk import CaseDesk
from certstore.plain_words import plain_words
from certstore.reception import desk

router = APIRouter()
CaseNumber = Annotated[str, Query(min_length=1, max_length=60), AfterValidator(plain_words)]


@router.get("/v1/usage", tags=["sharing"], summary="What was asked under a case number")
def of_case(
    case_no: CaseNumber, caller: Pulling, cases: Annotated[CaseDesk, desk(CaseDesk)]
) -> dict[str, Any]:
    """Accesses of the token's own purpose with their receipts and decisions; at most 200.

    No value and no name; `person` is your agency's own reference, the same for the same person.
    """
    found = cases.of_service(caller, case_no)
    return {"case_no": case_no, "accesses": [access.as_json() for access in found]}
