"""HTTP for agencies' matters: registered by their agency, read by everybody."""

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.routes import Pulling, presented, service
from certstore.callers import Service
from certstore.errors import NotFoundError
from certstore.reception import desk, whole_body
from certstore.strict_json import parse_json_strict
from certstore.tables.matters import RegisteredMatter
from verifiers.materials.rules import RuleBook
from verifiers.materials.vocabulary import Matter
from verifiers.matters.catalogue import catalogue_entry, one_matter, residence_entries
from verifiers.matters.matter import MAX_BYTES, read_file
from verifiers.matters.registry import MatterDesk
from verifiers.matters.wanted import DecisionIn

router = APIRouter()
Matters = Annotated[MatterDesk, desk(MatterDesk)]
Code = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{1,39}$")]
_SHORT = "public, max-age=60"
_CREATED, _ACCEPTED, _NOT_MODIFIED = 201, 202, 304


def perhaps_service(
    request: Request, gate: Annotated[ResourceGate, desk(ResourceGate)]
) -> Service | None:
    """The service whose token the request carries; None where it carries none at all."""
    sent = request.headers.get("authorization")
    if sent is None:
        return None
    found = service(request, gate, presented(request, gate, sent))
    request.app.state.limits.count("decision", found.client_id)  # each costs more than a pull
    return found


PerhapsPulling = Annotated[Service | None, Depends(perhaps_service)]


def read_wanted(body: bytes) -> DecisionIn:
    """The body of a decision for a service; a fault is answered as of any other body (422)."""
    value = parse_json_strict(body, max_bytes=MAX_BYTES)
    try:
        return DecisionIn.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        ) from error


async def matter_sent(request: Request) -> bytes:
    """The matter, unread."""
    return await whole_body(request, MAX_BYTES, "a matter has a few materials")


@router.put(
    "/v1/matters/{code}",
    tags=["catalogue"],
    summary="Register one's own agency's matter, or a new version of it",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "docs/matters.md describes the members",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
def register(
    code: Code,
    body: Annotated[bytes, Depends(matter_sent)],
    caller: Pulling,
    matters: Matters,
    response: Response,
) -> dict[str, str]:
    """202 for a new version, which two people have to approve; 201 on a sandbox, where none has to.

    200 for the same again, with how it stands by now: `proposed`, `reviewed` (by one of two),
    `active` or `refused`, then with the reason. No version is ever changed.
    """
    found = matters.register_for(caller, code, read_file(body, toml=False))
    if found.anew:
        response.status_code = _CREATED if found.state == "active" else _ACCEPTED
    said = {
        "code": found.matter.code,
        "rule_version": found.matter.rule_version,
        "effective_from": found.matter.effective_from.isoformat(),
        "state": found.state,
    }
    further = {"approval": found.approval, "reason": found.reason}
    return said | {name: value for name, value in further.items() if value}


@router.get("/v1/catalog/matters", tags=["catalogue"], summary="Matters that decisions serve")
def every(
    request: Request, matters: Matters, rules: Annotated[RuleBook, desk(RuleBook)]
) -> Response:
    """This service's own, and every one that an agency registered."""
    entries = [
        *residence_entries(rules, matters.today()),
        *(catalogue_entry(m) for m in matters.catalogue()),
    ]
    return _tagged(request, entries)


@router.get("/v1/catalog/matters/{code}", tags=["catalogue"], summary="One matter")
def one(
    request: Request,
    code: Code,
    matters: Matters,
    rules: Annotated[RuleBook, desk(RuleBook)],
) -> Response:
    """What it asks to see proven and what proves it, as it was registered, in all its versions."""
    if code in set(Matter):
        found = residence_entries(rules, matters.today())
        return _tagged(request, next(entry for entry in found if entry["code"] == code))
    versions: Sequence[RegisteredMatter] = matters.versions(code)
    if not versions:
        raise NotFoundError("there is no such matter", where="code")
    return _tagged(request, one_matter(versions, matters.today()))


def _tagged(request: Request, content: Any) -> Response:  # noqa: ANN401 - any JSON
    body = json.dumps(content, ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": _SHORT, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
