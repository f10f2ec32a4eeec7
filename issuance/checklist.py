"""What an applicant must still hand in: gathers the facts, and asks the judging code.

The facts of a decision are kept whole beside it, so that it can be judged again later from
its snapshot and rule version, with the same result.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from certstore.certificates import Certificate, Holder, Status
from certstore.clock import CHINA, Clock
from certstore.tables.books import Archive
from face_auth.acceptance import FaceDesk
from issuance.application import Application
from verifiers.materials.decisions import Decision
from verifiers.materials.facts import Facts, parse_facts
from verifiers.materials.live_check import Confirmed, LiveCheckDesk
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.snapshots import judge_again, take_snapshot
from verifiers.materials.vocabulary import RecordType

_RECORD_TYPES = frozenset(kind.value for kind in RecordType)
_NO_REUSE = frozenset({"residence_voucher"})  # our own voucher shows no dwelling to itself


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision and the facts it was made from."""

    facts: Facts
    decision: Decision
    confirmed: Confirmed = field(default_factory=Confirmed)  # what sources said of the records

    def as_json(self) -> dict[str, Any]:
        """The snapshot it can be judged again from, what was decided, and on whose word."""
        said = self.confirmed.by_record.values()
        return {
            **take_snapshot(self.facts, self.decision),
            "decision": self.decision.as_json(),
            "confirmations": [confirmation.as_json() for confirmation in said],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistDesk:
    """Judges applications by the rules of the day."""

    archive: Archive
    face: FaceDesk
    live: LiveCheckDesk
    rules: RuleBook
    clock: Clock
    city: str
    sources_down: tuple[str, ...] = ()
    later_from: date | None = None

    def check(self, application: Application) -> Checked:
        """Judge every material the matter asks for, as things stand now."""
        facts = self._facts(application)
        rules = self.rules.in_force(facts.day, later_from=self.later_from)
        return Checked(*self.live.judge(facts, lambda known: judge(known, rules)))

    def judge_again(self, kept: dict[str, Any]) -> Decision:
        """Judge a stored decision anew, from its snapshot and by its version of the rules."""
        snapshot = {name: kept[name] for name in ("facts", "rule_version")}
        return judge_again(snapshot, self.rules)

    def _facts(self, application: Application) -> Facts:
        answers, holder = application.answers, application.applicant
        relative = None
        if answers.occupier == "relative" and answers.relative is not None:
            said = answers.relative
            relative = {
                "name": said.name,
                "id_type": "111",
                "id_number": said.id_number,
                "relation": said.relation,
            }
        results = self.face.results_for(holder, application.ref)
        return parse_facts(
            {
                "matter": application.matter.value,
                "as_of": self.clock.now().astimezone(CHINA).isoformat(),
                "applicant": _person(holder),
                "guardian": None,
                "context": {
                    "dwelling": answers.dwelling,
                    "occupier": answers.occupier,
                    "relative": relative,
                    "address": answers.full_address(self.city),
                },
                "on_file": [_record(c) for c in self._on_file(application)],
                "face_results": [result.as_facts() for result in results],
                "sources_down": list(self.sources_down),
            }
        )

    def _on_file(self, application: Application) -> Iterable[Certificate]:
        """What names the applicant or the relative, by number, or the applicant by name."""
        answers, holder = application.answers, application.applicant
        with self.archive.reading() as books:
            found = books.register.held_by(holder.id_type, holder.id_number)
            found += books.register.naming(holder.name)
            if answers.occupier == "relative" and answers.relative is not None:
                found += books.register.held_by("111", answers.relative.id_number)
        unique = {c.ref: c for c in found if c.type_code in _RECORD_TYPES - _NO_REUSE}
        return unique.values()


def _person(holder: Holder) -> dict[str, str]:
    return {"name": holder.name, "id_type": holder.id_type, "id_number": holder.id_number}


def _record(certificate: Certificate) -> dict[str, Any]:
    validity = certificate.validity
    return {
        "record_id": certificate.ref,
        "version": certificate.version,
        "type": certificate.type_code,
        "holders": [_person(h) for h in certificate.holders],
        "issuer_uscc": certificate.issuer_uscc,
        "number": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_from": validity.valid_from.isoformat(),
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else None,
        "status": _status(certificate),
        "under_dispute": certificate.under_dispute,
        "claims": dict(certificate.fields),
    }


def _status(certificate: Certificate) -> str:
    # An endorsement overdue is no word of the facts: what it means for reuse is "expired".
    return "expired" if certificate.status is Status.SUSPENDED else certificate.status.value
