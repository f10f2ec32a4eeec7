"""What operators see of matters: which versions wait, what each says, what has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from certstore.callers import Operator
from certstore.offices import office_name
from certstore.onboarding.approval import operator_name
from certstore.pages.usage_pages import label_of
from certstore.tables.matter_proposals import Proposal
from certstore.web.dress import Lang
from certstore.web.texts import Texts
from verifiers.matters.approving import ProposalFile
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.plain import Line, compared, lines_of
from verifiers.matters.reading import uncovered


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version in a list."""

    href: str
    title: str
    version: str
    agency: str
    asked_at: datetime
    state: str
    step: int
    mine: bool  # this operator has approved it, so another one is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsView:
    """`verifiers/console_matters.html`, GET /console/matters."""

    operator: str
    waiting: tuple[VersionRow, ...]
    decided: tuple[VersionRow, ...]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """Something that conditions read of a type, and whether a purpose of the agency covers it."""

    certificate: str
    question: str
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """`verifiers/console_matter.html`, GET /console/matters/{ref}."""

    operator: str
    ref: str
    title: str
    version: str
    before: str  # the version before, empty if it is the first
    agency: str
    state: str
    asked_by: str
    asked_at: datetime
    first_by: str
    closed_by: str
    reason: str
    effective_from: date
    step: int
    may: bool
    lines: tuple[Line, ...]
    reads: tuple[ReadRow, ...]


def versions_view(
    me: Operator, waiting: Sequence[Proposal], decided: Sequence[Proposal], lang: Lang
) -> VersionsView:
    """The lists."""
    return VersionsView(
        operator=f"{me.name} {me.number}",
        waiting=tuple(_row(me, each, lang) for each in waiting),
        decided=tuple(_row(me, each, lang) for each in decided),
    )


def _row(me: Operator, proposal: Proposal, lang: Lang) -> VersionRow:
    return VersionRow(
        href=f"/console/matters/{proposal.ref}",
        title=proposal.document[f"title_{lang}"],
        version=f"{proposal.code}/{proposal.version}",
        agency=office_name(proposal.agency_uscc, lang),
        asked_at=proposal.asked_at,
        state=_state(proposal),
        step=1 if proposal.first_by is None else 2,
        mine=proposal.first_by == operator_name(me),
    )


def _state(proposal: Proposal) -> str:
    return "sandbox" if proposal.outcome == "sandbox" else proposal.state


def version_view(me: Operator, file: ProposalFile, lang: Lang) -> VersionView:
    """One version with what it asks, in words, and what its conditions read."""
    proposal, texts = file.proposal, Texts(lang)
    matter = AgencyMatter.read(proposal.document)
    now = lines_of(proposal.document, texts)
    before = None if file.before is None else lines_of(file.before.document, texts)
    who = operator_name(me)
    return VersionView(
        operator=f"{me.name} {me.number}",
        ref=proposal.ref,
        title=proposal.document[f"title_{lang}"],
        version=matter.rule_version,
        before="" if file.before is None else f"{proposal.code}/{file.before.version}",
        agency=office_name(proposal.agency_uscc, lang),
        state=_state(proposal),
        asked_by=proposal.asked_by,
        asked_at=proposal.asked_at,
        first_by=proposal.first_by or "",
        closed_by=proposal.closed_by or "",
        reason=proposal.reason,
        effective_from=matter.effective_from,
        step=1 if proposal.first_by is None else 2,
        may=proposal.outcome is None and who not in {proposal.asked_by, proposal.first_by},
        lines=tuple(now if before is None else compared(now, before)),
        reads=tuple(_reads(matter, file, lang)),
    )


def _reads(matter: AgencyMatter, file: ProposalFile, lang: Lang) -> list[ReadRow]:
    texts = Texts(lang)
    pieces = [e for m in matter.materials for group in m.accept for e in group if e.type]
    found: dict[tuple[str, str], ReadRow] = {}
    for evidence in pieces:
        kind = str(evidence.type)
        for reading in evidence.reads:
            covers = [
                purpose
                for purpose in file.purposes
                if not uncovered([reading], purpose.fields.get(kind, ()))
            ]
            row = ReadRow(
                str(texts(f"type.{kind}")), label_of(reading.question, kind, lang), bool(covers)
            )
            found[kind, reading.question] = row
    return list(found.values())
