"""The operators' pages about versions of matters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

from certstore.callers import Operator
from certstore.tables.matter_proposals import Proposal
from certstore.tables.matters import RegisteredMatter
from certstore.web.shell import Signed
from tests.e2e.pages.onboarding_samples import ENROLMENT
from tests.e2e.pages.people import Sample
from verifiers.matters.approving import ProposalFile
from verifiers.matters.matter import read_file
from verifiers.pages.matter_views import version_view, versions_view

ZHENG = Signed("郑运维", "operator")
OPERATOR, SECOND = Operator("郑运维", "A01"), Operator("孟运维", "A02")
ASKED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_FOLDER = files("certstore.service").joinpath("demo_matters")
DOCUMENT = dict(read_file(_FOLDER.joinpath("school_enrolment.toml").read_bytes(), toml=True))
LATER = DOCUMENT | {
    "version": "2027-1",
    "effective_from": "2027-01-01",
    "materials": [
        DOCUMENT["materials"][0] | {"otherwise": "officer_review"},
        *DOCUMENT["materials"][1:3],
    ],
}
PROPOSED = Proposal(
    ref="5f0c2d7be1a94c36h7k2",
    code="school_enrolment",
    version="2027-1",
    agency_uscc="11310000MB0T00058A",
    document=LATER,
    asked_by="school-enrolment",
    client="school-enrolment",
    asked_at=ASKED,
)
REVIEWED = replace(PROPOSED, first_by="operator A01", first_at=ASKED)
REFUSED = replace(
    PROPOSED, outcome="refused", closed_by="operator A01", closed_at=ASKED, reason="依据的条文不对"
)
FIRST = replace(PROPOSED, document=DOCUMENT, version="2026-1")
AT_ONCE = replace(FIRST, outcome="sandbox", closed_by="sandbox", closed_at=ASKED)
BEFORE = RegisteredMatter(
    code="school_enrolment",
    version="2026-1",
    effective_from=date(2026, 1, 1),
    agency_uscc="11310000MB0T00058A",
    document=DOCUMENT,
    registered_at=ASKED,
    registered_by="school-enrolment",
)


def versions() -> Iterator[Sample]:
    """What waits, and one version in each state."""
    path = "/console/matters"
    full = versions_view(OPERATOR, [REVIEWED], [REFUSED, AT_ONCE], "zh")
    yield _sample("versions", "console_matters", full, path)
    yield _sample("versions-none", "console_matters", versions_view(OPERATOR, [], [], "zh"), path)
    for name, proposal, before, me in (
        ("first", FIRST, None, OPERATOR),
        ("later", PROPOSED, BEFORE, OPERATOR),
        ("own", REVIEWED, BEFORE, OPERATOR),
        ("second", REVIEWED, BEFORE, SECOND),
        ("refused", REFUSED, BEFORE, OPERATOR),
        ("sandbox", AT_ONCE, None, OPERATOR),
    ):
        file = ProposalFile(proposal=proposal, before=before, purposes=[ENROLMENT])
        at = f"{path}/{proposal.ref}"
        yield _sample(f"version-{name}", "console_matter", version_view(me, file, "zh"), at)


def _sample(name: str, template: str, view: object, path: str) -> Sample:
    return Sample(name, f"verifiers/{template}.html", view, path, ZHENG, wide=True)
