"""Which witnesses must have cosigned a checkpoint (c2sp.org/tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none

One file serves both sides: whoever verifies off line, and the log's own operator, for whom a
witness's URL is its submission prefix.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NoReturn, Self

from certstore.cosignature import Cosignature, cosignatures, read_witness_key
from certstore.errors import MalformedError
from certstore.signed_note import Note, VerifierKey

_MAX_BYTES = 65_536
_MAX_OF_A_KIND = 64  # the specification wants 32 at least
_LEAST_WORDS = 3  # of a group: name, threshold, a member
_NOBODY = "none"
_ALLOWED = re.compile("[\t\n\x20-\x7e\x80-\U0010ffff]*")


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by its name in the policy; `url` is its submission prefix, or empty."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed what `least` of its members (witnesses or groups) have."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Whose checkpoints, cosigned by whom, are believed; `quorum` names a witness or a group."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy; MalformedError names the line that cannot be."""
        reading = _Reading()
        for number, line in enumerate(_lines(data), 1):
            words = re.split("[ \t]+", line.strip(" \t"))
            if words != [""] and not words[0].startswith("#"):
                reading.take(number, words)
        if not reading.quorum:
            _refuse("a policy has one quorum line", 0)
        groups, witnesses = reading.groups, reading.witnesses
        return cls(tuple(reading.logs), witnesses, groups, reading.quorum)

    def cosigned(self, note: Note) -> list[Cosignature]:
        """The cosignatures of known witnesses; MalformedError for one in their name that is not."""
        return cosignatures(note, [witness.key for witness in self.witnesses.values()])

    def satisfied_by(self, found: Iterable[Cosignature]) -> bool:
        """Whether these cosignatures are a quorum."""
        return self.holds({cosignature.witness for cosignature in found})

    def holds(self, keys: AbstractSet[VerifierKey]) -> bool:
        """Whether the witnesses with these keys are a quorum."""
        return self.quorum == _NOBODY or self._holds(self.quorum, keys)

    def _holds(self, name: str, keys: AbstractSet[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in keys
        group = self.groups[name]
        return sum(self._holds(member, keys) for member in group.members) >= group.least


@dataclass(slots=True)
class _Reading:
    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    _free: set[str] = field(default_factory=set)  # defined, and member of no group yet

    def take(self, number: int, words: list[str]) -> None:
        kinds: Mapping[str, Callable[[int, list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if words[0] not in kinds:
            _refuse("a line begins with log, witness, group or quorum", number)
        kinds[words[0]](number, words[1:])

    def _log(self, number: int, words: list[str]) -> None:
        if len(words) not in {1, 2} or len(self.logs) == _MAX_OF_A_KIND:
            _refuse("a log's line is: log <vkey> [<url>]", number)
        key = _key(VerifierKey.parse, words[0], number)
        if key.raw in {known.raw for known in self.logs}:
            _refuse("a log's key stands in two lines", number)
        self.logs.append(key)

    def _witness(self, number: int, words: list[str]) -> None:
        if len(words) not in {2, 3} or len(self.witnesses) == _MAX_OF_A_KIND:
            _refuse("a witness's line is: witness <name> <vkey> [<url>]", number)
        key = _key(read_witness_key, words[1], number)
        if key.raw in {known.key.raw for known in self.witnesses.values()}:
            _refuse("a witness's key stands in two lines", number)
        self._define(number, words[0])
        self.witnesses[words[0]] = Witness(words[0], key, words[2] if words[2:] else "")

    def _group(self, number: int, words: list[str]) -> None:
        if len(words) < _LEAST_WORDS or len(self.groups) == _MAX_OF_A_KIND:
            _refuse("a group's line is: group <name> all|any|<k> <name>…", number)
        name, least, *members = words
        if len(set(members)) != len(members) or not set(members) <= self._free:
            _refuse("a group's member is defined above it, and a member once only", number)
        known = {"all": len(members), "any": 1}
        if least not in known and not re.fullmatch("[1-9][0-9]{0,2}", least):
            _refuse("a group's threshold is all, any or a number", number)
        wanted = known.get(least) or int(least)
        if wanted > len(members):
            _refuse("a group's threshold is larger than the group", number)
        self._define(number, name)
        self._free -= set(members)
        self.groups[name] = Group(wanted, tuple(members))

    def _quorum(self, number: int, words: list[str]) -> None:
        if self.quorum or len(words) != 1:
            _refuse("there is one quorum line: quorum <name>|none", number)
        if words[0] != _NOBODY and words[0] not in {*self.witnesses, *self.groups}:
            _refuse("the quorum is a witness or a group that is defined above it", number)
        self.quorum = words[0]

    def _define(self, number: int, name: str) -> None:
        if name == _NOBODY or name in {*self.witnesses, *self.groups}:
            _refuse("a name is given twice, or is none", number)
        self._free.add(name)


def _lines(data: bytes) -> list[str]:
    if len(data) > _MAX_BYTES:
        _refuse(f"a policy has at most {_MAX_BYTES} bytes", 0)
    # Bytes beyond ASCII are opaque in this format; Latin-1 gives each a character of its own.
    text = data.decode("latin-1")
    if not _ALLOWED.fullmatch(text):
        _refuse("a policy with a control character", 0)
    return text.split("\n")


def _key(parse: Callable[[str], VerifierKey], text: str, number: int) -> VerifierKey:
    try:
        # A key's name is UTF-8.
        return parse(text.encode("latin-1").decode("utf-8"))
    except (MalformedError, UnicodeDecodeError) as error:
        why = error.detail if isinstance(error, MalformedError) else "a verifier key is not UTF-8"
        raise MalformedError(why, where=f"line {number}", remedy=_REMEDY) from error


_REMEDY = "write the policy as docs/ledger.md shows"


def _refuse(detail: str, number: int) -> NoReturn:
    raise MalformedError(detail, where=f"line {number}" if number else "policy", remedy=_REMEDY)
