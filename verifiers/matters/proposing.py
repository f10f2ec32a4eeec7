"""Whether a version of a matter may be proposed or approved: values only, no IO."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from certstore.errors import (
    CertstoreError,
    ConflictError,
    FieldNotGrantedError,
    ForbiddenError,
    MalformedError,
)
from certstore.tables.matter_proposals import Proposal
from certstore.tables.matters import RegisteredMatter
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.reading import Reading, uncovered

SECOND: Final = 2
_LONGEST_REASON: Final = 1000


def judge_version(
    matter: AgencyMatter,
    document: Mapping[str, Any],
    owner: str,
    known: Sequence[RegisteredMatter],
    today: date,
) -> CertstoreError | None:
    """Why a version may not be registered; None if it may, or stands there just so."""
    if owner != matter.agency_uscc:
        return ForbiddenError("the matter is another agency's", where="matter.agency_uscc")
    same = next((each for each in known if each.version == matter.version), None)
    if same is not None:
        if dict(same.document) == dict(document):
            return None
        return ConflictError(
            "this version is registered and reads otherwise",
            where="matter.version",
            remedy="give what has changed a version of its own",
        )
    last = max((each.effective_from for each in known), default=None)
    if last is not None and (matter.effective_from <= last or matter.effective_from < today):
        return ConflictError(
            "a new version begins after those there are, and not before today",
            where="matter.effective_from",
            remedy="set a later first day",
        )
    return None


def judge_readings(
    matter: AgencyMatter, granted: Mapping[str, Collection[str]]
) -> CertstoreError | None:
    """Why a purpose may not have this matter decided: a condition reads what it was not granted."""
    lacking = [
        (f"{place}.conditions[{n}]", f"{kind}.{reading.covered_by[0]}")
        for place, kind, conditions in _pieces(matter)
        for n, readings in enumerate(conditions)
        for reading in uncovered(readings, granted.get(kind, ()))
    ]
    if not lacking:
        return None
    paths = list(dict.fromkeys(path for _, path in lacking))
    return FieldNotGrantedError(
        "conditions read what the purpose was not granted: " + ", ".join(paths),
        where=lacking[0][0],
        remedy="leave the conditions out, or apply for a wider purpose",
        paths=paths,
    )


def _pieces(matter: AgencyMatter) -> list[tuple[str, str, list[tuple[Reading, ...]]]]:
    """Each piece of evidence that is a record: its place, its type, what its conditions read."""
    return [
        (
            f"matter.materials[{m}].accept[{g}][{e}]",
            evidence.type.value,
            [condition.reads for condition in evidence.conditions],
        )
        for m, material in enumerate(matter.materials)
        for g, group in enumerate(material.accept)
        for e, evidence in enumerate(group)
        if evidence.type is not None
    ]


def judge_proposal(waiting: Sequence[Proposal], matter: AgencyMatter) -> CertstoreError | None:
    """Why a version cannot be proposed while others wait; None if it can."""
    if any(each.code == matter.code for each in waiting):
        return ConflictError(
            "another version of this matter waits for approval",
            where="matter.version",
            remedy="wait until it is decided",
            cause="version_waiting",
        )
    return None


def judge_approval(proposal: Proposal, who: str, step: int) -> CertstoreError | None:
    """Why this person may not give this approval (1 or 2); None if they may."""
    if proposal.asked_by == who:
        return ForbiddenError(
            "whoever proposed it does not approve it", where="approve", cause="applicant"
        )
    if step not in {1, SECOND} or (step == 1) != (proposal.first_by is None):
        return ConflictError(
            "it stands differently by now", where="approve", remedy="open the page again"
        )
    if step == SECOND and proposal.first_by == who:
        return ForbiddenError(
            "the second approval is another person's", where="approve", cause="same_person"
        )
    return None


def judge_reason(reason: str) -> CertstoreError | None:
    """Why this is no reason that the agency can read; None if it is."""
    if reason.strip() and len(reason) <= _LONGEST_REASON and reason.isprintable():
        return None
    return MalformedError(
        f"a reason is a sentence of at most {_LONGEST_REASON} characters", where="reason"
    )


def begins(matter: AgencyMatter, known: Sequence[RegisteredMatter], today: date) -> AgencyMatter:
    """The matter with its first day: one that passed while it waited is the day of approval."""
    if not known or matter.effective_from >= today:
        return matter
    return replace(matter, effective_from=today)
