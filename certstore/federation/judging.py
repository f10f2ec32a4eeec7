"""What may be asked of another city, and what of its answer is believed: values only, no IO.

A certificate over there is not ours: its type is known only once the answer is here. So fields are
judged twice: before, against all that is granted of any type, and afterwards, of that type.
"""

import re

from certstore.callers import Service
from certstore.certificates import Status
from certstore.client import Found, Pulled
from certstore.errors import (
    CertstoreError,
    FieldNotGrantedError,
    PurposeError,
    SourceUnavailableError,
)
from certstore.federation.peers import Peer, PeerPurpose
from certstore.sharing.grants import PullRequest, SearchRequest, judge_asking, judge_search
from certstore.sharing.on_behalf import RELAY
from certstore.tables.sharing import Purpose

_REF = re.compile("[0-9a-z]{20}")
_STATUSES = frozenset(Status)


def theirs(service: Service, peer: Peer) -> PeerPurpose | None:
    """What the service's purpose is over there; None if it is not shared with that city."""
    return peer.purposes.get(service.purpose_id)


def judge_way(service: Service, purpose: Purpose | None, peer: Peer) -> CertstoreError | None:
    """Why a service may not ask that city at all; None if it may.

    Whoever forwards what others ask is asked for others already: nothing is forwarded twice.
    """
    if RELAY in service.actions or (purpose is not None and RELAY in purpose.actions):
        return PurposeError(
            "what one city forwards, another does not forward again",
            where="purpose_id",
            remedy="ask that city yourself",
            cause="forwarded_already",
        )
    if purpose is None or theirs(service, peer) is None:
        return PurposeError(
            "the purpose is not shared with that city",
            where="purpose_id",
            remedy="apply for it at the office that enrolled you",
            cause="purpose_not_shared",
        )
    if purpose.legal_basis.get("kind") != "statutory_duty":
        return PurposeError(
            "what a holder or a court allows here is not asked for in another city",
            where="purpose_id",
            remedy="ask that city's own office, with the consent or the order",
            cause="ground_not_shared",
        )
    return None


def judge_search_abroad(
    service: Service, request: SearchRequest, over_there: PeerPurpose
) -> CertstoreError | None:
    """Why a search is not forwarded; None if our grant and the agreement both cover it."""
    return judge_search(service, request) or _outside(
        [kind for kind in request.cert_types if kind not in over_there.cert_types], "cert_types"
    )


def judge_pull_abroad(
    service: Service, request: PullRequest, over_there: PeerPurpose
) -> CertstoreError | None:
    """Why a pull is not forwarded; None if our grant and the agreement both cover every field."""
    granted = {
        path
        for kind, paths in service.fields.items()
        if kind in over_there.cert_types
        for path in paths
    }
    outside = [p for p in request.fields if p not in granted or p not in over_there.fields]
    return judge_asking(service, request) or _outside(outside, "fields")


def judge_found(request: SearchRequest, found: Found) -> CertstoreError | None:
    """Why what they found is not believed; None if it is of the types asked for."""
    sound = all(
        one.type in request.cert_types and one.status in _STATUSES and _REF.fullmatch(one.ref)
        for one in found.evidence
    )
    return None if sound else not_believed("it lists what was not asked for")


def judge_pulled(service: Service, request: PullRequest, pulled: Pulled) -> CertstoreError | None:
    """Why an answer is not released; None if our grant covers all of it for this very type."""
    granted = service.fields.get(pulled.type, ())
    if not set(pulled.fields) <= set(request.fields) & set(granted):
        return not_believed("it holds fields that are not granted for a certificate of its type")
    if pulled.status not in _STATUSES or not set(pulled.origins) <= set(pulled.fields):
        return not_believed("its status or its origins are of no known kind")
    left = [held.path for held in pulled.withheld]
    if set(left) | set(pulled.fields) != set(request.fields) or set(left) & set(pulled.fields):
        return not_believed("it does not account for every field that was asked for")
    return None


def not_believed(why: str) -> SourceUnavailableError:
    """The refusal of an answer that does not hold; nothing of it is released."""
    return SourceUnavailableError(
        f"the other city's answer is not believed: {why}; nothing was released",
        where="peer",
        remedy="tell this service's operator",
        cause="peer_not_believed",
    )


def _outside(paths: list[str], where: str) -> CertstoreError | None:
    if not paths:
        return None
    return FieldNotGrantedError(
        "not granted for this purpose in that city: " + ", ".join(paths),
        where=where,
        remedy="ask for granted fields only, or apply for a wider purpose",
        paths=paths,
    )
