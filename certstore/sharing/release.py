"""What exactly leaves the house in an answer to a pulling service: values only, no IO."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.sharing.forms import PHOTO, gives_photo
from certstore.sharing.grants import PullRequest

_MAX_AGE_S = 86_400
_KEEP_DAYS = 180
_OFFICIAL_SOURCES = {"household_register", "record", "register"}


def released(
    certificate: Certificate, request: PullRequest, now: datetime, keep_days: int | None = None
) -> dict[str, Any]:
    """The named fields, each with its origin; what has no value is withheld and says so.

    `keep_days` is what the holder agreed to, where they were asked.

    With names of GB/T 36903 asked for, the same once more under these (`gbt36903`).
    """
    kind = certificate_type(certificate.type_code)
    fields = [kind.field(path) for path in request.fields]
    known = [f for f in fields if f is not None and f.name in certificate.fields]
    given = {f.name: certificate.fields[f.name] for f in known}
    origins = {f.name: _origin(f.source) for f in known}
    photo = gives_photo(request.format, request.fields, certificate)
    withheld = [
        {"path": path, "reason": _why_not(path)}
        for path in request.fields
        if path not in given and not (photo and path == PHOTO)
    ]
    answer = _answer(certificate, now, keep_days or _KEEP_DAYS) | {
        "fields": given,
        "origins": origins,
        "withheld": withheld,
    }
    if request.names_as == "gbt36903":
        answer["gbt36903"] = in_national_names(certificate, given, origins, withheld)
    return answer


def in_national_names(
    certificate: Certificate,
    given: Mapping[str, Any],
    origins: Mapping[str, Any],
    withheld: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """What was given, under the element names of GB/T 36903; a path without one is left as it is.

    Title and code of the type stand beside the fields; the kind of a holder's number beside it.
    """
    kind = certificate_type(certificate.type_code)
    names = {field.name: field.gb36903 for field in kind.fields}
    fields = {"ZZMC": kind.title_zh, "ZZLXDM": kind.type_code}
    fields |= {names[path]: value for path, value in given.items()}
    if "CZZTDM" in fields:
        fields["CZZTDMLXDM"] = certificate.holders[0].id_type
    return {
        "fields": fields,
        "origins": {names[path]: origin for path, origin in origins.items()},
        "withheld": [{**w, "path": names.get(w["path"], w["path"])} for w in withheld],
    }


@cache
def _origin(source: str) -> dict[str, Any]:
    official = source in _OFFICIAL_SOURCES
    return {
        "source": source,
        "government_verified": official,
        "verified": "government" if official else "self_declared",
    }


def _why_not(path: str) -> str:
    """A photo is no text: it is shown by a document, and by no list of fields."""
    return "in_documents_only" if path == PHOTO else "no_value"


def _answer(certificate: Certificate, now: datetime, keep_days: int) -> dict[str, Any]:
    """What every answer says of the certificate, whatever was asked for."""
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "status_checked_at": now.isoformat(),
        "under_dispute": certificate.under_dispute,
        "freshness": {
            "as_of": now.isoformat(),
            "max_age_s": _MAX_AGE_S,
            "must_recheck": True,
            "delete_by": local_date(now + timedelta(days=keep_days)).isoformat(),
        },
    }


def reference_to(certificate: Certificate, now: datetime) -> dict[str, Any]:
    """Reference and status of a certificate, and nothing that it says."""
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "under_dispute": certificate.under_dispute,
        "issued_on": certificate.issued_on.isoformat(),
    }
