"""What issuing authorities are answered: shapes and examples of the API's description."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from certstore.certificates import Certificate
from certstore.clock import local_date
from issuance.for_others.desk import Progress
from issuance.for_others.tables import BatchRow, OrderRow

_REF = "k7m2x9qd4wzr5t8vbn3c"
_IDENTIFIER = "1.2.156.3005.2.11310000MB0T00015WT20.11310000MB0T00015W.WF20260000000001.001.X"


class DocumentOut(BaseModel):
    """The signed document: where it is fetched, its digest and size in bytes."""

    href: str
    media_type: str
    sha256: str
    size: int


class CertificateOut(BaseModel):
    """A certificate, as its issuer sees it: nothing that it says of its holder."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ref": _REF,
                "type": "no_criminal_record",
                "identifier": _IDENTIFIER,
                "number": "WF20260000000001",
                "version": 1,
                "status": "valid",
                "status_changed_at": "2026-11-25T02:00:00Z",
                "issued_on": "2026-11-25",
                "valid_from": "2026-11-25",
                "valid_to": "2027-02-22",
                "under_dispute": False,
                "previous": None,
                "document": {
                    "href": f"/v1/certificates/{_REF}/document",
                    "media_type": "application/pdf",
                    "sha256": "9f2c" * 16,
                    "size": 48213,
                },
            }
        }
    )
    ref: str
    type: str
    identifier: str | None
    number: str
    version: int
    status: str
    status_changed_at: datetime
    issued_on: date
    valid_from: date
    valid_to: date | None
    under_dispute: bool
    previous: str | None = Field(description="the certificate it took the place of")
    document: DocumentOut | None


class BatchOut(BaseModel):
    """A batch that was taken, and where its progress is."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ref": _REF,
                "href": f"/v1/certificate-batches/{_REF}",
                "total": 2,
                "created_at": "2026-11-25T02:00:00Z",
            }
        }
    )
    ref: str
    href: str
    total: int
    created_at: datetime


class ItemProblem(BaseModel):
    """Why an item was refused: a problem slug, what happened, and where."""

    type: str
    detail: str
    where: str | None


class ItemOut(BaseModel):
    """One item of a batch: its place, its record, what became of it."""

    position: int
    record_no: str
    state: Literal["waiting", "reserved", "issued", "refused"]
    certificate: str | None = Field(description="its reference, once it is issued")
    problem: ItemProblem | None


class ProgressOut(BatchOut):
    """How far a batch came, and a part of its items."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ref": _REF,
                "href": f"/v1/certificate-batches/{_REF}",
                "total": 2,
                "created_at": "2026-11-25T02:00:00Z",
                "waiting": 0,
                "issued": 1,
                "refused": 1,
                "done": True,
                "items": [
                    {
                        "position": 0,
                        "record_no": "WF-2026-000123",
                        "state": "issued",
                        "certificate": _REF,
                        "problem": None,
                    },
                    {
                        "position": 1,
                        "record_no": "WF-2026-000124",
                        "state": "refused",
                        "certificate": None,
                        "problem": {
                            "type": "urn:certstore:problem:invalid-request",
                            "detail": "a field the type needs is missing",
                            "where": "purpose",
                        },
                    },
                ],
            }
        }
    )
    waiting: int
    issued: int
    refused: int
    done: bool
    items: list[ItemOut]


def certificate_out(found: Certificate, now: datetime) -> CertificateOut:
    """A certificate as it is sent."""
    file = found.file("document")
    return CertificateOut(
        ref=found.ref,
        type=found.type_code,
        identifier=found.identifier,
        number=found.number,
        version=found.version,
        status=found.status_on(local_date(now)).value,
        status_changed_at=found.status_changed_at,
        issued_on=found.issued_on,
        valid_from=found.validity.valid_from,
        valid_to=found.validity.valid_to,
        under_dispute=found.under_dispute,
        previous=found.previous_ref,
        document=None
        if file is None
        else DocumentOut(
            href=f"/v1/certificates/{found.ref}/document",
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
        ),
    )


def batch_out(batch: BatchRow) -> BatchOut:
    """A batch as it is sent."""
    return BatchOut(**_batch(batch))


def progress_out(found: Progress) -> ProgressOut:
    """Progress as it is sent."""
    states = found.states
    open_items = states.get("waiting", 0) + states.get("reserved", 0)
    return ProgressOut(
        **_batch(found.batch),
        waiting=open_items,
        issued=states.get("issued", 0),
        refused=states.get("refused", 0),
        done=not open_items,
        items=[_item(row) for row in found.items],
    )


def _batch(batch: BatchRow) -> dict[str, Any]:
    return {
        "ref": batch.ref,
        "href": f"/v1/certificate-batches/{batch.ref}",
        "total": batch.total,
        "created_at": batch.created_at,
    }


def _item(row: OrderRow) -> ItemOut:
    problem = row.problem
    return ItemOut(
        position=row.position,
        record_no=row.record_no,
        state=row.state,
        certificate=row.certificate_ref if row.state == "issued" else None,
        problem=None
        if problem is None
        else ItemProblem(
            type=f"urn:certstore:problem:{problem['code']}",
            detail=problem["detail"],
            where=problem["where"],
        ),
    )
