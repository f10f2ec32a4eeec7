"""Reads what wallets send: forms and JSON, each member once, nothing beyond measure.

What the standards do not know is passed over, as they want it (RFC 6749 §3.2, OpenID4VCI §8.2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from certstore.errors import CertstoreError
from certstore.strict_json import parse_json_strict
from certstore.wallets.kinds import wallet_kinds
from certstore.wallets.metadata import BATCH_SIZE
from certstore.wallets.refusal import WalletRefusedError

LARGEST_BODY: Final = 128 * 1024
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_MOST_MEMBERS: Final = 40
_LONGEST: Final = 2048
_PRINTABLE: Final = re.compile(r"[ -~]+")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{2,60}")
_NEVER: Final = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"}
    | {"http", "ws", "wss", "ftp", "mailto", "tel", "sms", "intent", "content", "resource"}
    | {"search", "search-ms", "jar", "shell", "res", "ldap", "smb", "ssh", "telnet"}
)
_OF_WINDOWS: Final = "ms-"  # ms-msdt, ms-officecmd, ms-word …: programs that do what a link says
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def read_form(body: bytes, content_type: str) -> dict[str, str]:
    """The members of a form, each of them once; WalletRefusedError (`invalid_request`)."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise WalletRefusedError("invalid_request", f"the body is {FORM}")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_MEMBERS,
        )
    except ValueError:
        raise WalletRefusedError("invalid_request", "the form cannot be read") from None
    members = dict(pairs)
    if len(members) != len(pairs):
        raise WalletRefusedError("invalid_request", "a parameter is sent more than once")
    return {name: value for name, value in members.items() if value}


def member(form: Mapping[str, str], name: str, most: int = _LONGEST) -> str:
    """A member that must be there: printable ASCII; WalletRefusedError (`invalid_request`)."""
    value = form.get(name, "")
    if not value:
        raise WalletRefusedError("invalid_request", f"{name} is missing")
    if len(value) > most or not _PRINTABLE.fullmatch(value):
        raise WalletRefusedError("invalid_request", f"{name} is too long or not plain text")
    return value


def optional(form: Mapping[str, str], name: str, most: int = _LONGEST) -> str | None:
    """A member that may be left out."""
    return member(form, name, most) if form.get(name) else None


def read_json(body: bytes, content_type: str, error: str) -> dict[str, Any]:
    """A JSON object without members named twice; WalletRefusedError with this `error`."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise WalletRefusedError(error, f"the body is {JSON}")
    try:
        said = parse_json_strict(body, max_bytes=LARGEST_BODY, max_depth=6)
    except CertstoreError as refused:
        raise WalletRefusedError(
            error, f"the body cannot be read: {refused.facts.get('cause', 'json')}"
        ) from None
    if not isinstance(said, dict):
        raise WalletRefusedError(error, "the body is a JSON object")
    return said


def text_in(said: Mapping[str, Any], name: str, error: str, most: int = 200) -> str:
    """A text of a JSON object that must be there; WalletRefusedError with this `error`."""
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or not _PRINTABLE.fullmatch(value):
        raise WalletRefusedError(error, f"{name} is a text of at most {most} characters")
    return value


@dataclass(frozen=True, slots=True)
class CredentialWanted:
    """A credential request: which type, and the proofs of the keys to bind to, unread."""

    type_code: str
    proofs: tuple[object, ...]


def read_credential_request(said: Mapping[str, Any]) -> CredentialWanted:
    """Read a credential request (§8.2); WalletRefusedError with the errors of §8.3.1.2."""
    if "credential_identifier" in said:
        raise WalletRefusedError("unknown_credential_identifier", "no such identifier was given")
    if "credential_response_encryption" in said:
        raise WalletRefusedError("invalid_encryption_parameters", "answers are not encrypted here")
    wanted = text_in(said, "credential_configuration_id", "invalid_credential_request")
    if wanted not in wallet_kinds():
        raise WalletRefusedError("unknown_credential_configuration", "there is no such type here")
    match said.get("proofs"):
        case {"jwt": [_, *_] as proofs} if len(said["proofs"]) == 1:
            pass
        case _:
            raise WalletRefusedError("invalid_proof", "proofs holds one member jwt, a list")
    if len(proofs) > BATCH_SIZE:
        raise WalletRefusedError("invalid_proof", f"at most {BATCH_SIZE} keys at once")
    return CredentialWanted(wanted, tuple(proofs))


def read_redirect(uri: str) -> str:
    """The redirection address of a wallet, if one may be sent there; `invalid_request` if not.

    https, plain http on this machine alone (RFC 8252 §7.3), or a scheme of the wallet's own.
    """
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise WalletRefusedError("invalid_request", "redirect_uri cannot be read") from None
    scheme, bare = parts.scheme, not any(c in uri for c in " \"'<>\\^`{|}#")
    web = scheme == "https" or (scheme == "http" and host in _LOOPBACK)
    own = bool(_SCHEME.fullmatch(scheme)) and scheme not in _NEVER | {"https"}
    own = own and not scheme.startswith(_OF_WINDOWS)
    sound = bool(host) and "@" not in parts.netloc if web else own
    if not bare or not uri.startswith(f"{scheme}:/") or not sound:
        raise WalletRefusedError("invalid_request", "redirect_uri is not a place to be sent to")
    return uri
