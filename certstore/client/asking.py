"""What a service is asked: for which purpose, in which case, about whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypedDict

DETAILS_TYPE: Final = "urn:certstore:pull"
CITIZEN: Final = "111"  # GB/T 36903 annex A: resident identity card


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose as it was approved, or less of it: the types, fields and actions that are needed.

    A token is asked for with exactly these. `legal_basis` may be left out: then it is the one
    that was approved.
    """

    purpose_id: str
    matter_code: str
    cert_types: Sequence[str]
    fields: Sequence[str]
    actions: Sequence[str] = ("search", "pull")
    legal_basis: Mapping[str, str] | None = None

    def details(self) -> dict[str, Any]:
        """The object of `authorization_details` (RFC 9396)."""
        said: dict[str, Any] = {
            "type": DETAILS_TYPE,
            "purpose_id": self.purpose_id,
            "matter_code": self.matter_code,
            "cert_types": list(self.cert_types),
            "fields": list(self.fields),
            "actions": list(self.actions),
        }
        return said if self.legal_basis is None else {**said, "legal_basis": self.legal_basis}


@dataclass(frozen=True, slots=True)
class Case:
    """A case of yours: its number, whose it is, and which clerk works on it at which terminal.

    The person sees number and clerk beside each access. `person` is an identity number.
    """

    number: str
    person: str = field(repr=False)
    operator: str
    terminal: str | None = None
    id_type: str = CITIZEN

    def members(self) -> dict[str, Any]:
        """What every body says of it."""
        operator: object = self.operator
        if self.terminal is not None:
            operator = {"number": self.operator, "terminal": self.terminal}
        return {
            "case_no": self.number,
            "subject": {"id_type": self.id_type, "id_number": self.person},
            "operator": operator,
        }


class PullMembers(TypedDict, total=False):
    """What else a pull may say; docs/integration.md says what each does."""

    decision_id: str
    format: Literal["json", "pdf", "sd-jwt", "annotated"]
    names: Literal["field", "gbt36903"]
    legal_basis: Mapping[str, str]
    actor: Mapping[str, str]
    on_behalf_of: Mapping[str, str]


class SearchMembers(TypedDict, total=False):
    """What else a search may say."""

    on_behalf_of: Mapping[str, str]
