"""What a service answers, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Self

from certstore.client.problems import ClientError, UnreadableError
from certstore.client.reading import (
    as_object,
    day,
    moment,
    number,
    objects,
    text,
    yes_or_no,
)

IN_FORCE: Final = "valid"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A certificate that a person holds: its reference and status, and nothing that it says."""

    ref: str
    type: str
    status: str
    under_dispute: bool
    issued_on: date

    @property
    def in_force(self) -> bool:
        """Whether it may be relied on now; a dispute leaves it in force, and must be looked at."""
        return self.status == IN_FORCE


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where an access stands in the ledger; the hash in hex."""

    leaf_index: int
    leaf_hash: str

    @classmethod
    def read(cls, said: Mapping[str, object]) -> Self:
        """The place an answer names."""
        place = as_object(said.get("ledger"), "ledger")
        return cls(number(place, "leaf_index"), text(place, "leaf_hash"))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; the receipt and the place in the ledger of the search itself."""

    evidence: Sequence[Evidence]
    receipt: str
    ledger: LedgerPlace
    answer: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, said: Mapping[str, object]) -> Self:
        """Read an answer; UnreadableError names the member that is not as described."""
        evidence = tuple(
            Evidence(
                text(e, "ref"),
                text(e, "type"),
                text(e, "status"),
                yes_or_no(e, "under_dispute"),
                day(e, "issued_on"),
            )
            for e in objects(said, "evidence")
        )
        return cls(
            evidence, text(said, "receipt"), LedgerPlace.read(said), MappingProxyType(dict(said))
        )

    def in_force(self, cert_type: str | None = None) -> Evidence:
        """The first that is in force, of this type or of any; ClientError if there is none."""
        for one in self.evidence:
            if one.in_force and cert_type in (None, one.type):
                return one
        raise ClientError(
            "the person holds no such certificate that is in force",
            where=cert_type,
            remedy="see `evidence` for those that are not",
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field's value comes from, and whether an authority stands behind it."""

    source: str
    government_verified: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """A granted field that was not given, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long the values may be used: `max_age_s` before they are checked again."""

    as_of: datetime
    max_age_s: int
    must_recheck: bool
    delete_by: date


@dataclass(frozen=True, slots=True)
class Pulled:
    """The fields of one certificate as they were released.

    `receipt` is the service's signed promise that this access stands in the ledger: keep it with
    the case. `answer` is the whole answer, with whatever a newer service adds.
    """

    ref: str
    type: str
    status: str
    status_checked_at: datetime
    under_dispute: bool
    fields: Mapping[str, object] = field(repr=False)  # logs show no personal data
    origins: Mapping[str, Origin]
    withheld: Sequence[Withheld]
    freshness: Freshness
    receipt: str
    ledger: LedgerPlace
    answer: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, said: Mapping[str, object]) -> Self:
        """Read an answer; UnreadableError names the member that is not as described."""
        origins = {
            path: Origin(text(one, "source"), yes_or_no(one, "government_verified"))
            for path, value in as_object(said.get("origins"), "origins").items()
            for one in (as_object(value, f"origins.{path}"),)
        }
        withheld = [Withheld(text(w, "path"), text(w, "reason")) for w in objects(said, "withheld")]
        return cls(
            ref=text(said, "ref"),
            type=text(said, "type"),
            status=text(said, "status"),
            status_checked_at=moment(said, "status_checked_at"),
            under_dispute=yes_or_no(said, "under_dispute"),
            fields=MappingProxyType(dict(as_object(said.get("fields"), "fields"))),
            origins=MappingProxyType(origins),
            withheld=tuple(withheld),
            freshness=_freshness(as_object(said.get("freshness"), "freshness")),
            receipt=text(said, "receipt"),
            ledger=LedgerPlace.read(said),
            answer=MappingProxyType(dict(said)),
        )

    def answers(self, ref: str, fields: Sequence[str]) -> Self:
        """Itself, if it is what was asked for: that certificate, and no other field."""
        if self.ref != ref:
            raise UnreadableError("another certificate came than the one asked for", where="ref")
        strange = sorted(set(self.fields) - set(fields))
        if strange:
            raise UnreadableError("fields came that nobody asked for", where=", ".join(strange))
        return self


def _freshness(said: Mapping[str, object]) -> Freshness:
    return Freshness(
        moment(said, "as_of"),
        number(said, "max_age_s"),
        yes_or_no(said, "must_recheck"),
        day(said, "delete_by"),
    )
