"""Everything a decision about an agency's matter may look at, written back as it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from certstore.clock import local_date
from verifiers.materials.persons import Person
from verifiers.materials.records import Record, newest_versions
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import RecordType, Source
from verifiers.matters.declared import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case: whose it is, who acts, what was told, what is on file and may be looked at."""

    as_of: datetime  # aware; the only clock
    subject: Person
    guardian: Person | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    on_file: tuple[Record, ...] = ()
    allowed: frozenset[RecordType] = frozenset()  # what the purpose covers
    sources_down: frozenset[Source] = frozenset()

    @property
    def day(self) -> date:
        """The calendar day in China that every condition means."""
        return local_date(self.as_of)

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
        return {
            "as_of": self.as_of.isoformat(),
            "subject": self.subject.as_json(),
            "guardian": None if self.guardian is None else self.guardian.as_json(),
            "parameters": dict(self.parameters),
            "on_file": [record.as_json() for record in self.on_file],
            "allowed": sorted(kind.value for kind in self.allowed),
            "sources_down": sorted(source.value for source in self.sources_down),
        }

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read what `as_json` wrote; MalformedError with the path of what is wrong."""
        members.only(*cls.__dataclass_fields__)
        told = members.inner("parameters")
        return cls(
            as_of=members.moment("as_of"),
            subject=Person.read(members.inner("subject")),
            guardian=Person.read(members.inner("guardian")) if members.has("guardian") else None,
            parameters={name: told.text(name) for name in told.values},
            on_file=tuple(Record.read(record) for record in members.objects("on_file")),
            allowed=frozenset(members.words("allowed", RecordType)),
            sources_down=frozenset(members.words("sources_down", Source)),
        )
