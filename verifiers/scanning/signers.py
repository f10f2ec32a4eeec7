"""Who else has signed a file, as they say themselves, and what was done to the fields of forms.

Only a reader process imports this module: names come from CMS that anybody may have written.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Final

import pikepdf
from asn1crypto import cms

from verifiers.scanning.account import LONGEST_DETAIL, Change, ChangeKind
from verifiers.scanning.structure import Digests, TooMuchError

_MOST_FIELDS: Final = 400
_LONGEST_NAME: Final = 80
_TIME_STAMP: Final = "/ETSI.RFC3161"
_SHOWS_NOTHING: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def field_changes(
    signed: pikepdf.Pdf, whole: pikepdf.Pdf, before: Digests, after: Digests
) -> Iterator[Change]:
    """What became of the fields: of our own seal, of others that were added."""
    old, new = _fields(signed), _fields(whole)
    for place, field in new.items():
        value = field.get("/V")
        if place in old:
            if before.of(old[place]) != after.of(field):
                yield Change(ChangeKind.SEAL_CHANGED)
        elif str(field.get("/FT", "")) == "/Sig" and isinstance(value, pikepdf.Dictionary):
            stamped = _TIME_STAMP in {str(value.get("/SubFilter", "")), str(value.get("/Type", ""))}
            if stamped or str(value.get("/Type", "")) == "/DocTimeStamp":
                yield Change(ChangeKind.TIME_STAMP_ADDED)
            else:
                name, _ = signer_of(bytes(value.get("/Contents", b"")))
                yield Change(ChangeKind.SIGNATURE_ADDED, name)
        else:
            yield Change(ChangeKind.FORM_CHANGED, plain(str(field.get("/T", ""))))
    if any(place not in new for place in old):
        yield Change(ChangeKind.SEAL_CHANGED)


def signatures(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """The signature dictionaries in a document's fields."""
    for field in _fields(document).values():
        value = field.get("/V")
        if isinstance(value, pikepdf.Dictionary) and "/Contents" in value:
            yield value


def signer_of(contents: bytes) -> tuple[str, str]:
    """The name a signature's signer goes by, and its certificate's SHA-256; "" for what is not."""
    try:
        signed = cms.ContentInfo.load(contents)["content"]
        wanted = signed["signer_infos"][0]["sid"].chosen
        for choice in signed["certificates"]:
            certificate = choice.chosen
            if isinstance(wanted, cms.IssuerAndSerialNumber) and (
                certificate.serial_number != wanted["serial_number"].native
                or certificate.issuer.dump() != wanted["issuer"].dump()
            ):
                continue
            said = certificate.subject.native
            name = said.get("common_name") or said.get("organization_name") or ""
            return plain(str(name)), hashlib.sha256(certificate.dump()).hexdigest()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it names nobody
        return "", ""
    return "", ""


def plain(text: str) -> str:
    """A stranger's words on one line, without anything invisible, and not long."""
    seen = (" " if character.isspace() else character for character in text[: 4 * LONGEST_DETAIL])
    kept = "".join(c for c in seen if unicodedata.category(c) not in _SHOWS_NOTHING)
    return " ".join(kept.split())[:_LONGEST_NAME]


def _fields(document: pikepdf.Pdf) -> dict[object, pikepdf.Object]:
    form = document.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    if fields is None:
        return {}
    found: dict[object, pikepdf.Object] = {}
    waiting = list(fields)
    while waiting:
        field = waiting.pop()
        place = field.objgen if field.is_indirect else ("direct", len(found))
        if place in found:
            continue
        found[place] = field
        if len(found) > _MOST_FIELDS:
            raise TooMuchError
        if "/T" not in field or "/FT" not in field:
            waiting.extend(field.get("/Kids", ()))
    return found
