"""Addresses as people write them: read strictly, written in one spelling, shown with stars."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from certstore.errors import MalformedError
from certstore.tables.message_rows import ChannelName

_LONGEST: Final = 254  # characters of a mail address (RFC 5321, 4.5.3.1.3)
_LONGEST_LOCAL: Final = 64
_ENCODED: Final = "=?"  # begins what mail programs decode (RFC 2047): it would say another address
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
)
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{6,64}")


def parse_address(channel: ChannelName, text: str) -> str:
    """The address in the spelling it is kept in; MalformedError where there can be no such.

    Mail addresses are those any server takes: letters, figures and signs of ASCII. Telephone
    numbers are mobile numbers of the mainland.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _READ[channel](plain)
    if found is None:
        raise MalformedError("there is no such address", where=channel)
    return found


def masked_address(channel: ChannelName, address: str) -> str:
    """What a page shows of an address: enough to know one's own."""
    if channel == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:2] if len(local) > 3 else local[:1]}***@{domain}"  # noqa: PLR2004 - of 4 and more
    shown = address.removeprefix("+86")
    return f"{shown[:3]}****{shown[-2:]}"


def _mail(text: str) -> str | None:
    found = _MAIL.fullmatch(text)
    if found is None or len(text) > _LONGEST or len(found[1]) > _LONGEST_LOCAL:
        return None
    if _ENCODED in found[1]:
        return None
    return f"{found[1]}@{found[2].lower()}"


def _mobile(text: str) -> str | None:
    found = _MOBILE.fullmatch(re.sub(r"[ -]", "", text))
    return f"+86{found[1]}" if found else None


def _account(text: str) -> str | None:
    return text if _ACCOUNT.fullmatch(text) else None


_READ: Mapping[ChannelName, Callable[[str], str | None]] = {
    "email": _mail,
    "sms": _mobile,
    "mini_program": _account,
}
