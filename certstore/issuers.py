"""Enrolling authorities whose certificates are sealed here, and knowing which may issue what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from certstore.authority import AuthorityName
from certstore.catalogue import certificate_type
from certstore.clock import Clock, local_date
from certstore.errors import MalformedError, NotFoundError
from certstore.identifiers import CreditCode
from certstore.plain_words import plain_words
from certstore.tables.books import Archive
from certstore.tables.issuers import IssuingAuthority

_LONGEST_NAME = 60  # what the head of a page holds
_LONGEST_SEAL = 24  # issuance/document/seal_drawing.py


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerDesk:
    """Enrols issuing authorities and ends their enrolment."""

    archive: Archive
    clock: Clock

    def enrol(
        self,
        name: AuthorityName,
        types: Sequence[str],
        until: date,
        make_keys: Callable[[AuthorityName], object],
    ) -> IssuingAuthority:
        """Enrol an authority from today until a last day; `make_keys` is run first.

        Enrolled already, it is changed, but for its name: that stands in its keys. MalformedError
        names what is wrong.
        """
        today = local_date(self.clock.now())
        code = CreditCode.parse(name.uscc).value
        if until < today:
            raise MalformedError("the last day has passed", where="until")
        named = AuthorityName(code, _name(name.name_zh), _name(name.name_en))
        for word in types:
            kind = certificate_type(word)
            if not kind.for_others:
                raise MalformedError("this type is not sealed for others", where=word)
            if len(f"{named.name_zh} {kind.seal_zh}") > _LONGEST_SEAL:
                raise MalformedError(
                    f"name and seal ({kind.seal_zh}) have over {_LONGEST_SEAL} characters",
                    where="name",
                )
        if not types:
            raise MalformedError("name at least one type", where="types")
        known = self.find(code)
        if known is not None and (known.name_zh, known.name_en) != (named.name_zh, named.name_en):
            raise MalformedError(
                "an authority keeps the name its keys have",
                where="name",
                remedy="a new name needs new keys",
            )
        make_keys(named)
        issuer = IssuingAuthority(
            uscc=code,
            name_zh=named.name_zh,
            name_en=named.name_en,
            types=tuple(dict.fromkeys(types)),
            enrolled_from=known.enrolled_from if known else today,
            enrolled_to=until,
        )
        with self.archive.writing() as books:
            books.issuers.enrol(issuer)
        return issuer

    def end(self, uscc: str) -> IssuingAuthority:
        """End an enrolment, yesterday being its last day; NotFoundError if there never was one.

        What it issued stays as it is; nobody can change it through the API any more.
        """
        today = local_date(self.clock.now())
        with self.archive.writing() as books:
            found = books.issuers.find(uscc)
            if found is None:
                raise NotFoundError("no such authority was ever enrolled", where=uscc)
            yesterday = date.fromordinal(today.toordinal() - 1)
            ended = replace(found, enrolled_to=min(found.enrolled_to, yesterday))
            books.issuers.enrol(ended)
        return ended

    def find(self, uscc: str) -> IssuingAuthority | None:
        """The authority with this credit code, enrolled now or once."""
        with self.archive.reading() as books:
            return books.issuers.find(uscc)

    def all(self) -> list[IssuingAuthority]:
        """Every authority that was ever enrolled."""
        with self.archive.reading() as books:
            return books.issuers.all()


def _name(text: str) -> str:
    try:
        said = plain_words(text.strip())
    except ValueError as error:
        raise MalformedError(str(error), where="name") from error
    if len(said) > _LONGEST_NAME:
        raise MalformedError(f"a name has 1 to {_LONGEST_NAME} characters", where="name")
    return said
