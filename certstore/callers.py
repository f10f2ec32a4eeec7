"""Who is asking: a resident, an officer, or a service with its purpose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.certificates import Holder
from certstore.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Resident:
    """A person signed in by an identity provider; `account` is its issuer and subject."""

    holder: Holder
    account: str
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of an authority, known by a staff number."""

    name: str
    number: str
    station: str


@dataclass(frozen=True, slots=True)
class Service:
    """A pulling service whose access token holds; `fields` maps certificate type to paths."""

    client_id: str
    agency: str
    agency_en: str
    agency_uscc: str
    purpose_id: str
    matter_code: str
    title_zh: str
    title_en: str
    fields: dict[str, tuple[str, ...]]
    legal_basis: dict[str, str]


Caller = Resident | Officer


def caller_as_json(caller: Caller) -> dict[str, Any]:
    """The caller as a session keeps it."""
    match caller:
        case Resident(holder, account, verified_at):
            return {
                "kind": "resident",
                "name": holder.name,
                "id_type": holder.id_type,
                "id_number": holder.id_number,
                "account": account,
                "verified_at": verified_at.isoformat(),
            }
        case Officer(name, number, station):
            return {"kind": "officer", "name": name, "number": number, "station": station}


def caller_from_json(kept: dict[str, Any]) -> Caller:
    """Read back what a session kept; MalformedError if it is neither kind of caller."""
    match kept:
        case {"kind": "resident"}:
            holder = Holder(kept["name"], kept["id_type"], kept["id_number"])
            verified_at = datetime.fromisoformat(kept["verified_at"])
            return Resident(holder, kept["account"], verified_at)
        case {"kind": "officer"}:
            return Officer(kept["name"], kept["number"], kept["station"])
        case _:
            raise MalformedError("a session holds no caller")
