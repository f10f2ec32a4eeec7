"""The register of agencies' matters: every version for good, each with a first day of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    PurposeError,
)
from certstore.tables.books import Archive, Books
from certstore.tables.matter_proposals import Proposal
from certstore.tables.matters import RegisteredMatter
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.proposing import judge_proposal, judge_readings, judge_version

OPERATOR: Final = "operator"  # who proposes by the command line, and not by a token
SANDBOX: Final = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A version of a matter: whether it is there since just now, and how it stands.

    `state` is proposed, reviewed, active or refused, then with the `reason`; `approval` says by
    whom an active one was approved: two_people, sandbox or earlier.
    """

    matter: AgencyMatter
    anew: bool
    state: str = "active"
    approval: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDesk:
    """Takes versions of matters in, and finds the version in force.

    A version counts once two people have approved it; on a sandbox at once, and marked so.
    """

    archive: Archive
    clock: Clock
    sandbox: bool = False

    def register(self, document: Mapping[str, Any], by: str = OPERATOR) -> Registered:
        """Propose a version, which a sandbox approves; the same again changes nothing.

        Raises MalformedError with the path of a fault, ForbiddenError for another agency's
        matter, ConflictError for a version that is there and reads otherwise, that does not
        begin after those that are there and not before today, or while another one waits.
        """
        return self.propose(document, by, at_once=self.sandbox)

    def propose(
        self,
        document: Mapping[str, Any],
        by: str = OPERATOR,
        *,
        client: str | None = None,
        at_once: bool = False,
    ) -> Registered:
        """The same; only with `at_once` nobody has to approve it."""
        matter = AgencyMatter.read(document)
        now = self.clock.now()
        with self.archive.writing() as books:
            standing = _standing(books, matter, document)
            if standing is not None:
                return standing
            refusal = judge_version(matter, document, *_known(books, matter), local_date(now))
            refusal = refusal or judge_proposal(books.matter_proposals.waiting(), matter)
            if refusal is not None:
                raise refusal
            proposal = Proposal(
                ref=reference(),
                code=matter.code,
                version=matter.version,
                agency_uscc=matter.agency_uscc,
                document=document,
                asked_by=by,
                client=client,
                asked_at=now,
                outcome=SANDBOX if at_once else None,
                closed_by=SANDBOX if at_once else None,
                closed_at=now if at_once else None,
            )
            if not books.matter_proposals.add(proposal):
                raise ConflictError("another version of this matter waits", where="matter.version")
            if at_once:
                enter(books, proposal, matter, SANDBOX, now)
            tell(books, proposal, proposal.state, now)
        approval = SANDBOX if at_once else ""
        return Registered(matter=matter, anew=True, state=proposal.state, approval=approval)

    def register_for(self, service: Service, code: str, document: Mapping[str, Any]) -> Registered:
        """The same for a client: its own agency's matter, which its token is for.

        FieldNotGrantedError where a condition reads what its purpose was not granted.
        """
        if "matters" not in service.actions:
            raise PurposeError(
                "the token was not asked for with the action matters",
                where="actions",
                remedy="get a token that names it in authorization_details",
                cause="action_not_granted",
            )
        if service.matter_code != code:
            raise PurposeError("the token is for another matter", where="code")
        matter = AgencyMatter.read(document)
        if matter.code != code:
            raise ConflictError("the matter has another code than the address", where="matter.code")
        if matter.agency_uscc != service.agency_uscc:
            raise ForbiddenError("the matter names another agency", where="matter.agency_uscc")
        with self.archive.reading() as books:
            purpose = books.sharing.purpose(service.purpose_id)
        refusal = judge_readings(matter, {} if purpose is None else purpose.fields)
        if refusal is not None:
            raise refusal
        client = service.client_id
        return self.propose(document, client, client=client, at_once=self.sandbox)

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def catalogue(self) -> list[RegisteredMatter]:
        """Of every matter the version in force, or where none is yet, the first that will be."""
        today = self.today()
        with self.archive.reading() as books:
            every = books.matters.every()
        found: dict[str, RegisteredMatter] = {}
        for version in every:  # by first day
            if version.code not in found or version.effective_from <= today:
                found[version.code] = version
        return list(found.values())

    def versions(self, code: str) -> list[RegisteredMatter]:
        """Every version of a matter, by its first day."""
        with self.archive.reading() as books:
            return books.matters.versions(code)


def in_force(books: Books, code: str, on: date) -> RegisteredMatter:
    """The version with the latest first day not after `on`; NotFoundError where there is none."""
    begun = [v for v in books.matters.versions(code) if v.effective_from <= on]
    if not begun:
        raise NotFoundError(
            "no matter of this code is in force",
            where="matter_code",
            remedy="see /v1/catalog/matters; one that waits for approval does not count yet",
        )
    return begun[-1]


def read_registered(registered: RegisteredMatter) -> AgencyMatter:
    """What a registered version says; read once, as it never changes."""
    return _read_once(json.dumps(registered.document, ensure_ascii=False))


@lru_cache(maxsize=64)
def _read_once(document: str) -> AgencyMatter:
    return AgencyMatter.read(json.loads(document))


def by_version(books: Books, rule_version: str) -> RegisteredMatter:
    """The version that a decision names; NotFoundError if there is none."""
    code, _, version = rule_version.partition("/")
    for each in books.matters.versions(code):
        if each.version == version:
            return each
    raise NotFoundError("no matter has that version", where="rule_version")


def enter(
    books: Books, proposal: Proposal, matter: AgencyMatter, approval: str, now: datetime
) -> None:
    """Enter a version for good: from its first day it is in force."""
    version = RegisteredMatter(
        code=matter.code,
        version=matter.version,
        effective_from=matter.effective_from,
        agency_uscc=matter.agency_uscc,
        document=proposal.document,
        registered_at=now,
        registered_by=proposal.client or OPERATOR,
        approval=approval,
    )
    if not books.matters.add(version):
        raise ConflictError("the version is there already", where="matter.version")


def tell(books: Books, proposal: Proposal, state: str, now: datetime) -> None:
    """Queue the event that a version stands differently, for the service that proposed it."""
    if proposal.client is not None:
        said = {"client": proposal.client, "matter": proposal.code, "state": state}
        books.outbox.add("matter.state_changed", said, now)


def _known(books: Books, matter: AgencyMatter) -> tuple[str, list[RegisteredMatter]]:
    """Whose the code is, and the versions that are there."""
    owner = books.matters.own(matter.code, matter.agency_uscc)
    return owner, books.matters.versions(matter.code)


def _standing(books: Books, matter: AgencyMatter, document: Mapping[str, Any]) -> Registered | None:
    """How this very version stands; None if it is new, or was refused and reads otherwise now."""
    for each in books.matters.versions(matter.code):
        if each.version == matter.version and dict(each.document) == dict(document):
            return Registered(matter=matter, anew=False, approval=each.approval)
    for proposal in books.matter_proposals.of_version(matter.code, matter.version):
        if dict(proposal.document) == dict(document):
            return Registered(
                matter=matter, anew=False, state=proposal.state, reason=proposal.reason
            )
    return None
