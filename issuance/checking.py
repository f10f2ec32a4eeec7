"""Checking an application step by step: who may be looked up now is, on the record, and judged."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from certstore.clock import Clock, local_date
from certstore.tables.books import Archive, Books
from issuance.application import Application
from issuance.beginning import Gates, obstacle
from issuance.checklist import Checked, ChecklistDesk
from issuance.looking_up import Other, child_of, look_up, looked_up, may_look_up, relative_of
from issuance.tables import ApplicationBook
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDesk:
    """Says what is left to do, and looks up for it what may be looked up by now."""

    archive: Archive
    checklist: ChecklistDesk
    clock: Clock
    origin: str
    city: str
    gates: Gates = field(default_factory=dict)
    at_counter: bool = False  # the person stands there; see ChecklistDesk.check

    def check(self, application: Application, *, for_officer: bool = False) -> Checked:
        """Judge an application for its applicant, or whole, as an officer must have it.

        A child is looked up once the guardian's own face result was accepted; a relative once
        the letter is signed, too. For an officer both are.
        """
        now = self.clock.now()
        checked = self._judged(application)
        too_many = set()
        others = ((Material.GUARDIANSHIP, child_of), (Material.DWELLING, relative_of))
        for material, other_of in others:
            other = other_of(application)
            if other is None or material not in checked.not_looked_up:
                continue
            if not for_officer and not self._is_due(application, checked, material):
                continue
            if self._look_up(application, other, now, limited=not for_officer):
                checked = self._judged(application)
            else:
                too_many.add(material)
        if for_officer:
            checked = self._judged(application, whole=True)
        return self._finished(application, replace(checked, too_many=frozenset(too_many)), now)

    def _judged(self, application: Application, *, whole: bool = False) -> Checked:
        return self.checklist.check(application, whole=whole, at_counter=self.at_counter)

    def _is_due(self, application: Application, checked: Checked, material: Material) -> bool:
        """Whether what must come first was done: the face, and for a relative the letter."""
        results = self.checklist.face_results(application)
        identity = checked.decision.materials.get(Material.IDENTITY)
        verified = any(result.accepted for result in results)
        if not verified and (identity is None or not identity.asks_nothing_again):
            return False
        if material is Material.GUARDIANSHIP:
            return True
        signed = application.commitment is not None or not checked.decision.awaits_letter
        return signed and checked.guardian_is_proven

    def _look_up(
        self, application: Application, other: Other, now: datetime, *, limited: bool
    ) -> bool:
        with self.archive.writing() as books:
            ApplicationBook(books.connection).locked(application.ref)
            if other.key in looked_up(books, application):
                return True  # in another window, a moment ago
            if limited and not may_look_up(books, application, other, now):
                return False
            look_up(books, self.origin, application, other, now)
        return True

    def _finished(self, application: Application, checked: Checked, now: datetime) -> Checked:
        """With the obstacle, if there is one; a guardianship just proven is remembered."""
        if not checked.guardian_is_proven:
            return checked
        proof = _proof(checked)
        if proof is not None:
            with self.archive.writing() as books:
                child = books.people.named(application.applicant).id
                books.guardianships.prove(application.actor_id, child, now, record=proof)
        with self.archive.reading() as books:
            today, promised = local_date(now), checked.promised
            found = obstacle(books, application, today, self.city, self.gates, promised=promised)
        return replace(checked, obstacle=found)


def person_of(books: Books, application: Application, checked: Checked) -> int:
    """Whose row the application is about: the child's once a record names both, else the actor's.

    What somebody merely said about a child is written to no row of the child's.
    """
    proven = application.answers.child is not None and _proof(checked) is not None
    return books.people.named(application.applicant).id if proven else application.actor_id


def _proof(checked: Checked) -> str | None:
    """The record that proves the guardianship, if one does."""
    decided = checked.decision.materials.get(Material.GUARDIANSHIP)
    evidence = decided.satisfied_by if decided else None
    return evidence.record_id if isinstance(evidence, Record) else None
