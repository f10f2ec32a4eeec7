"""An agency's matter, read strictly: its materials and the evidence each accepts.

docs/matters.md describes it. In `accept` the outer list is OR and the inner one AND. A version is
never changed: what is to change is a new version with a first day of its own.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Self, cast

from certstore.errors import MalformedError
from certstore.identifiers import CreditCode
from certstore.sharing.predicates import GUESSES_A_CASE
from certstore.strict_json import MAX_DEPTH, parse_json_strict
from verifiers.materials.decisions import UPLOAD_OF, Alternatives
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Matter, Outcome, RecordType
from verifiers.matters.conditions import AgeIs, HolderIs, read_condition
from verifiers.matters.declared import (
    Declared,
    Guardian,
    Parameter,
    plain_name,
    said,
    words,
)
from verifiers.matters.finding import Condition
from verifiers.matters.reading import Reading

MAX_BYTES: Final = 64 * 1024
_MOST: Final = MappingProxyType(
    {"parameters": 20, "materials": 20, "accept": 10, "group": 5, "conditions": 10, "ask": 10}
)
MOST_PIECES: Final = 60
MOST_CONDITIONS: Final = 200
"""Of evidence and of conditions in a whole matter: so long is one decision, at the longest."""
MOST_QUESTIONS: Final = GUESSES_A_CASE
"""How many things that a case tells may be compared with records of one type."""
MOST_ADDRESSES: Final = 2
"""How many addresses a case may tell: comparing them is what costs most."""
_PERSON: Final = "person"
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_OTHERWISE: Final = frozenset(
    {
        *(Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE, Outcome.OFFICER_REVIEW),
        *(Outcome.BY_COMMITMENT, Outcome.BLOCKED),
    }
)
STEPS: Final = (
    *UPLOAD_OF.values(),
    *("face_verification", "id_card_upload", "guardianship_document_upload", "other_upload"),
)
"""What a citizen may be asked to do where nothing on file serves."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record of one type that holds all conditions; without a type, the person's own age."""

    type: RecordType | None
    conditions: tuple[Condition, ...]

    @property
    def reads(self) -> tuple[Reading, ...]:
        """What its conditions read."""
        return tuple(reading for each in self.conditions for reading in each.reads)

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read one; a record must say whose it is, a person has an age and nothing else."""
        members.only("type", "conditions")
        bounded(members, "conditions", least=1)
        read = [(m, read_condition(m, declared)) for m in members.objects("conditions")]
        conditions = tuple(condition for _, condition in read)
        if members.values.get("type") == _PERSON:
            for at, condition in read:
                if not isinstance(condition, AgeIs):
                    at.refuse("is", "of a person only the age can be asked")
            return cls(None, conditions)
        if not any(isinstance(condition, HolderIs) for condition in conditions):
            members.refuse("conditions", "no condition says whose the record must be", "add holder")
        return cls(members.word("type", RecordType), conditions)


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """A material is asked for only where a parameter is one of these words."""

    parameter: str
    one_of: tuple[str, ...]

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `parameter` and `one_of`."""
        members.only("parameter", "one_of")
        return cls(declared.parameter(members, "parameter"), words(members, "one_of"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterMaterial:
    """One material: what serves, and what becomes of it where nothing does."""

    code: str
    title_zh: str
    title_en: str
    basis_zh: str
    basis_en: str
    accept: tuple[tuple[Evidence, ...], ...]
    otherwise: Outcome
    ask: Alternatives = ()  # empty: a picture of what is missing
    only_if: OnlyIf | None = None

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read one; MalformedError names the path of what is wrong."""
        members.only(*cls.__dataclass_fields__)
        otherwise = members.word("otherwise", Outcome)
        if otherwise not in _OTHERWISE:
            members.refuse("otherwise", "no outcome of its own", f"one of {_listed(_OTHERWISE)}")
        asks = otherwise in {Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE}
        if members.has("ask") and not asks:
            members.refuse("ask", "nothing is asked for with this outcome")
        if otherwise is Outcome.CHOOSE_ONE and not members.has("ask"):
            members.refuse("ask", "missing, though there is a choice")
        return cls(
            code=plain_name(members, "code"),
            title_zh=said(members, "title_zh"),
            title_en=said(members, "title_en"),
            basis_zh=said(members, "basis_zh"),
            basis_en=said(members, "basis_en"),
            accept=_accept(members, declared),
            otherwise=otherwise,
            ask=_ask(members) if members.has("ask") else (),
            only_if=OnlyIf.read(members.inner("only_if"), declared)
            if members.has("only_if")
            else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyMatter:
    """One version of an agency's matter."""

    code: str
    version: str
    effective_from: date
    title_zh: str
    title_en: str
    agency_uscc: str
    legal_basis: str
    guardian: Guardian
    parameters: Mapping[str, Parameter]
    materials: tuple[MatterMaterial, ...]

    @property
    def rule_version(self) -> str:
        """What a decision names: the matter's code and version."""
        return f"{self.code}/{self.version}"

    @property
    def types(self) -> frozenset[RecordType]:
        """Every type of record that some material accepts."""
        every = (e for m in self.materials for group in m.accept for e in group)
        return frozenset(e.type for e in every if e.type is not None)

    @classmethod
    def read(cls, value: object) -> Self:
        """Read a matter from JSON values; MalformedError names the path of what is wrong."""
        members = Members.of(value, "matter")
        members.only(*cls.__dataclass_fields__)
        code = plain_name(members, "code")
        if code in set(Matter):
            members.refuse("code", "is a residence matter of this service")
        bounded(members, "parameters")
        parameters = [Parameter.read(p) for p in members.objects("parameters")]
        _distinct(members, "parameters", [p.name for p in parameters])
        declared = Declared({p.name: p for p in parameters}, members.word("guardian", Guardian))
        bounded(members, "materials", least=1)
        materials = tuple(MatterMaterial.read(m, declared) for m in members.objects("materials"))
        _distinct(members, "materials", [material.code for material in materials])
        _check_sizes(members, materials)
        return cls(
            code=code,
            version=_version(members),
            effective_from=members.day("effective_from"),
            title_zh=said(members, "title_zh"),
            title_en=said(members, "title_en"),
            agency_uscc=_uscc(members),
            legal_basis=said(members, "legal_basis"),
            guardian=declared.guardian,
            parameters=declared.parameters,
            materials=materials,
        )


def read_file(content: bytes, *, toml: bool) -> Mapping[str, Any]:
    """The values of a matter's file, TOML or JSON; MalformedError if it is neither or too large."""
    if len(content) > MAX_BYTES:
        raise MalformedError(f"a matter has at most {MAX_BYTES} bytes", where="matter")
    if not toml:
        return Members.of(parse_json_strict(content, max_bytes=MAX_BYTES), "matter").values
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MalformedError("a matter's file is not TOML", where="matter") from error
    _check_depth(values)
    return values


def _check_depth(values: object) -> None:
    waiting = [(values, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise MalformedError(f"a matter is nested deeper than {MAX_DEPTH}", where="matter")
        if isinstance(value, (dict, list)):
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(each, depth + 1) for each in inner]


def bounded(members: Members, name: str, *, least: int = 0) -> list[object]:
    """A list of at most so many as a matter may have of this."""
    values = members.items(name)
    if not least <= len(values) <= _MOST[name]:
        members.refuse(name, f"must be a list of {least} to {_MOST[name]}")
    return values


def _check_sizes(members: Members, materials: tuple[MatterMaterial, ...]) -> None:
    pieces = [e for m in materials for group in m.accept for e in group]
    if len(pieces) > MOST_PIECES:
        members.refuse("materials", f"at most {MOST_PIECES} pieces of evidence in all")
    if sum(len(e.conditions) for e in pieces) > MOST_CONDITIONS:
        members.refuse("materials", f"at most {MOST_CONDITIONS} conditions in all")
    readings = [reading for e in pieces for reading in e.reads]
    addresses = {r.parameter for r in readings if r.question == "address_equals"}
    if len(addresses) > MOST_ADDRESSES:
        members.refuse("materials", f"at most {MOST_ADDRESSES} addresses are compared in all")
    for kind in {e.type for e in pieces}:
        told = {r.parameter for e in pieces if e.type is kind for r in e.reads} - {None}
        if len(told) > MOST_QUESTIONS:
            why = f"at most {MOST_QUESTIONS} parameters are compared with records of one type"
            members.refuse("materials", why, "nobody's records are there to be guessed at")


def _accept(members: Members, declared: Declared) -> tuple[tuple[Evidence, ...], ...]:
    groups = []
    for n, value in enumerate(bounded(members, "accept", least=1)):
        at = Members({"group": value}, f"{members.where('accept')}[{n}]")
        bounded(at, "group", least=1)
        entries = [
            Members.of(each, f"{at.path}[{i}]")
            for i, each in enumerate(cast("list[object]", value))
        ]
        groups.append(tuple(Evidence.read(entry, declared) for entry in entries))
    return tuple(groups)


def _ask(members: Members) -> Alternatives:
    groups = []
    for n, value in enumerate(bounded(members, "ask", least=1)):
        at = Members({"group": value}, f"{members.where('ask')}[{n}]")
        bounded(at, "group", least=1)
        steps = at.texts("group")
        for step in steps:
            if step not in STEPS:
                at.refuse("group", "no such step is known", f"known are {', '.join(STEPS)}")
        groups.append(steps)
    return tuple(groups)


def _distinct(members: Members, name: str, codes: list[str]) -> None:
    if len(set(codes)) != len(codes):
        members.refuse(name, "two have the same name")


def _version(members: Members) -> str:
    text = members.text("version", 20)
    if not _VERSION.fullmatch(text):
        members.refuse("version", "must be letters, figures, points and hyphens")
    return text


def _uscc(members: Members) -> str:
    try:
        return CreditCode.parse(members.text("agency_uscc", 18)).value
    except MalformedError as error:
        members.refuse("agency_uscc", error.detail)


def _listed(outcomes: frozenset[Outcome]) -> str:
    return ", ".join(sorted(outcomes))
