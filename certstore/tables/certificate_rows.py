"""A certificate as it lies in the database: its table, its holders', and the way back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    or_,
    select,
    text,
)

from certstore.certificates import Certificate, File, Holder, Status, StatusEntry, Validity
from certstore.storage.prepared import Prepared, among
from certstore.tables.metadata import Json, Moment, metadata

# What a status list says something of: the index and the query must spell it alike, for a database
# uses a partial index only for the very condition that it was made with.
NOT_PLAINLY_VALID = text("(status <> 'valid' OR under_dispute)")

certificates = Table(
    "certificates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("type_code", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", String(120), nullable=False),
    Column("identifier", String(120), unique=True),
    Column("issuer_uscc", String(18), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("status", String(20), nullable=False),
    Column("status_changed_at", Moment, nullable=False),
    Column("under_dispute", Boolean, nullable=False, default=False),
    Column("fields", Json, nullable=False),
    Column("files", Json, nullable=False),
    Column("status_list", Integer),
    Column("status_index", Integer),
    Column("source", String(18)),
    Column("record_id", String(64)),
    Column("previous_ref", String(24), index=True),
    Column("state", String(10), nullable=False),  # reserved | sealed | handed_in
    Column("reserved_at", Moment),
    UniqueConstraint("source", "record_id", "version"),
    UniqueConstraint("status_list", "status_index"),
    Index("ix_certificates_valid_to", "valid_to"),
    Index(
        "ix_certificates_not_plainly_valid",
        "status_list",
        sqlite_where=NOT_PLAINLY_VALID,
        postgresql_where=NOT_PLAINLY_VALID,
    ),
)

certificate_holders = Table(
    "certificate_holders",
    metadata,
    Column("certificate_id", ForeignKey("certificates.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("id_type", String(3), nullable=False),
    Column("id_number", String(32), nullable=False),
    Index("ix_certificate_holders_person", "id_type", "id_number"),
    Index("ix_certificate_holders_name", "name"),
)

_HELD = list(certificate_holders.c)
_HOLDERS = Prepared(
    {
        kind: select(*_HELD)
        .where(named)
        .order_by(certificate_holders.c.certificate_id, certificate_holders.c.position)
        for kind, named in among(certificate_holders.c.certificate_id, "ids").items()
    },
    _HELD,
)
# Every pull asks the first of these, every check of an application the others.
_KEPT = list(certificates.c)
_CURRENT = or_(certificates.c.state == "sealed", certificates.c.state == "handed_in")
_BY_REFS = Prepared(
    {
        kind: select(*_KEPT).where(named, _CURRENT)
        for kind, named in among(certificates.c.ref, "refs").items()
    },
    _KEPT,
)
_NUMBERS = select(certificate_holders.c.certificate_id)
_HELD_BY = Prepared(
    select(*_KEPT)
    .where(
        certificates.c.id.in_(
            _NUMBERS.where(
                certificate_holders.c.id_type == bindparam("of_type"),
                certificate_holders.c.id_number == bindparam("of_number"),
            )
        ),
        _CURRENT,
    )
    .order_by(certificates.c.issued_on.desc(), certificates.c.id.desc()),
    _KEPT,
)
_NAMING = Prepared(
    select(*_KEPT)
    .where(
        certificates.c.id.in_(_NUMBERS.where(certificate_holders.c.name == bindparam("of_name"))),
        _CURRENT,
    )
    .limit(bindparam("most", type_=Integer)),
    _KEPT,
)


def read_certificates(connection: Connection, query: Select[Any]) -> list[Certificate]:
    """The certificates that a query over their table finds, each with its holders, in its order."""
    return _with_holders(connection, connection.execute(query).all())


def current_certificates(connection: Connection, refs: Sequence[str]) -> list[Certificate]:
    """The certificates with these references that are sealed or handed in."""
    return _with_holders(connection, _BY_REFS.rows(connection, {"refs": refs}))


def certificates_of(connection: Connection, id_type: str, id_number: str) -> list[Certificate]:
    """Those that name this person, newest first."""
    whose = {"of_type": id_type, "of_number": id_number.upper()}
    return _with_holders(connection, _HELD_BY.rows(connection, whose))


def certificates_naming(connection: Connection, name: str, most: int) -> list[Certificate]:
    """Those that name somebody so, at most so many."""
    return _with_holders(connection, _NAMING.rows(connection, {"of_name": name, "most": most}))


def _with_holders(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Certificate]:
    numbers = [row[0] for row in rows]
    named: dict[int, list[Holder]] = {}
    if numbers:
        for of, _, name, id_type, id_number in _HOLDERS.rows(connection, {"ids": numbers}):
            named.setdefault(of, []).append(Holder(name, id_type, id_number))
    return [
        _certificate(row, tuple(named.get(number, ())))
        for number, row in zip(numbers, rows, strict=True)
    ]


def values_of(certificate: Certificate) -> dict[str, Any]:
    """The columns of a certificate; its holders have a table of their own."""
    entry = certificate.status_entry
    return {
        "ref": certificate.ref,
        "type_code": certificate.type_code,
        "version": certificate.version,
        "number": certificate.number,
        "identifier": certificate.identifier,
        "issuer_uscc": certificate.issuer_uscc,
        "issued_on": certificate.issued_on,
        "valid_from": certificate.validity.valid_from,
        "valid_to": certificate.validity.valid_to,
        "status": certificate.status,
        "status_changed_at": certificate.status_changed_at,
        "under_dispute": certificate.under_dispute,
        "fields": dict(certificate.fields),
        "files": [file_json(f) for f in certificate.files],
        "status_list": entry.list_number if entry else None,
        "status_index": entry.index if entry else None,
        "source": certificate.source,
        "record_id": certificate.record_id,
        "previous_ref": certificate.previous_ref,
    }


def file_json(file: File) -> dict[str, Any]:
    """A file as it stands in the column of files."""
    return {
        "role": file.role,
        "media_type": file.media_type,
        "sha256": file.sha256,
        "size": file.size,
    }


def _certificate(row: Sequence[Any], holders: tuple[Holder, ...]) -> Certificate:
    """A row of all columns, in the table's order."""
    (_id, ref, type_code, version, number, identifier, issuer_uscc, *rest) = row
    (issued_on, valid_from, valid_to, status, status_changed_at, under_dispute, *rest) = rest
    (fields, files, status_list, status_index, source, record_id, previous_ref, state, _) = rest
    return Certificate(
        ref=ref,
        type_code=type_code,
        version=version,
        number=number,
        identifier=identifier,
        holders=holders,
        issuer_uscc=issuer_uscc,
        issued_on=issued_on,
        validity=Validity(valid_from, valid_to),
        status=Status(status),
        status_changed_at=status_changed_at,
        under_dispute=under_dispute,
        fields=fields,
        files=tuple(File(**f) for f in files),
        source=source,
        record_id=record_id,
        previous_ref=previous_ref,
        sealed=state == "sealed",
        status_entry=None if status_list is None else StatusEntry(status_list, status_index),
    )
