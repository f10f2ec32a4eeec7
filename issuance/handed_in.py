"""What may be handed in for a material, and what was: words and rules, no IO.

What a picture shows is no fact that rules can judge. So a decision stays what the rules made of
the facts, and what was handed in stands beside it, for an officer to judge (docs/adr/0013).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.vocabulary import Material, Outcome

VERSION = 1
MOST_FILES = 10  # for one material
MOST_BEGUN = 200  # of one application, whatever became of them
LEAST_PAGES: Mapping[str, int] = MappingProxyType(
    {
        "id_card_upload": 2,
        "household_register_upload": 2,
        "property_certificate_upload": 2,
        "lease_contract_upload": 2,
        "lease_filing_upload": 1,
        "dormitory_certificate_upload": 1,
        "kinship_certificate_upload": 1,
        "birth_certificate_upload": 1,
        "guardianship_document_upload": 1,
        "employment_proof_upload": 1,
        "dwelling_proof_upload": 1,
        "study_proof_upload": 1,
        "social_insurance_upload": 1,
        "enrolment_upload": 1,
        "residence_voucher_upload": 1,
        "residence_permit_upload": 1,
        "photo_capture": 1,
        "photo_upload": 1,
    }
)
"""The papers that may be handed in, each with the pages it usually has."""
_PHOTOS = ("photo_capture", "photo_upload")  # from the page of the ID photo

_ASKED = frozenset({Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE, Outcome.BY_COMMITMENT})


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that was handed in and taken, as a decision is kept beside it: without content."""

    ref: str
    material: Material
    document: str
    kind: str
    sha256: str  # of the file as it came
    pages: int
    advice: tuple[str, ...] = ()
    seen_by: str = ""  # the officer who saw the original of it at a counter

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        seen = {"seen_by": self.seen_by} if self.seen_by else {}
        return {
            "ref": self.ref,
            "material": self.material.value,
            "document": self.document,
            "kind": self.kind,
            "sha256": self.sha256,
            "pages": self.pages,
            "advice": list(self.advice),
            **seen,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "HandedIn":
        """Read back what was kept."""
        return cls(
            ref=kept["ref"],
            material=Material(kept["material"]),
            document=kept["document"],
            kind=kept["kind"],
            sha256=kept["sha256"],
            pages=kept["pages"],
            advice=tuple(kept["advice"]),
            seen_by=kept.get("seen_by", ""),
        )


def papers_for(decision: MaterialDecision) -> tuple[str, ...]:
    """Which papers may be handed in for a material; none where nothing is asked for.

    A source that is down asks for nothing, and neither does what is settled. The ID photo has a
    page of its own.
    """
    if decision.outcome not in _ASKED or decision.material is Material.PHOTO:
        return ()
    if decision.outcome is Outcome.BY_COMMITMENT and decision.satisfied_by is not None:
        return ()  # a letter signed earlier stands
    single = (group[0] for group in decision.alternatives if len(group) == 1)
    return tuple(word for word in single if word in LEAST_PAGES)


def counting(found: Iterable[HandedIn], decision: Decision) -> tuple[HandedIn, ...]:
    """What counts towards this decision: for a material still open, a paper that may be given.

    A new photo may always be given, also where one on file would do.
    """
    open_ones = {m: papers_for(d) for m, d in decision.materials.items()}
    if Material.PHOTO in open_ones:
        open_ones[Material.PHOTO] = _PHOTOS
    return tuple(f for f in found if f.document in open_ones.get(f.material, ()))


def materials_of(found: Iterable[HandedIn]) -> frozenset[Material]:
    """The materials for which something was handed in."""
    return frozenset(f.material for f in found)


def pages_missing(found: Iterable[HandedIn], document: str) -> int:
    """How many pages this paper usually has beyond those handed in."""
    given = sum(f.pages for f in found if f.document == document)
    return max(LEAST_PAGES[document] - given, 0)


def as_kept(found: Iterable[HandedIn]) -> dict[str, Any]:
    """What was handed in, as it stands beside a decision; with a version of its own."""
    return {"v": VERSION, "files": [f.as_json() for f in found]}


def read_kept(decision: Mapping[str, Any] | None) -> tuple[HandedIn, ...]:
    """What was handed in beside a stored decision; nothing beside those of earlier days."""
    kept = (decision or {}).get("handed_in", {"files": ()})
    return tuple(HandedIn.from_json(f) for f in kept["files"])


def for_officer(decision: Decision, found: Iterable[HandedIn]) -> tuple[MaterialDecision, ...]:
    """What a person must judge: what the rules leave to one, and what was handed in."""
    given = materials_of(found)
    return tuple(
        d
        for m, d in decision.materials.items()
        if d.outcome is Outcome.OFFICER_REVIEW or d.letter_was_revoked or m in given
    )
