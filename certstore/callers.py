"""Who is asking: a resident, somebody in office, an agency's developer, or a service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.certificates import Holder
from certstore.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Resident:
    """A person signed in by an identity provider; `account` is its issuer and subject.

    `present`: nobody signed in, but the person stands at a counter, and the account is the
    officer's who compared their card. No session ever is.
    """

    holder: Holder
    account: str
    verified_at: datetime
    present: bool = False


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of an authority, known by a staff number; a supervisor sees every station."""

    name: str
    number: str
    station: str
    supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody who acts for an organisation: a source authority, an employer, a school."""

    name: str
    number: str
    organisation_uscc: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who keeps the service running, or audits it; sees figures and no person."""

    name: str
    number: str


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
    actions: tuple[str, ...]
    version: int = 1  # of the purpose, when the token was given


@dataclass(frozen=True, slots=True)
class Developer:
    """Somebody who connects an agency's own service; sees its clients, and nobody's data."""

    name: str
    number: str
    agency_uscc: str


Caller = Resident | Officer | Clerk | Operator | Developer


def caller_as_json(caller: Caller) -> dict[str, Any]:
    """The caller as a session keeps it."""
    match caller:
        case Resident(present=True):
            raise MalformedError("who stands at a counter has no session")
        case Resident(holder, account, verified_at):
            return {
                "kind": "resident",
                "name": holder.name,
                "id_type": holder.id_type,
                "id_number": holder.id_number,
                "account": account,
                "verified_at": verified_at.isoformat(),
            }
        case Officer(name, number, station, supervisor):
            said = {"name": name, "number": number, "station": station}
            return {"kind": "officer", **said, "supervisor": supervisor}
        case Clerk(name, number, uscc):
            return {"kind": "clerk", "name": name, "number": number, "organisation_uscc": uscc}
        case Operator(name, number):
            return {"kind": "operator", "name": name, "number": number}
        case Developer(name, number, uscc):
            return {"kind": "developer", "name": name, "number": number, "agency_uscc": uscc}


def caller_from_json(kept: dict[str, Any]) -> Caller:
    """Read back what a session kept; MalformedError if it is no kind of caller."""
    match kept:
        case {"kind": "resident"}:
            holder = Holder(kept["name"], kept["id_type"], kept["id_number"])
            verified_at = datetime.fromisoformat(kept["verified_at"])
            return Resident(holder, kept["account"], verified_at)
        case {"kind": "officer"}:
            supervises = kept.get("supervisor") is True  # sessions of earlier days say nothing
            return Officer(kept["name"], kept["number"], kept["station"], supervises)
        case {"kind": "clerk"}:
            return Clerk(kept["name"], kept["number"], kept["organisation_uscc"])
        case {"kind": "operator"}:
            return Operator(kept["name"], kept["number"])
        case {"kind": "developer"}:
            return Developer(kept["name"], kept["number"], kept["agency_uscc"])
        case _:
            raise MalformedError("a session holds no caller")
