"""HTTP for decisions on materials: facts in, outcomes out, judged as applications are."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from certstore.reception import desk, whole_body
from certstore.strict_json import parse_json_strict
from verifiers.materials.decide_file import plain_decision
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.strict_reading import Members

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
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": _ASKED}},
    }
}


async def facts_sent(request: Request) -> bytes:
    """The facts, unread."""
    return await whole_body(request, _LONGEST_BODY, "send the records of one application")


@router.post(
    "/reuse-decisions", summary="What a matter still needs, by the facts given", openapi_extra=_BODY
)
def decide(
    body: Annotated[bytes, Depends(facts_sent)], rules: Annotated[RuleBook, desk(RuleBook)]
) -> dict[str, Any]:
    """The same answer as `certstore decide` gives, by the rules of the day `facts.as_of` names.

    Nothing of the store is looked at and nothing is kept: what is asked is what is judged. Facts
    that cannot be read are refused (400) with the path of the first fault.
    """
    sent = Members.of(parse_json_strict(body, max_bytes=_LONGEST_BODY), "")
    sent.only("facts")
    facts = parse_facts(sent.inner("facts").values, sent.where("facts"))
    return plain_decision(judge(facts, rules.in_force(facts.day)))
