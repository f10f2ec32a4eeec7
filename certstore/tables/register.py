"""The register: every certificate, sealed here or handed in, and what became of it.

Promises: a number, once given, is never given again; nothing is deleted; a certificate
handed in is known by (source, record, version) and taken once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Select,
    String,
    Table,
    func,
    select,
)

from certstore.certificates import (
    Certificate,
    Draft,
    File,
    Holder,
    Status,
    StatusEntry,
)
from certstore.errors import ConflictError, NotFoundError
from certstore.holds.kinds import ENDED
from certstore.tables.certificate_rows import (
    NOT_PLAINLY_VALID,
    certificate_holders,
    certificates,
    certificates_naming,
    certificates_of,
    current_certificates,
    file_json,
    read_certificates,
    values_of,
)
from certstore.tables.metadata import insert_once, metadata

serial_numbers = Table(
    "serial_numbers",
    metadata,
    Column("type_code", String(40), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

_CURRENT = ("sealed", "handed_in")


class Register:
    """The register, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- numbers -------------------------------------------------------------------------

    def next_serial(self, type_code: str, year: int) -> int:
        """The next serial number of this type and year; given out once, gaps are harmless."""
        key = {"type_code": type_code, "year": year}
        insert_once(self._connection, serial_numbers, {**key, "last": 0})
        statement = (
            serial_numbers.update()
            .where(serial_numbers.c.type_code == type_code, serial_numbers.c.year == year)
            .values(last=serial_numbers.c.last + 1)
            .returning(serial_numbers.c.last)
        )
        return int(self._connection.execute(statement).scalar_one())

    # -- issuing ---------------------------------------------------------------------------

    def reserve(self, draft: Draft, at: datetime) -> None:
        """Record the intent to seal this draft; raise ConflictError if its number is taken."""
        values = {
            "ref": draft.ref,
            "type_code": draft.type_code,
            "version": draft.version,
            "number": draft.serial,
            "identifier": draft.identifier,
            "issuer_uscc": draft.issuer_uscc,
            "issued_on": draft.issued_on,
            "valid_from": draft.validity.valid_from,
            "valid_to": draft.validity.valid_to,
            "status": Status.VALID,
            "status_changed_at": at,
            "under_dispute": False,
            "fields": dict(draft.fields),
            "files": [file_json(draft.photo)] if draft.photo else [],
            "status_list": draft.status_entry.list_number,
            "status_index": draft.status_entry.index,
            "previous_ref": draft.previous_ref,
            "state": "reserved",
            "reserved_at": at,
        }
        if not insert_once(self._connection, certificates, values):
            raise ConflictError(
                "a certificate with this number, or at this place of the status list, exists",
                where=draft.identifier,
            )
        self._add_holders(draft.ref, draft.holders)

    def complete(self, ref: str, files: Iterable[File], at: datetime) -> Certificate:
        """Turn the reserved draft into a certificate; ConflictError if it is not reserved."""
        statement = (
            certificates.update()
            .where(certificates.c.ref == ref, certificates.c.state == "reserved")
            .values(state="sealed", files=[file_json(f) for f in files], status_changed_at=at)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("this certificate is not waiting for its seal", where=ref)
        return self.get(ref)

    def reserved(self, ref: str) -> Certificate:
        """A draft that waits for its seal; NotFoundError if there is none."""
        where = (certificates.c.ref == ref) & (certificates.c.state == "reserved")
        found = self._read(select(certificates).where(where))
        if not found:
            raise NotFoundError("no draft waits for its seal", where=ref)
        return found[0]

    def reserved_for(self, holder: Holder, type_code: str) -> list[Certificate]:
        """Somebody's drafts of a type that wait for their seal, newest first."""
        ids = select(certificate_holders.c.certificate_id).where(
            certificate_holders.c.id_type == holder.id_type,
            certificate_holders.c.id_number == holder.id_number.upper(),
        )
        where = (certificates.c.type_code == type_code) & (certificates.c.state == "reserved")
        query = select(certificates).where(certificates.c.id.in_(ids), where)
        return self._read(query.order_by(certificates.c.id.desc()))

    # -- handing in ------------------------------------------------------------------------

    def hand_in(self, certificate: Certificate) -> bool:
        """Take a source's certificate; False if this (source, record, version) is here already.

        A later version supersedes the earlier ones of the same record.
        """
        values = values_of(certificate) | {"state": "handed_in"}
        if not insert_once(self._connection, certificates, values):
            return False
        self._add_holders(certificate.ref, certificate.holders)
        same_record = (certificates.c.source == certificate.source) & (
            certificates.c.record_id == certificate.record_id
        )
        latest = select(func.max(certificates.c.version)).where(same_record).scalar_subquery()
        self._connection.execute(
            certificates.update()
            .where(same_record, certificates.c.version < latest)
            .values(status=Status.SUPERSEDED, status_changed_at=certificate.status_changed_at)
        )
        return True

    def superseded_by(self, certificate: Certificate) -> list[str]:
        """References of a record's earlier versions that this version has just superseded."""
        query = (
            select(certificates.c.ref)
            .where(
                certificates.c.source == certificate.source,
                certificates.c.record_id == certificate.record_id,
                certificates.c.version < certificate.version,
                certificates.c.status_changed_at == certificate.status_changed_at,
            )
            .order_by(certificates.c.version)
        )
        return [row.ref for row in self._connection.execute(query)]

    # -- life ------------------------------------------------------------------------------

    def set_status(self, ref: str, status: Status, at: datetime, *, only_from: set[Status]) -> None:
        """End a certificate if its status is one of `only_from`; ConflictError otherwise.

        Whatever may be lifted again is a hold (`certstore.holds`), and is not written here.
        """
        if status not in ENDED:
            raise ValueError("what may be lifted again is a hold")
        statement = (
            certificates.update()
            .where(certificates.c.ref == ref, certificates.c.status.in_(only_from))
            .values(status=status, status_changed_at=at)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError(
                f"the certificate's status does not allow it to become {status}", where=ref
            )

    def set_under_dispute(self, ref: str, at: datetime, *, disputed: bool) -> None:
        """Put the mark "under dispute" on a certificate, or take it off."""
        self._connection.execute(
            certificates.update()
            .where(certificates.c.ref == ref)
            .values(under_dispute=disputed, status_changed_at=at)
        )

    # -- finding ---------------------------------------------------------------------------

    def versions(self, source: str, record_id: str) -> list[Certificate]:
        """Every version of a source's record, newest first."""
        query = select(certificates).where(
            certificates.c.source == source, certificates.c.record_id == record_id
        )
        return self._read(query.order_by(certificates.c.version.desc()))

    def replacing(self, ref: str) -> Certificate:
        """The certificate sealed in place of this one; NotFoundError if there is none."""
        return self._one(certificates.c.previous_ref == ref, ref)

    def get(self, ref: str) -> Certificate:
        """The certificate with this reference; NotFoundError if there is none."""
        found = current_certificates(self._connection, [ref])
        if not found:
            raise NotFoundError("there is no such certificate", where=ref)
        return found[0]

    def by_refs(self, refs: Iterable[str]) -> dict[str, Certificate]:
        """The certificates with these references, by reference; those that are not there lack."""
        found = current_certificates(self._connection, sorted(set(refs)))
        return {certificate.ref: certificate for certificate in found}

    def by_status_entry(self, entry: StatusEntry) -> Certificate:
        """The certificate published at this place; NotFoundError if there is none."""
        where = (certificates.c.status_list == entry.list_number) & (
            certificates.c.status_index == entry.index
        )
        return self._one(where, "status entry")

    def held_by(self, holder_type: str, holder_number: str) -> list[Certificate]:
        """Every certificate that names this person, newest first."""
        return certificates_of(self._connection, holder_type, holder_number)

    def naming(self, name: str, limit: int = 50) -> list[Certificate]:
        """Certificates that name somebody so, for near misses (same name, other number)."""
        return certificates_naming(self._connection, name, limit)

    def handed_in_by(self, source: str, type_code: str, limit: int = 200) -> list[Certificate]:
        """What a source has handed in of a type, newest first."""
        query = select(certificates).where(
            certificates.c.source == source, certificates.c.type_code == type_code
        )
        return self._read(query.order_by(certificates.c.id.desc()).limit(limit))

    def disputed_of(self, source: str, limit: int = 200) -> list[Certificate]:
        """A source's current records under objection, those longest so first."""
        query = select(certificates).where(
            certificates.c.source == source,
            certificates.c.under_dispute,
            certificates.c.status != Status.SUPERSEDED,
        )
        return self._read(query.order_by(certificates.c.status_changed_at).limit(limit))

    def not_valid(self, list_number: int) -> list[tuple[int, Status, bool]]:
        """(index, status, under dispute) of every entry of a list that is not plainly valid."""
        query = select(
            certificates.c.status_index, certificates.c.status, certificates.c.under_dispute
        ).where(certificates.c.status_list == list_number, NOT_PLAINLY_VALID)
        return [(row[0], Status(row[1]), row[2]) for row in self._connection.execute(query)]

    def status_indexes_taken(self, list_number: int) -> int:
        """How many places of a list are given out."""
        query = select(func.count()).where(certificates.c.status_list == list_number)
        return int(self._connection.execute(query).scalar_one())

    def is_status_index_taken(self, entry: StatusEntry) -> bool:
        """Whether a place is given out."""
        query = select(certificates.c.id).where(
            certificates.c.status_list == entry.list_number,
            certificates.c.status_index == entry.index,
        )
        return self._connection.execute(query).first() is not None

    def count_sealed(self) -> int:
        """How many certificates were sealed here."""
        query = select(func.count()).where(certificates.c.state == "sealed")
        return int(self._connection.execute(query).scalar_one())

    def version(self) -> str:
        """Another text after whatever changed in the register: for figures counted over it."""
        query = select(
            func.count(),
            func.max(certificates.c.status_changed_at),
            func.count().filter(certificates.c.under_dispute),
        ).where(certificates.c.state.in_(_CURRENT))
        return " ".join(map(str, self._connection.execute(query).one()))

    # -- rows ------------------------------------------------------------------------------

    def _one(self, where: Any, what: str) -> Certificate:  # noqa: ANN401 - a SQLAlchemy clause
        found = self._read(select(certificates).where(where, certificates.c.state.in_(_CURRENT)))
        if not found:
            raise NotFoundError("there is no such certificate", where=what)
        return found[0]

    def _read(self, query: Select[Any]) -> list[Certificate]:
        return read_certificates(self._connection, query)

    def _add_holders(self, ref: str, holders: tuple[Holder, ...]) -> None:
        key = select(certificates.c.id).where(certificates.c.ref == ref)
        number = self._connection.execute(key).scalar_one()
        rows = [
            {
                "certificate_id": number,
                "position": position,
                "name": holder.name,
                "id_type": holder.id_type,
                "id_number": holder.id_number.upper(),
            }
            for position, holder in enumerate(holders)
        ]
        self._connection.execute(certificate_holders.insert(), rows)
