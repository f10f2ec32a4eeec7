"""The API's description (OpenAPI 3.1): what the routes say, and what holds for all of them.

Routes name what they may refuse (`certstore.problem_answers.problems`); here every call gets what
any call may refuse, its security schemes, and the schema of a problem.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from certstore.authorization import routes as tokens
from certstore.problem_answers import MEDIA_TYPE, SLUGS, entry
from certstore.service.described_answers import ANSWERS, EXAMPLES, REFUSALS, REQUESTS
from verifiers.matters.routes import perhaps_service

# What a route depends on where a token is needed; one that looks for it by itself is optional.
_TOKEN: Final = frozenset({tokens.service, tokens.admission, tokens.searching})
_SERVICE: Final = "service"
_PERHAPS: Final = "perhaps"
_SESSION: Final = "signed_in.<locals>.caller"
_WITH_BODY: Final = frozenset({"post", "patch", "put"})
TAGS: Final[Mapping[str, str]] = {
    "tokens": "Access tokens for services: RFC 6749, 7523, 9396, 9449.",
    "sharing": "Search for references, pull granted fields.",
    "issuing": "Certificates of enrolled authorities, sealed here: issue, suspend, revoke.",
    "trust": "What a verifier holds: root, trust list, status lists.",
    "catalogue": "Types of certificates, their fields.",
    "ledger": "The tamper-evident record of accesses: checkpoints and proofs.",
    "citizen": "What a person signed in asks about themselves.",
    "witness": "This service as a witness of other logs (c2sp.org/tlog-witness).",
    "reuse": "What a matter still needs, by the facts given.",
    "verify": "For verifiers' systems: judge a code or a document.",
    "face": "Signed results of face verifications.",
    "consent": "Ask a holder for consent; what became of it.",
    "events": "Being told that something changed: a feed, webhooks, deliveries.",
    "entry": "For apps and mini-programs: hand over who is signed in there.",
    "federation": "What agencies ask of other cities through this one.",
    "help": "Questions and answers, for everybody.",
    "uploads": "What an applicant hands in, resumable.",
    "messages": "Gateways of messages report what became of them.",
    "cards": "Cards of permits: files for the card maker, couriers, service points.",
    "wallets": "Credentials for wallets: OpenID4VCI 1.0.",
}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal or failure (RFC 9457). No personal datum stands in it.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {
            "type": "string",
            "description": "`urn:certstore:problem:` and one of: " + ", ".join(SLUGS),
            "examples": ["urn:certstore:problem:field-not-granted"],
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "instance": {"type": "string", "description": "names the request, for questions to us"},
        "detail": {"type": "string"},
        "where": {"type": ["string", "null"], "description": "a member, a header, a reference"},
        "remedy": {"type": "string"},
        "cause": {"type": "string", "description": "the exact cause, as a code"},
        "certificate_status": {"type": "string"},
        "paths": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_SERVICE_SCHEME: Final = (
    "client_credentials with private_key_jwt and authorization_details; the token is sent as "
    "`Authorization: DPoP …` with a header DPoP (RFC 9449), or as Bearer by clients that were "
    "enrolled so."
)


def _schemes(url: str) -> dict[str, Any]:
    """How callers show who they are."""
    flow = {"tokenUrl": f"{url}/oauth2/token", "scopes": {}}
    return {
        "service": {
            "type": "oauth2",
            "description": _SERVICE_SCHEME,
            "flows": {"clientCredentials": flow},
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "a person signed in with a browser; `__Host-session` over https",
        },
    }


def describe(app: FastAPI, public_url: str) -> None:
    """Complete the description that the application gives at /openapi.json."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain(), app, public_url)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's manual has it


def _completed(spec: dict[str, Any], app: FastAPI, public_url: str) -> dict[str, Any]:
    spec["servers"] = [{"url": public_url, "description": "this installation"}]
    spec["info"]["description"] = (
        "Certificates of residence and others: issued, shared field by field for a purpose, "
        "verified. Errors are problem details (RFC 9457) of a closed list of types. Bodies are "
        "JSON of at most 256 kB (2 MB for batches), unless a call says otherwise."
    )
    parts = spec.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's, never answered
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    parts["securitySchemes"] = _schemes(public_url)
    used = set()
    callers = dict(_callers(app))
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation, callers.get((path, method.upper()), frozenset()))
            used.update(operation.get("tags", ()))
    spec["tags"] = [
        {"name": tag, "description": TAGS.get(tag, f"Calls of {tag}.")} for tag in sorted(used)
    ]
    return spec


def _complete(path: str, method: str, operation: dict[str, Any], who: frozenset[str]) -> None:
    answers = operation["responses"]
    if MEDIA_TYPE not in answers.get("422", {}).get("content", {}):
        answers.pop("422", None)
    for status, more in ANSWERS.get((method.upper(), path), {}).items():
        answers[str(status)] = {**answers.get(str(status), {}), **more}
        answers[str(status)].setdefault("description", "Done")
    _add_examples(operation, (method.upper(), path))
    for status, slugs in _refusals(path, method, who).items():
        known = answers.get(str(status), {})
        named = dict.fromkeys([*known.get("x-problems", ()), *slugs])
        answers[str(status)] = _merged(known, entry(list(named), status))
    nobody: list[dict[str, list[str]]] = [{}] if _PERHAPS in who else []
    operation["security"] = [
        *nobody,
        *({_SERVICE if name == _PERHAPS else name: []} for name in sorted(who)),
    ]
    asked = [p for p in operation.get("parameters", ()) if p["name"].lower() != "authorization"]
    if "parameters" in operation:
        operation["parameters"] = asked


def _add_examples(operation: dict[str, Any], call: tuple[str, str]) -> None:
    if call in EXAMPLES:
        done = next(answer for status, answer in operation["responses"].items() if status[0] == "2")
        done["content"]["application/json"]["example"] = EXAMPLES[call]
    if call in REQUESTS:
        for content in operation["requestBody"]["content"].values():
            content["example"] = REQUESTS[call]


def _merged(known: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What a route said of a status in its own way (headers, an example) stays said."""
    kept = {k: v for k, v in known.items() if k not in {"x-problems", "content", "description"}}
    said = known.get("content", {})
    example = said.get(MEDIA_TYPE, {}).get("example")
    if example is not None:
        slug = str(example["type"]).rpartition(":")[2].rpartition("#")[2]
        new["content"][MEDIA_TYPE]["examples"][slug] = {"value": example}
    others = {kind: content for kind, content in said.items() if kind != MEDIA_TYPE}
    if "x-problems" not in known and "description" in known:
        new["description"] = f"{known['description']}; {new['description']}"
    return {**new, "content": {**others, **new["content"]}, **kept}


def _refusals(path: str, method: str, who: frozenset[str]) -> dict[int, list[str]]:
    """What a call may refuse by status: what any of its kind may, and what it alone may."""
    usual = ["internal", "unavailable", "rate-limited", "invalid-request"]
    usual += ["payload-too-large"] if method in _WITH_BODY else []
    usual += ["not-found"] if "{" in path else []
    if who & {_SERVICE, _PERHAPS}:
        usual += ["unauthenticated", "invalid-token", "invalid-dpop-proof", "insufficient-purpose"]
    if "session" in who:
        usual += ["unauthenticated", "forbidden"]
    found: dict[int, list[str]] = {status: ["invalid-request"] for status in (400, 414, 421, 431)}
    for slug in usual:
        found.setdefault(SLUGS[slug][0], []).append(slug)
    for status, slug in REFUSALS.get((method.upper(), path), ()):
        found.setdefault(status, []).append(slug)
    return found


def _callers(app: FastAPI) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """Who may call each route: by which of the schemes it asks who is there."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        path = str(context.path or route.path)
        called = set(_calls(route.dependant))
        who = {
            *([_SERVICE] if called & _TOKEN else ()),
            *([_PERHAPS] if perhaps_service in called else ()),
            *(["session"] if any(_is_session(call) for call in called) else ()),
        }
        for method in route.methods or ():
            yield (path, method), frozenset(who)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _is_session(call: object) -> bool:
    return getattr(call, "__qualname__", "").endswith(_SESSION)
