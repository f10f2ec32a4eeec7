"""The refusals that calls of the API may answer, as its description names them (RFC 9457)."""

from collections.abc import Mapping
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
SLUGS: Final[Mapping[str, tuple[int, str]]] = {
    "invalid-request": (422, "the request does not fit its description"),
    "fields-required": (422, "no field is named"),
    "unauthenticated": (401, "nobody is signed in, or no access token was sent"),
    "invalid-token": (401, "the token or assertion does not hold; `cause` says why"),
    "invalid-dpop-proof": (401, "the proof of possession is missing or does not hold"),
    "forbidden": (403, "the caller is known and may not do this"),
    "insufficient-purpose": (403, "the purpose does not cover this"),
    "field-not-granted": (403, "fields or types outside the grant: `paths`"),
    "consent-required": (403, "the holder has not consented"),
    "consent-withdrawn": (403, "the holder has withdrawn the consent"),
    "representation-unproven": (403, "nothing shows that the actor may act for the holder"),
    "not-found": (404, "there is no such thing, or the caller may not know of it"),
    "conflict": (409, "the record is not in a state that allows this"),
    "idempotency-conflict": (409, "the request with this key is in flight"),
    "subject-mismatch": (409, "the certificate names somebody else"),
    "certificate-revoked": (409, "the certificate is no longer in force: `certificate_status`"),
    "under-dispute": (409, "the certificate is under objection"),
    "payload-too-large": (413, "more bytes than are taken"),
    "unsupported-media-type": (415, "a body of a media type that is not taken"),
    "idempotency-mismatch": (422, "the key came with another request before"),
    "rate-limited": (429, "too many requests of this kind: Retry-After"),
    "quota-exceeded": (429, "the purpose's quota is used up: Retry-After"),
    "internal": (500, "a failure of our own; nothing was changed"),
    "unavailable": (503, "a part that the answer depends on is down"),
    "source-unavailable": (503, "a source that was asked is down"),
    "ledger-unavailable": (503, "the ledger cannot be written, so nothing was released"),
}
"""The closed list of slugs, each with its usual status."""


def problems(*slugs: str, status: int | None = None) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that may answer these slugs; KeyError for one that is not listed.

    `status`: another than their usual one.
    """
    found: dict[int | str, dict[str, Any]] = {}
    for slug in slugs:
        usual, _ = SLUGS[slug]
        at = status or usual
        named = [*found.get(at, {}).get("x-problems", ()), slug]
        found[at] = entry(named, at)
    return found


def entry(slugs: list[str], status: int) -> dict[str, Any]:
    """The description's entry for one status and the slugs it may carry."""
    return {
        "description": "; ".join(f"`{slug}`: {SLUGS[slug][1]}" for slug in slugs),
        "x-problems": slugs,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {slug: {"value": _example(slug, status)} for slug in slugs},
            }
        },
    }


def _example(slug: str, status: int) -> dict[str, Any]:
    return {
        "type": f"urn:certstore:problem:{slug}",
        "title": TITLES[status],
        "status": status,
        "instance": "urn:certstore:request:k7m2x9qd",
        "detail": SLUGS[slug][1],
    }


TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
