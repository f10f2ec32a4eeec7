"""Secrets that were agreed with somebody who calls us: `whsec_` and base64, long enough."""

import base64
import binascii
from typing import Final

from pydantic import SecretStr

from certstore.errors import MalformedError

_LEAST: Final = 24  # bytes


def agreed_secret(said: SecretStr, where: str) -> bytes:
    """The secret's bytes; MalformedError where it is missing or too short to be one."""
    try:
        secret = base64.b64decode(said.get_secret_value().removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_secret(where) from error
    if len(secret) < _LEAST:
        raise _bad_secret(where)
    return secret


def _bad_secret(where: str) -> MalformedError:
    return MalformedError(
        "an agreed secret is missing or too short",
        where=where,
        remedy="whsec_ and at least 24 random bytes in base64",
    )
