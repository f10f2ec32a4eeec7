"""What of another city's answer leaves the house: the members that we know, and no others."""

from typing import Any

from certstore.client import Evidence, Found, Pulled
from certstore.federation.peers import Peer


def found_abroad(peer: Peer, found: Found) -> dict[str, Any]:
    """References in that city; each is good there alone."""
    return {"evidence": [_reference(one) for one in found.evidence], "peer": _peer(peer, found)}


def pulled_abroad(peer: Peer, pulled: Pulled) -> dict[str, Any]:
    """The fields, each with its origin, as that city released them."""
    return {
        "ref": pulled.ref,
        "type": pulled.type,
        "status": pulled.status,
        "status_checked_at": pulled.status_checked_at.isoformat(),
        "under_dispute": pulled.under_dispute,
        "fields": dict(pulled.fields),
        "origins": {
            path: {"source": origin.source, "government_verified": origin.government_verified}
            for path, origin in pulled.origins.items()
        },
        "withheld": [{"path": held.path, "reason": held.reason} for held in pulled.withheld],
        "freshness": {
            "as_of": pulled.freshness.as_of.isoformat(),
            "max_age_s": pulled.freshness.max_age_s,
            "must_recheck": pulled.freshness.must_recheck,
            "delete_by": pulled.freshness.delete_by.isoformat(),
        },
        "peer": _peer(peer, pulled),
    }


def _reference(one: Evidence) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "type": one.type,
        "status": one.status,
        "under_dispute": one.under_dispute,
        "issued_on": one.issued_on.isoformat(),
    }


def _peer(peer: Peer, answer: Found | Pulled) -> dict[str, Any]:
    """Whose answer it is, with the receipt that was verified."""
    place = answer.ledger
    return {
        "city": peer.code,
        "name_zh": peer.name_zh,
        "name_en": peer.name_en,
        "issuer": peer.base_url,
        "receipt": answer.receipt,
        "ledger": {"leaf_index": place.leaf_index, "leaf_hash": place.leaf_hash},
    }
