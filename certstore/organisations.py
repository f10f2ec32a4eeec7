"""Enrolling employers and schools, and knowing whom a clerk may act for."""

from dataclasses import dataclass, replace
from datetime import date

from certstore.callers import Clerk
from certstore.clock import Clock, local_date
from certstore.errors import ForbiddenError, MalformedError, NotFoundError
from certstore.identifiers import CreditCode
from certstore.tables.books import Archive
from certstore.tables.organisations import Organisation

KINDS = ("employer", "school")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDesk:
    """Enrols organisations, ends their enrolment, and answers whom a clerk acts for."""

    archive: Archive
    clock: Clock

    def enrol(self, uscc: str, names: tuple[str, str], kind: str, until: date) -> Organisation:
        """Enrol an organisation from today until a last day; `names` in Chinese and English.

        Enrolled already, it is changed. MalformedError names what is wrong.
        """
        today = local_date(self.clock.now())
        if kind not in KINDS:
            raise MalformedError(f"an organisation is one of {', '.join(KINDS)}", where="kind")
        if until < today:
            raise MalformedError("the last day has passed", where="until")
        for name in names:
            if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
                raise MalformedError(f"a name has 1 to {_LONGEST_NAME} characters", where="name")
        code = CreditCode.parse(uscc).value
        with self.archive.writing() as books:
            known = books.organisations.find(code)
            organisation = Organisation(
                uscc=code,
                name_zh=names[0].strip(),
                name_en=names[1].strip(),
                kind=kind,
                enrolled_from=known.enrolled_from if known else today,
                enrolled_to=until,
            )
            books.organisations.enrol(organisation)
        return organisation

    def end(self, uscc: str) -> Organisation:
        """End an enrolment, today being its last day; NotFoundError if there never was one."""
        today = local_date(self.clock.now())
        with self.archive.writing() as books:
            found = books.organisations.find(uscc)
            if found is None:
                raise NotFoundError("no such organisation was ever enrolled", where=uscc)
            ended = replace(found, enrolled_to=min(found.enrolled_to, today))
            books.organisations.enrol(ended)
        return ended

    def all(self) -> list[Organisation]:
        """Every organisation that was ever enrolled."""
        with self.archive.reading() as books:
            return books.organisations.all()

    def find(self, clerk: Clerk) -> Organisation | None:
        """The organisation a clerk acts for, if it is enrolled today."""
        with self.archive.reading() as books:
            found = books.organisations.find(clerk.organisation_uscc)
        enrolled = found is not None and found.enrolled_on(local_date(self.clock.now()))
        return found if enrolled else None

    def of(self, clerk: Clerk) -> Organisation:
        """The organisation a clerk acts for; ForbiddenError if it is not enrolled today."""
        found = self.find(clerk)
        if found is None:
            raise ForbiddenError(
                "this organisation is not enrolled, or no longer",
                where=clerk.organisation_uscc,
                remedy="ask the registry to enrol it",
            )
        return found
