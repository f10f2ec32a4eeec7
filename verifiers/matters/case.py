"""A case of either kind of matter, judged: what was decided, and what it can be judged again from.

`AgencyCase` is a matter registered as data, `ResidenceCase` one of this service's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, Protocol

from certstore.clock import CHINA
from certstore.errors import MalformedError
from certstore.sharing.guessing import Compared
from certstore.web.dress import Lang
from certstore.web.texts import LANGUAGES, Texts
from verifiers.materials import sentences
from verifiers.materials.addresses import same_place
from verifiers.materials.decisions import UPLOAD_OF, Decision, MaterialDecision
from verifiers.materials.facts import Facts, parse_facts
from verifiers.materials.live_check import LiveCheckDesk
from verifiers.materials.records import Record
from verifiers.materials.reuse import judge
from verifiers.materials.rules import Rules
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Matter, Reason, RecordType, Source
from verifiers.matters.case_facts import CaseFacts, Granted
from verifiers.matters.comparing import Comparing
from verifiers.matters.declared import Guardian
from verifiers.matters.judging import judge_matter
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.sentences import matter_json, reason_json
from verifiers.matters.wanted import DecisionIn

_TOLD: Final = ("dwelling", "address")


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer as it is sent, and the snapshot that it follows from."""

    answer: dict[str, Any]
    snapshot: dict[str, Any]
    compared: tuple[Compared, ...] = ()


class Case(Protocol):
    """A case of some matter."""

    @property
    def titles(self) -> tuple[str, str]:
        """What the matter is called, in Chinese and English."""
        ...

    @property
    def types(self) -> frozenset[RecordType]:
        """The types of record that could show something."""
        ...

    def judge(self, on_file: tuple[Record, ...], granted: Granted, live: LiveCheckDesk) -> Judged:
        """Judge what is on file; sources that can be asked live are asked."""
        ...


@dataclass(frozen=True, slots=True)
class AgencyCase:
    """A case of a matter that an agency registered."""

    matter: AgencyMatter
    facts: CaseFacts  # without the records

    @classmethod
    def of(
        cls, matter: AgencyMatter, wanted: DecisionIn, now: datetime, down: frozenset[Source]
    ) -> "AgencyCase":
        """Take what the service tells; MalformedError names what is missing or not asked for."""
        _check_guardian(matter, wanted)
        told = Members(wanted.parameters, "parameters")
        told.only(*matter.parameters)
        needed = {n: p for n, p in matter.parameters.items() if p.required or told.has(n)}
        facts = CaseFacts(
            as_of=now.astimezone(CHINA),
            subject=wanted.subject.person(),
            guardian=None if wanted.guardian is None else wanted.guardian.person(),
            parameters={name: parameter.check(told) for name, parameter in needed.items()},
            sources_down=down,
        )
        return cls(matter, facts)

    @property
    def titles(self) -> tuple[str, str]:
        """What the matter is called, in Chinese and English."""
        return (self.matter.title_zh, self.matter.title_en)

    @property
    def types(self) -> frozenset[RecordType]:
        """The types that some material accepts."""
        return self.matter.types

    def judge(self, on_file: tuple[Record, ...], granted: Granted, live: LiveCheckDesk) -> Judged:
        """Judge, confirm what the answer leans on, and judge again until nothing is new."""
        facts = replace(self.facts, on_file=on_file, allowed=frozenset(granted), granted=granted)
        asked: set[str] = set()
        bench = Comparing.of(facts)
        while True:
            answer = judge_matter(self.matter, facts, bench)
            new = [record for record in answer.leaned_on if record.record_id not in asked]
            if not new:
                break
            asked.update(record.record_id for record in new)
            said = live.confirm(new)
            facts = replace(
                facts,
                on_file=said.as_said(facts.on_file),
                sources_down=facts.sources_down | said.down,
            )
            bench = bench.again(facts)
        snapshot = {"facts": facts.as_json(), "rule_version": answer.rule_version}
        return Judged(matter_json(answer), snapshot, answer.compared)


@dataclass(frozen=True, slots=True)
class ResidenceCase:
    """A case of one of this service's own matters, about the subject's own home."""

    matter: Matter
    rules: Rules
    facts: Facts  # without the records

    @classmethod
    def of(
        cls, rules: Rules, wanted: DecisionIn, now: datetime, down: frozenset[Source]
    ) -> "ResidenceCase":
        """Take what the service tells; MalformedError names what is missing or not asked for."""
        told = Members(wanted.parameters, "parameters")
        told.only(*_TOLD)
        person = wanted.subject.person().as_json()
        facts = parse_facts(
            {
                "matter": wanted.matter_code,
                "as_of": now.astimezone(CHINA).isoformat(),
                "applicant": person,
                "guardian": wanted.guardian.person().as_json() if wanted.guardian else None,
                "context": {**{n: told.text(n) for n in _TOLD}, "occupier": "self"},
                "on_file": [],
                "face_results": [],
                "sources_down": sorted(source.value for source in down),
            },
            "case",
        )
        return cls(facts.matter, rules, facts)

    @property
    def titles(self) -> tuple[str, str]:
        """What the matter is called, in Chinese and English."""
        return residence_titles(self.matter)

    @property
    def types(self) -> frozenset[RecordType]:
        """Every type; a voucher shows no home to the registration that it came from."""
        own = {RecordType.VOUCHER} if self.matter is Matter.REGISTRATION else set[RecordType]()
        return frozenset(RecordType) - own

    def judge(self, on_file: tuple[Record, ...], granted: Granted, live: LiveCheckDesk) -> Judged:
        """Judge as an application is judged; no face result of the service's own is known here."""
        allowed = frozenset(granted)
        whole = replace(self.facts, on_file=on_file)
        facts, decision, _ = live.judge(whole, lambda known: judge(known, self.rules))
        answer = residence_json(decision, allowed)
        allowed_words = sorted(kind.value for kind in allowed)
        snapshot = {
            "facts": facts.as_json(),
            "rule_version": decision.rule_version,
            "allowed": allowed_words,
        }
        return Judged(answer, snapshot, tuple(self._compared(on_file)))

    def _compared(self, on_file: tuple[Record, ...]) -> Iterator[Compared]:
        """The address that was told, with each record that names one."""
        told = self.facts.context.address
        for record in on_file:
            says = record.claims.address or record.claims.further.get("residence_address")
            if isinstance(says, str) and told:
                yield Compared(
                    certificate_ref=record.record_id,
                    type_code=record.type.value,
                    question="address_equals",
                    answer=same_place(says, told),
                    told=told,
                )


def residence_titles(matter: Matter) -> tuple[str, str]:
    """What a matter of this service's own is called on pages, in Chinese and English."""
    zh, en = (str(_texts(lang)(f"matter.{matter.value}.name")) for lang in LANGUAGES)
    return zh, en


@cache
def _texts(lang: Lang) -> Texts:
    return Texts(lang)


def residence_json(decision: Decision, allowed: frozenset[RecordType]) -> dict[str, Any]:
    """A decision of this service's own rules, in the shape of an agency's matter."""
    return {
        "materials": {m.value: _material(d, allowed) for m, d in decision.materials.items()},
        "must_not_request": [m.value for m in decision.must_not_request],
        "rule_version": decision.rule_version,
    }


def _material(decided: MaterialDecision, allowed: frozenset[RecordType]) -> dict[str, Any]:
    said, title = sentences.describe(decided), sentences.title(decided.material)
    record = decided.satisfied_by if isinstance(decided.satisfied_by, Record) else None
    reasons = [*decided.reasons, *_outside(decided, allowed)]
    return {
        "title_zh": title.zh,
        "title_en": title.en,
        "outcome": decided.outcome.value,
        "satisfied_by": []
        if record is None
        else [{"ref": record.record_id, "type": record.type.value, "version": record.version}],
        "alternatives": [list(group) for group in decided.alternatives],
        "reasons": [reason_json(r, sentences.describe_reason(r, decided)) for r in reasons],
        "text_zh": said.zh,
        "text_en": said.en,
    }


def _outside(decided: MaterialDecision, allowed: frozenset[RecordType]) -> tuple[Reason, ...]:
    """Whether something asked for might be on file in a type that the purpose does not cover."""
    asked = {step for group in decided.alternatives for step in group}
    outside = any(UPLOAD_OF[kind] in asked for kind in RecordType if kind not in allowed)
    return (Reason.PURPOSE_NOT_ALLOWED,) if outside else ()


def _check_guardian(matter: AgencyMatter, wanted: DecisionIn) -> None:
    if matter.guardian is Guardian.MUST and wanted.guardian is None:
        raise MalformedError("the matter needs whoever acts for the person", where="guardian")
    if matter.guardian is Guardian.NONE and wanted.guardian is not None:
        raise MalformedError("the matter knows no guardian", where="guardian")


def judge_kept(
    snapshot: Mapping[str, Any], matter: AgencyMatter | None, rules: Rules | None
) -> dict[str, Any]:
    """The answer that a snapshot leads to, by the matter or rules it names; no IO."""
    if matter is not None:
        facts = CaseFacts.read(Members.of(snapshot["facts"], "facts"))
        return matter_json(judge_matter(matter, facts))
    if rules is None:
        raise MalformedError("a snapshot needs the rules it names", where="rule_version")
    allowed = frozenset(RecordType(word) for word in snapshot["allowed"])
    return residence_json(judge(parse_facts(snapshot["facts"]), rules), allowed)
