"""In which form an answer goes out, and whether a certificate can be given in it: values, no IO.

A whole file shows all it shows. So it goes to a purpose that was granted every field and that
asks for every field by name; an annotated copy and a credential show just what was asked for.
"""

from collections.abc import Sequence
from typing import Final

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, File
from certstore.errors import (
    CertstoreError,
    ConflictError,
    FieldNotGrantedError,
    FieldsRequiredError,
)

PHOTO: Final = "photo"
"""The path of the holder's photo; no field of the catalogue, as it is a file."""
PDF: Final = "application/pdf"
_FILES: Final = {"pdf": "document", "annotated": "annotated_copy", "sd-jwt": "credential"}
_WITH_PHOTO: Final = frozenset({"pdf", "annotated"})


def judge_form(
    form: str, asked: Sequence[str], certificate: Certificate, granted: Sequence[str]
) -> CertstoreError | None:
    """Why a certificate is not given in the form asked for; None if it is."""
    match form:
        case "pdf":
            return _judge_file(asked, certificate, granted)
        case "annotated":
            return _judge_copy(asked, certificate)
        case _:
            return None


def whole_file(certificate: Certificate) -> File | None:
    """The file that is the certificate: as it was signed here, or handed in by its source."""
    found = certificate.file("document") or certificate.file("scan")
    return found if found is not None and found.media_type == PDF else None


def shown_by_file(certificate: Certificate) -> list[str]:
    """The paths of everything that the whole file tells, in the catalogue's order."""
    kind = certificate_type(certificate.type_code)
    known = [field.name for field in kind.fields if field.name in certificate.fields]
    further = sorted(set(certificate.fields) - set(known))  # a source's claims may hold more
    photo = [PHOTO] if certificate.file("photo") is not None else []
    return [*known, *further, *photo]


def given_paths(form: str, asked: Sequence[str], certificate: Certificate) -> list[str]:
    """What a granted request is given, for the record: fields, photo, and the file itself."""
    given = [p for p in asked if p in certificate.fields]
    if gives_photo(form, asked, certificate):
        given.append(PHOTO)
    return [*given, *as_file(form)]


def as_file(form: str) -> list[str]:
    """The word by which a record names the file that an answer is given as; none for fields."""
    return [_FILES[form]] if form in _FILES else []


def gives_photo(form: str, asked: Sequence[str], certificate: Certificate) -> bool:
    """Whether the photo goes out: where it was asked for, and in a form that can show it."""
    wanted = PHOTO in asked and form in _WITH_PHOTO
    return wanted and certificate.file("photo") is not None


def _judge_file(
    asked: Sequence[str], certificate: Certificate, granted: Sequence[str]
) -> CertstoreError | None:
    if whole_file(certificate) is None:
        return ConflictError(
            "there is no signed file of this certificate",
            where="format",
            remedy="ask for json, or for sd-jwt",
            cause="no_document",
        )
    shown = shown_by_file(certificate)
    refused = [path for path in shown if path not in granted]
    if refused:
        return FieldNotGrantedError(
            "the whole file shows what is not granted: " + ", ".join(refused),
            where="format",
            remedy="ask for an annotated copy of the granted fields, or for a wider purpose",
            paths=refused,
        )
    unasked = [path for path in shown if path not in asked]
    if unasked:
        return FieldsRequiredError(
            "the whole file shows more than was asked for: " + ", ".join(unasked),
            where="fields",
            remedy="name every field that the file shows, or ask for an annotated copy",
            paths=unasked,
        )
    return None


def _judge_copy(asked: Sequence[str], certificate: Certificate) -> CertstoreError | None:
    if certificate.sealed and certificate.identifier and certificate.status_entry is not None:
        if any(path in certificate.fields for path in asked):
            return None
        return FieldsRequiredError(
            "a copy shows at least one fact; a photo alone says nothing",
            where="fields",
            remedy="name a granted field beside it, `name` as a rule",
        )
    return ConflictError(
        "copies are made of certificates that were sealed here; nobody could check this one",
        where="format",
        remedy="ask for json, or for sd-jwt",
        cause="no_status_list",
    )
