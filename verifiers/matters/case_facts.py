"""Everything a decision about an agency's matter may look at, written back as it came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Self

from certstore.clock import local_date
from verifiers.materials.persons import Person
from verifiers.materials.records import Record, newest_versions
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import RecordType, Source
from verifiers.matters.declared import Who
from verifiers.matters.reading import Reading, uncovered

Granted = Mapping[RecordType, frozenset[str]]
"""By type, the paths that a purpose was granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case: whose it is, who acts, what was told, what is on file and may be looked at."""

    as_of: datetime  # aware; the only clock
    subject: Person
    guardian: Person | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    on_file: tuple[Record, ...] = ()
    allowed: frozenset[RecordType] = frozenset()  # what the purpose covers
    # By type, the paths that the purpose was granted; none: kept before fields were looked at.
    granted: Granted | None = None
    sources_down: frozenset[Source] = frozenset()

    @property
    def day(self) -> date:
        """The calendar day in China that every condition means."""
        return local_date(self.as_of)

    def may_read(self, kind: RecordType, readings: Iterable[Reading]) -> bool:
        """Whether the purpose covers records of this type, and all that is read of them."""
        if kind not in self.allowed:
            return False
        return self.granted is None or not uncovered(readings, self.granted.get(kind, ()))

    @property
    def current(self) -> tuple[Record, ...]:
        """The records that may be looked at, each in its latest version."""
        return tuple(r for r in newest_versions(self.on_file) if r.type in self.allowed)

    def people(self, who: Who) -> tuple[Person, ...]:
        """The people of the case that are meant; nobody, where no guardian acts."""
        guardian = () if self.guardian is None else (self.guardian,)
        if who is Who.SUBJECT:
            return (self.subject,)
        return guardian if who is Who.GUARDIAN else (self.subject, *guardian)

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        said: dict[str, object] = {
            "as_of": self.as_of.isoformat(),
            "subject": self.subject.as_json(),
            "guardian": None if self.guardian is None else self.guardian.as_json(),
            "parameters": dict(self.parameters),
            "on_file": [record.as_json() for record in self.on_file],
            "allowed": sorted(kind.value for kind in self.allowed),
            "sources_down": sorted(source.value for source in self.sources_down),
        }
        if self.granted is None:
            return said
        return {**said, "granted": {k.value: sorted(v) for k, v in sorted(self.granted.items())}}

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read what `as_json` wrote; MalformedError with the path of what is wrong."""
        members.only(*(each.name for each in fields(cls)))
        told = members.inner("parameters")
        return cls(
            as_of=members.moment("as_of"),
            subject=Person.read(members.inner("subject")),
            guardian=Person.read(members.inner("guardian")) if members.has("guardian") else None,
            parameters={name: told.text(name) for name in told.values},
            on_file=tuple(Record.read(record) for record in members.objects("on_file")),
            allowed=frozenset(members.words("allowed", RecordType)),
            sources_down=frozenset(members.words("sources_down", Source)),
            granted=_granted(members.inner("granted")) if members.has("granted") else None,
        )


def _granted(members: Members) -> dict[RecordType, frozenset[str]]:
    return {RecordType(kind): frozenset(members.texts(kind)) for kind in members.values}
