"""The register of agencies' matters: every version for good, each with a first day of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from certstore.callers import Service
from certstore.clock import Clock, local_date
from certstore.errors import (
    CertstoreError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    PurposeError,
)
from certstore.tables.books import Archive, Books
from certstore.tables.matters import RegisteredMatter
from verifiers.matters.matter import AgencyMatter

OPERATOR = "operator"  # who registers by the command line, and not by a token


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A version of a matter, and whether it was registered just now or stood there before."""

    matter: AgencyMatter
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDesk:
    """Registers matters, and finds the version in force."""

    archive: Archive
    clock: Clock

    def register(self, document: Mapping[str, Any], by: str = OPERATOR) -> Registered:
        """Register a version; the same again changes nothing.

        Raises MalformedError with the path of a fault, ForbiddenError for another agency's
        matter, ConflictError for a version that is there and reads otherwise, or that does not
        begin after those that are there and not before today.
        """
        matter = AgencyMatter.read(document)
        now = self.clock.now()
        with self.archive.writing() as books:
            owner = books.matters.own(matter.code, matter.agency_uscc)
            known = books.matters.versions(matter.code)
            refusal = judge_version(matter, document, owner, known, local_date(now))
            if refusal is not None:
                raise refusal
            anew = not any(each.version == matter.version for each in known)
            if anew:
                kept = RegisteredMatter(
                    code=matter.code,
                    version=matter.version,
                    effective_from=matter.effective_from,
                    agency_uscc=matter.agency_uscc,
                    document=document,
                    registered_at=now,
                    registered_by=by,
                )
                books.matters.add(kept)
        return Registered(matter=matter, anew=anew)

    def register_for(self, service: Service, code: str, document: Mapping[str, Any]) -> Registered:
        """The same for a client: its own agency's matter, which its token is for."""
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
        return self.register(document, service.client_id)

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
            remedy="see /v1/catalog/matters",
        )
    return begun[-1]


def by_version(books: Books, rule_version: str) -> RegisteredMatter:
    """The version that a decision names; NotFoundError if there is none."""
    code, _, version = rule_version.partition("/")
    for each in books.matters.versions(code):
        if each.version == version:
            return each
    raise NotFoundError("no matter has that version", where="rule_version")


def judge_version(
    matter: AgencyMatter,
    document: Mapping[str, Any],
    owner: str,
    known: list[RegisteredMatter],
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
