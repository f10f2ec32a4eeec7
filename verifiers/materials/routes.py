"""HTTP for decisions on materials, judged as applications are.

Without a token the facts come in and nothing is looked at; with one, the house reads the records
of the person itself.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from certstore.errors import UnauthenticatedError
from certstore.reception import desk, whole_body
from certstore.strict_json import parse_json_strict
from verifiers.materials.decide_file import plain_decision
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.strict_reading import Members
from verifiers.matters.deciding import DecisionDesk
from verifiers.matters.routes import PerhapsPulling, read_wanted

router = APIRouter(prefix="/v1", tags=["reuse"])
_LONGEST_BODY: Final = 256 * 1024  # some hundreds of records
_PERSON = {"name": "陈一鸣", "id_type": "111", "id_number": "340199199803140119"}
_ASKED = {
    "facts": {
        "matter": "residence_registration",
        "as_of": "2026-11-22T10:00:00+08:00",
        "applicant": _PERSON,
        "context": {
            "dwelling": "own",
            "occupier": "self",
            "address": "示范市海港区长乐路88弄6号1203室",
        },
        "on_file": [
            {
                "record_id": "r0001",
                "version": 1,
                "type": "property_certificate",
                "holders": [_PERSON],
                "issuer_uscc": "11310000MB0T00031J",
                "number": "N000001",
                "issued_on": "2024-03-01",
                "valid_from": "2024-03-01",
                "valid_to": "2074-02-28",
                "status": "valid",
                "under_dispute": False,
                "claims": {"address": "示范市海港区长乐路88弄6号1203室"},
            }
        ],
        "face_results": [],
        "sources_down": [],
    }
}
_OF_A_PERSON = {
    "purpose_id": "school-enrolment-2026",
    "matter_code": "school_enrolment",
    "case_no": "RX-2026-00017",
    "operator": {"number": "3021"},
    "subject": {"name": "何雨桐", "id_number": "340199201903210241"},
    "guardian": {"name": "何志远", "id_number": "340199198610110314"},
    "parameters": {"district": "云杉区"},
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "with a token, the members of `DecisionIn` (docs/matters.md)",
        "content": {
            "application/json": {
                "schema": {"type": "object", "examples": [_ASKED, _OF_A_PERSON]},
                "example": _ASKED,
            }
        },
    }
}


async def facts_sent(request: Request) -> bytes:
    """The facts, unread."""
    return await whole_body(request, _LONGEST_BODY, "send the records of one application")


@router.post(
    "/reuse-decisions", summary="What a matter still needs, by the facts given", openapi_extra=_BODY
)
def decide(
    body: Annotated[bytes, Depends(facts_sent)],
    rules: Annotated[RuleBook, desk(RuleBook)],
    decisions: Annotated[DecisionDesk, desk(DecisionDesk)],
    caller: PerhapsPulling,
) -> dict[str, Any]:
    """Without a token, the same answer as `certstore decide` gives, by the rules of `facts.as_of`.

    Then nothing of the store is looked at and nothing is kept: what is asked is what is judged.
    Facts that cannot be read are refused (400) with the path of the first fault. With a token, for
    residence matters and for any that an agency registered: the records on file are judged, the
    decision is kept, and the person sees that they were looked at.
    """
    if caller is not None:
        return decisions.decide(caller, read_wanted(body))
    sent = Members.of(parse_json_strict(body, max_bytes=_LONGEST_BODY), "")
    if "matter_code" in sent.values:
        raise UnauthenticatedError(
            "an access token is needed for a decision about a person's records",
            where="Authorization",
            remedy="get one from /oauth2/token, or send the facts themselves as `facts`",
        )
    sent.only("facts")
    facts = parse_facts(sent.inner("facts").values, sent.where("facts"))
    return plain_decision(judge(facts, rules.in_force(facts.day)))
