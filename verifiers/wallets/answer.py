"""What a wallet sends back, read strictly: a form, what was sealed in it, one presentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final, NoReturn
from urllib.parse import parse_qsl

from certstore.errors import MalformedError
from certstore.sealed_answer import MAX_CHARACTERS
from certstore.strict_json import parse_json_strict
from verifiers.wallets.wanted import QUERY_ID

MAX_BYTES: Final = MAX_CHARACTERS + 2048
OTHER: Final = "other"
ERRORS: Final = frozenset(
    {
        *("access_denied", "invalid_request", "invalid_client", "vp_formats_not_supported"),
        *("wallet_unavailable", "invalid_request_uri_method", "invalid_scope"),
    }
)
"""What wallets may say in place of an answer (OpenID4VP §8.5); what else they say is `other`."""
_MOST_FIELDS = 32
_LONGEST_STATE = 64


@dataclass(frozen=True, slots=True)
class WalletAnswer:
    """One presentation, or the wallet's reason why there is none."""

    presentation: str | None = None
    error: str = ""


def read_form(body: bytes) -> Mapping[str, str]:
    """The members of a form; MalformedError if one stands there twice, or it is none."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:  # decoding, too
        raise _fault("the body is no form", "form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        _refuse("a member stands there twice", "duplicate")
    return form


def read_sealed(payload: bytes, state: str) -> WalletAnswer:
    """What was sealed for us; MalformedError if it answers another request, or has another form."""
    said = parse_json_strict(payload, max_bytes=MAX_CHARACTERS, max_depth=6)
    if not isinstance(said, dict):
        _refuse("what was sealed is no JSON object", "json")
    if "error" in said:
        return read_error(said, state)
    _check_state(said, state)
    queries = said.get("vp_token")
    if not isinstance(queries, dict) or queries.keys() != {QUERY_ID}:
        _refuse(f"vp_token holds the presentations of `{QUERY_ID}` and nothing else", "query")
    match queries[QUERY_ID]:
        case [str(presentation)]:
            return WalletAnswer(presentation)
    raise _fault("one presentation was asked for, in a list", "query")


def read_error(said: Mapping[str, object], state: str) -> WalletAnswer:
    """The wallet's reason; its own words are not taken over. MalformedError as above."""
    _check_state(said, state)
    error = said["error"]
    if not isinstance(error, str):
        _refuse("error is no text", "error")
    return WalletAnswer(error=error if error in ERRORS else OTHER)


def _check_state(said: Mapping[str, object], state: str) -> None:
    given = said.get("state")
    if not isinstance(given, str) or len(given) > _LONGEST_STATE or not given.isascii():
        _refuse("state is missing", "state")
    if not compare_digest(given, state):
        _refuse("it answers another request", "state")


def _refuse(detail: str, cause: str) -> NoReturn:
    raise _fault(detail, cause)


def _fault(detail: str, cause: str) -> MalformedError:
    return MalformedError(
        f"the answer is refused: {detail}",
        where="response",
        remedy="ask for the request again, and answer it as it says",
        cause=cause,
    )
