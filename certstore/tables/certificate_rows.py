"""A certificate as it lies in the database: its table, its holders', and the way back."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
    text,
)

from certstore.certificates import Certificate, File, Holder, Status, StatusEntry, Validity
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

_HOLDERS = (
    select(certificate_holders)
    .where(certificate_holders.c.certificate_id.in_(bindparam("ids", expanding=True)))
    .order_by(certificate_holders.c.certificate_id, certificate_holders.c.position)
)


def read_certificates(connection: Connection, query: Select[Any]) -> list[Certificate]:
    """The certificates that a query over their table finds, each with its holders, in its order."""
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    named: dict[int, list[Holder]] = {}
    if ids:
        for row in connection.execute(_HOLDERS, {"ids": ids}):
            holder = Holder(row.name, row.id_type, row.id_number)
            named.setdefault(row.certificate_id, []).append(holder)
    return [_certificate(row, tuple(named.get(row.id, ()))) for row in rows]


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


def _certificate(row: Row[Any], holders: tuple[Holder, ...]) -> Certificate:
    return Certificate(
        ref=row.ref,
        type_code=row.type_code,
        version=row.version,
        number=row.number,
        identifier=row.identifier,
        holders=holders,
        issuer_uscc=row.issuer_uscc,
        issued_on=row.issued_on,
        validity=Validity(row.valid_from, row.valid_to),
        status=Status(row.status),
        status_changed_at=row.status_changed_at,
        under_dispute=row.under_dispute,
        fields=row.fields,
        files=tuple(File(**f) for f in row.files),
        source=row.source,
        record_id=row.record_id,
        previous_ref=row.previous_ref,
        sealed=row.state == "sealed",
        status_entry=StatusEntry(row.status_list, row.status_index)
        if row.status_list is not None
        else None,
    )
