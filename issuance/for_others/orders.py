"""What an authority asks for: an order to issue, a change of status. Frozen values, no IO."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from certstore.callers import Service
from certstore.certificates import Holder, Validity
from certstore.holds.kinds import HoldKind
from certstore.sharing.grants import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One certificate to issue; `record_no` is the authority's own number of the record.

    `previous_ref` is the certificate it takes the place of, `why` a code of REASONS and words
    for its holder. Without a validity the type's own
    holds, from the day of issue.
    """

    type_code: str
    record_no: str
    holder: Holder
    fields: Mapping[str, str]
    validity: Validity | None = None
    previous_ref: str | None = None
    why: tuple[str, str] | None = None
    others: tuple[Holder, ...] = ()  # whom it names besides the holder

    @property
    def reasons(self) -> dict[str, str]:
        """Why it takes another's place, as records keep it; empty where it takes none."""
        return {} if self.why is None else {"reason": self.why[0], "words": self.why[1]}

    @property
    def digest(self) -> str:
        """What tells two orders apart: SHA-256 over all that they say, in hex.

        Members are sorted: PostgreSQL gives them back in another order than they came in.
        """
        said = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The order as a row keeps it while it waits."""
        days = self.validity
        said: dict[str, Any] = {
            "type": self.type_code,
            "record_no": self.record_no,
            "holder": [self.holder.name, self.holder.id_type, self.holder.id_number],
            "fields": dict(self.fields),
            "validity": None
            if days is None
            else [days.valid_from.isoformat(), days.valid_to and days.valid_to.isoformat()],
            "previous_ref": self.previous_ref,
            "why": self.why and list(self.why),
        }
        if self.others:
            said["others"] = [[h.name, h.id_type, h.id_number] for h in self.others]
        return said

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Order":
        """Read back what a row kept."""
        days = kept["validity"]
        return cls(
            type_code=kept["type"],
            record_no=kept["record_no"],
            holder=Holder(*kept["holder"]),
            fields=kept["fields"],
            validity=None
            if days is None
            else Validity(
                date.fromisoformat(days[0]), date.fromisoformat(days[1]) if days[1] else None
            ),
            previous_ref=kept["previous_ref"],
            why=kept["why"] and tuple(kept["why"]),
            others=tuple(Holder(*each) for each in kept.get("others", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What a new version says; its type and holder are the former one's."""

    record_no: str
    fields: Mapping[str, str]
    validity: Validity | None = None


class Action(StrEnum):
    """What may become of a certificate by its issuer's word."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"


REASONS: Mapping[Action, tuple[str, ...]] = {
    Action.SUSPEND: ("lost", "under_investigation", "holder_request"),
    Action.RESTORE: ("found", "investigation_closed", "holder_request"),
    Action.REVOKE: (
        *("issued_in_error", "no_longer_true", "holder_request"),
        *("holder_deceased", "court_order"),
    ),
    Action.SUPERSEDE: ("data_changed", "correction", "renewal"),
}
"""Why, as a code; the words beside it are the issuer's own, for the holder to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one certificate's status: which, why, in words the holder reads."""

    ref: str
    purpose_id: str
    action: Action
    reason: str
    words: str
    operator: Operator

    def hold(self, held: Collection[HoldKind]) -> HoldKind | None:
        """Which hold is placed or lifted, of those open now; None where the change ends it.

        The holder's own wish lifts what its issuer suspended, and a loss where nothing else is.
        """
        match self.action:
            case Action.SUSPEND:
                return HoldKind.LOSS if self.reason == "lost" else HoldKind.AUTHORITY
            case Action.RESTORE:
                loss_alone = HoldKind.AUTHORITY not in held and HoldKind.LOSS in held
                lost = self.reason == "found" or (self.reason == "holder_request" and loss_alone)
                return HoldKind.LOSS if lost else HoldKind.AUTHORITY
            case Action.REVOKE | Action.SUPERSEDE:
                return None


def who_asks(service: Service, operator: Operator, case_no: str) -> dict[str, Any]:
    """Who had something done, for which record of theirs, on what ground: as records keep it."""
    said: dict[str, Any] = {
        "agency": service.agency,
        "agency_en": service.agency_en,
        "agency_uscc": service.agency_uscc,
        "client": service.client_id,
        "purpose": service.purpose_id,
        "matter": service.matter_code,
        "matter_zh": service.title_zh,
        "matter_en": service.title_en,
        "case_no": case_no,
        "operator": operator.number,
        "ground": service.legal_basis.get("kind", ""),
        "legal_basis": dict(service.legal_basis),
    }
    if operator.terminal is not None:
        said["terminal"] = operator.terminal
    return said
