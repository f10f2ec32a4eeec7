"""Who somebody is, by the claims of an identity provider, or of an app that hands them over.

`name` and `id_type`, `id_number` make a resident; `name`, `staff_number`, `station` an officer,
who sees every station's cases with `supervisor` (true);
`name`, `staff_number`, `organisation_uscc` an organisation's clerk; `name`, `staff_number` and
`duty` ("operator") somebody who keeps the service running; `name`, `staff_number`, `developer_of`
(a credit code) the developer of an agency that pulls. Who has a staff number acts in
office, whatever else the token says of them.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from certstore.callers import Caller, Clerk, Developer, Officer, Operator, Resident
from certstore.certificates import Holder
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.identifiers import CreditCode, ResidentId
from certstore.tokens import LEEWAY

_LONGEST_NAME = 100
_OFFICES = ("station", "organisation_uscc", "duty", "developer_of")
_STAFF_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}")
# Controls, formats (zero widths, turns of direction), surrogates, private use, line ends.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Rare characters of names are added here with every Unicode: our tables may not know the newest.
_RARE_CHARACTERS = range(0x20000, 0x40000)


_PROVIDER: Final = "the identity provider's ID token"


class _ClaimError(Exception):
    """A claim that cannot be read: which one, and what is wrong with it."""

    def __init__(self, cause: str, what: str) -> None:
        super().__init__(what)
        self.cause, self.what = cause, what


def read_caller(claims: Mapping[str, Any], now: datetime, said_by: str = _PROVIDER) -> Caller:
    """Who verified claims name; InvalidTokenError says which one is wrong, of what (`said_by`)."""
    try:
        return _caller(claims, now)
    except _ClaimError as wrong:
        raise InvalidTokenError(
            f"{said_by} {wrong.what}", cause=wrong.cause, remedy="ask who made it"
        ) from wrong


def _caller(claims: Mapping[str, Any], now: datetime) -> Caller:
    name = _read_name(claims.get("name"))
    if "staff_number" not in claims:
        return _resident(name, claims, now)
    number = claims["staff_number"]
    if not isinstance(number, str) or not _STAFF_NUMBER.fullmatch(number):
        _refuse("staff_number", "gives a staff number that is none")
    offices = [office for office in _OFFICES if claims.get(office) is not None]
    if len(offices) != 1:
        _refuse("role", "gives a staff number for no office, or for two")
    held = claims[offices[0]]
    match offices[0]:
        case "station":
            return Officer(name, number, _read_name(held, "station"), _supervises(claims))
        case "organisation_uscc":
            return Clerk(name, number, _organisation(held, "organisation_uscc"))
        case "developer_of":
            return Developer(name, number, _organisation(held, "developer_of"))
        case _:
            if held != "operator":
                _refuse("duty", "gives a duty that is not known here")
            return Operator(name, number)


def _read_name(value: object, claim: str = "name") -> str:
    """A name in one spelling (NFC), of characters that can be seen and that turn no others."""
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        _refuse(claim, f"gives no {claim}, or one of more than {_LONGEST_NAME} characters")
    name = unicodedata.normalize("NFC", value.strip())
    if not name or not all(map(_can_be_seen, name)):
        _refuse(claim, f"gives a {claim} with characters that cannot be seen")
    return name


def _can_be_seen(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":  # unassigned, as far as these tables know
        return ord(character) in _RARE_CHARACTERS and ord(character) & 0xFFFE != 0xFFFE  # noqa: PLR2004 - no characters
    return category not in _REFUSED


def _supervises(claims: Mapping[str, Any]) -> bool:
    said = claims.get("supervisor", False)
    if not isinstance(said, bool):
        _refuse("supervisor", "says neither yes nor no to supervising")
    return said


def _resident(name: str, claims: Mapping[str, Any], now: datetime) -> Resident:
    id_number, id_type = claims.get("id_number"), claims.get("id_type", "111")
    if id_type != "111":
        _refuse("id_type", "gives an id_type other than 111; no other is taken here")
    if not isinstance(id_number, str):
        _refuse("id_number", "gives no identity number")
    try:
        number = ResidentId.parse(id_number).value
    except MalformedError as error:
        raise _ClaimError("id_number", "gives an identity number that is none") from error
    verified = claims.get("auth_time", claims.get("iat"))
    if type(verified) is not int or verified < 0:
        _refuse("auth_time", "gives no auth_time in whole seconds since 1970")
    if verified > unix(now) + LEEWAY:
        _refuse("auth_time", "gives an auth_time that is yet to come")
    account = f"{claims['iss']}#{claims['sub']}"
    return Resident(Holder(name, id_type, number), account, datetime.fromtimestamp(verified, UTC))


def _organisation(value: object, claim: str) -> str:
    try:
        return CreditCode.parse(value if isinstance(value, str) else "").value
    except MalformedError as error:
        raise _ClaimError(claim, "names no organisation") from error


def _refuse(cause: str, what: str) -> NoReturn:
    raise _ClaimError(cause, what)
