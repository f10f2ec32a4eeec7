"""Whose a paper or a photo must be, for the officer who holds it against the picture; no IO.

Masked, a paper in another's name looks like the applicant's own. So beside what is to be judged
stand name and number in full, of those alone whom that material concerns, and only until the case
is decided; opening the case was recorded as showing them (looks.py).
"""

from collections.abc import Iterator

from issuance.application import WITH_OFFICERS, Application
from issuance.pages.desk_views import Whose
from verifiers.materials.vocabulary import Material

_OF_THE_HOME = frozenset({Material.DWELLING, Material.KINSHIP})


def whose(application: Application, material: Material) -> tuple[Whose, ...]:
    """Whom what was handed in for a material must name; nobody once the case is decided."""
    if application.state not in WITH_OFFICERS:
        return ()
    return tuple(_people(application, material))


def _people(application: Application, material: Material) -> Iterator[Whose]:
    person, guardian = application.applicant, application.guardian
    if guardian is None or material is not Material.IDENTITY:  # a guardian proves their own
        yield Whose("child" if guardian else "applicant", person.name, person.id_number)
    if guardian and material in {Material.IDENTITY, Material.GUARDIANSHIP}:
        yield Whose("guardian", guardian.name, guardian.id_number)
    said = application.answers
    if said.relative and said.occupier == "relative" and material in _OF_THE_HOME:
        yield Whose("relative", said.relative.name, said.relative.id_number)
