"""What everybody may read: trust list, status lists, catalogue, ledger; and one's own usage."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from certstore.callers import Resident
from certstore.catalogue import catalogue, certificate_type
from certstore.holdings import HoldingsDesk
from certstore.ledger import LedgerDesk
from certstore.reception import desk, signed_in
from certstore.status_desk import StatusDesk

router = APIRouter()
_SHORT = "public, max-age=60"
# A change must be had within seconds, also through a cache: it asks again, with the ETag.
_CHANGING = "public, max-age=2"


@router.get("/.well-known/certstore-trust-list", tags=["trust"], summary="The trust list")
def trust_list(request: Request) -> Response:
    """Compact JWS, signed by the root."""
    return published(request, request.app.state.house.trust_jws.encode(), "application/jwt")


@router.get("/.well-known/certstore-root.pem", tags=["trust"], summary="The root certificate")
def root(request: Request) -> Response:
    """For verifiers to pin; compare it with the one published elsewhere."""
    pem = request.app.state.house.keys.root_pem()
    return published(request, pem, "application/x-pem-file")


@router.get("/.well-known/certstore-status-lists", tags=["trust"], summary="All status lists")
def status_lists(request: Request, statuses: Annotated[StatusDesk, desk(StatusDesk)]) -> Response:
    """Where each list is published (Token Status List, aggregation), to be held off line."""
    body = json.dumps({"status_lists": statuses.uris()}, separators=(",", ":")).encode()
    return published(request, body, "application/json")


@router.get("/status-lists/{number}", tags=["trust"], summary="A status list")
def status_list(
    number: Annotated[int, Path(ge=0, le=999_999_999)],
    request: Request,
    statuses: Annotated[StatusDesk, desk(StatusDesk)],
) -> Response:
    """`statuslist+jwt`, or `statuslist+cwt` where that is asked for."""
    row = statuses.current(number)
    if "application/statuslist+cwt" in request.headers.get("accept", ""):
        answer = published(request, row.cwt or b"", "application/statuslist+cwt")
    else:
        answer = published(request, (row.jwt or "").encode(), "application/statuslist+jwt")
    answer.headers["Cache-Control"] = _CHANGING
    answer.headers["Vary"] = "Accept"  # so that no cache gives one for the other
    return answer


@router.get("/v1/catalog/cert-types", tags=["catalogue"], summary="Certificate types")
def cert_types() -> list[dict[str, str]]:
    """Every type, with its names."""
    return [
        {"code": k.code, "type_code": k.type_code, "title_zh": k.title_zh, "title_en": k.title_en}
        for k in catalogue().values()
    ]


@router.get("/v1/catalog/cert-types/{code}", tags=["catalogue"], summary="One certificate type")
def cert_type(code: Annotated[str, Path(max_length=60)]) -> dict[str, Any]:
    """Its fields, each with labels and sensitivity."""
    kind = certificate_type(code)
    fields = [
        {
            "name": f.name,
            "label_zh": f.label_zh,
            "label_en": f.label_en,
            "gb36903": f.gb36903,
            "sensitivity": f.sensitivity,
        }
        for f in kind.fields
    ]
    return {
        "code": kind.code,
        "type_code": kind.type_code,
        "title_zh": kind.title_zh,
        "title_en": kind.title_en,
        "issuer_uscc": kind.issuer_uscc,
        "fields": fields,
    }


# -- the ledger ----------------------------------------------------------------------------

Ledger = Annotated[LedgerDesk, desk(LedgerDesk)]


@router.get("/v1/ledger/checkpoint", tags=["ledger"], summary="The newest signed checkpoint")
def checkpoint(ledger: Ledger) -> Response:
    """A C2SP signed note, with the cosignatures of its witnesses."""
    return Response(ledger.published(), media_type="text/plain; charset=utf-8")


@router.get("/v1/ledger/key", tags=["ledger"], summary="The ledger's verifier key")
def ledger_key(ledger: Ledger) -> Response:
    """A C2SP vkey line."""
    return Response(ledger.vkey() + "\n", media_type="text/plain; charset=utf-8")


@router.get("/v1/ledger/proof/inclusion", tags=["ledger"], summary="Prove that a leaf is there")
def inclusion(ledger: Ledger, leaf_index: Annotated[int, Query(ge=0, le=2**53)]) -> dict[str, Any]:
    """The audit path (RFC 6962) into the newest checkpoint."""
    proof = ledger.inclusion(leaf_index)
    return {**proof.place_as_json(), "checkpoint": proof.note}


@router.get("/v1/ledger/proof/consistency", tags=["ledger"], summary="Prove that nothing changed")
def consistency(
    ledger: Ledger,
    old: Annotated[int, Query(ge=0, le=2**53)],
    new: Annotated[int, Query(ge=0, le=2**53)],
) -> dict[str, Any]:
    """The consistency path (RFC 6962) between two sizes."""
    return {"old": old, "new": new, "path": ledger.consistency(old, new)}


@router.get("/v1/ledger/entries", tags=["ledger"], summary="Leaves, for monitors")
def entries(
    ledger: Ledger,
    start: Annotated[int, Query(ge=0, le=2**53)] = 0,
    count: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """As far as the newest checkpoint covers them. They hold commitments, and say of nobody."""
    return {"start": start, "entries": ledger.entries(start, count)}


@router.get("/v1/me/usage", tags=["citizen"], summary="Who looked at my certificates")
def my_usage(
    me: Annotated[Resident, signed_in(Resident)],
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
) -> list[dict[str, Any]]:
    """The last 30 days, latest first, each with its place in the ledger.

    `more_scans` counts more scans of the same print from the same address, within an hour.
    """
    return [entry.listed() for entry in holdings.usage(me)]


def published(request: Request, body: bytes, media_type: str) -> Response:
    """What is published for everybody, to be kept for a minute; 304 if it is what they have."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": _SHORT, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
