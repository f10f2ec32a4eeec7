"""Pulls by clerks of agencies without a system of their own, on the path that the API takes.

Every step is a search or a pull of the sharing desk, with the clerk's number as the operator.
Name and number must agree: where they do not, the clerk reads the same as of nobody, and whoever
has the number sees that somebody looked.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certstore.callers import Clerk, Service
from certstore.cases.desk import CaseAccess, CaseDesk
from certstore.catalogue import certificate_type
from certstore.errors import ForbiddenError, NotFoundError
from certstore.sharing.desk import SharingDesk
from certstore.sharing.grants import LegalBasis, Operator, PullRequest, SearchRequest
from certstore.tables.books import Archive
from certstore.tables.sharing import Client, Purpose
from certstore.web.dress import Lang

ACTION = "counter"
_USED = ("search", "pull")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a clerk typed: for which purpose and case, about whom, and what the holder gave."""

    purpose_id: str
    case_no: str
    name: str
    id_number: str
    id_type: str = "111"
    use_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterDesk:
    """Finds and gives what a clerk's agency may have."""

    archive: Archive
    sharing: SharingDesk
    cases: CaseDesk

    def is_open_to(self, clerk: Clerk) -> bool:
        """Whether this clerk's agency may ask here at all."""
        return bool(self._open_to(clerk))

    def purposes(self, clerk: Clerk) -> list[Purpose]:
        """The active purposes that this clerk's agency may ask for here; ForbiddenError if none."""
        found = [purpose for _, purpose in self._open_to(clerk)]
        if not found:
            raise ForbiddenError(
                "your organisation has no purpose that clerks may ask for here",
                remedy="apply for one with the action counter",
            )
        return found

    def office(self, clerk: Clerk, lang: Lang) -> str:
        """What the clerk's agency is called."""
        for client, _ in self._open_to(clerk):
            return client.agency if lang == "zh" else client.agency_en
        return clerk.organisation_uscc

    def find(self, clerk: Clerk, asking: Asking) -> Sequence[dict[str, Any]]:
        """References and status of what the purpose covers; empty as well where the name differs.

        Recorded as a search whichever it is.
        """
        service = self._service(clerk, asking.purpose_id)
        request = SearchRequest(
            purpose_id=service.purpose_id,
            case_no=asking.case_no,
            subject_type=asking.id_type,
            subject_number=asking.id_number,
            cert_types=tuple(service.fields),
            operator=Operator(clerk.number),
        )
        found: Sequence[dict[str, Any]] = self.sharing.search(service, request)["evidence"]
        return found if self._agrees(asking) else ()

    def pull(
        self, clerk: Clerk, asking: Asking, ref: str, fields: Sequence[str]
    ) -> dict[str, Any] | None:
        """The chosen fields, as the API gives them; None where the name differs, which is recorded.

        Raises what a pull raises.
        """
        if not self._agrees(asking):
            self.find(clerk, asking)
            return None
        service = self._service(clerk, asking.purpose_id)
        request = PullRequest(
            ref=ref,
            purpose_id=service.purpose_id,
            matter_code=service.matter_code,
            case_no=asking.case_no,
            fields=fields,
            subject_type=asking.id_type,
            subject_number=asking.id_number,
            operator=Operator(clerk.number),
            legal_basis=_ground(asking),
        )
        return self.sharing.pull(service, request)

    def of_case(self, clerk: Clerk, case_no: str) -> list[CaseAccess]:
        """What this clerk's agency did under a case number, by whichever of its purposes."""
        with self.archive.reading() as books:
            of_agency = books.sharing.of_agency(clerk.organisation_uscc)
            keys = {purpose.purpose_id: client.agency_key for client, purpose in of_agency}
            return self.cases.found(books, keys, case_no)

    def granted(self, clerk: Clerk, purpose_id: str, cert_type: str) -> Sequence[str]:
        """The fields of a type that may be chosen; a page gives no photo and asks no questions."""
        granted = self._service(clerk, purpose_id).fields.get(cert_type, ())
        kind = certificate_type(cert_type)
        return [path for path in granted if kind.field(path) is not None]

    def _open_to(self, clerk: Clerk) -> list[tuple[Client, Purpose]]:
        with self.archive.reading() as books:
            found = books.sharing.of_agency(clerk.organisation_uscc)
        return [(client, purpose) for client, purpose in found if ACTION in purpose.actions]

    def _service(self, clerk: Clerk, purpose_id: str) -> Service:
        """The purpose as a token would speak for it; another agency's is as absent as none."""
        for client, purpose in self._open_to(clerk):
            if purpose.purpose_id == purpose_id:
                return _as_service(client, purpose)
        raise NotFoundError("your organisation has no such purpose", where="purpose")

    def _agrees(self, asking: Asking) -> bool:
        """Whether the number's person has this name, by anything that the register holds."""
        with self.archive.reading() as books:
            held = books.register.held_by(asking.id_type, asking.id_number)
        meant = (asking.id_type, asking.id_number.upper())
        names = {h.name for c in held for h in c.holders if (h.id_type, h.id_number) == meant}
        return _plain(asking.name) in {_plain(name) for name in names}


def _as_service(client: Client, purpose: Purpose) -> Service:
    return Service(
        client_id=client.client_id,
        agency=client.agency,
        agency_en=client.agency_en,
        agency_uscc=client.agency_uscc,
        purpose_id=purpose.purpose_id,
        matter_code=purpose.matter_code,
        title_zh=purpose.title_zh,
        title_en=purpose.title_en,
        fields={kind: tuple(paths) for kind, paths in purpose.fields.items()},
        legal_basis=dict(purpose.legal_basis),
        actions=tuple(action for action in purpose.actions if action in _USED),
        version=purpose.version,
    )


def _ground(asking: Asking) -> LegalBasis | None:
    """A code that the holder handed over is the consent of this one case."""
    if not asking.use_code:
        return None
    return LegalBasis(kind="consent", use_code=asking.use_code)


def _plain(name: str) -> str:
    """A name without spaces; a rare character stays another name (NFC, not NFKC)."""
    spaced = unicodedata.normalize("NFC", name).replace("\u3000", " ")
    return "".join(spaced.split()).casefold()
