"""The data a document carries with it: `certificate.json`, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from certstore.annotations import MEMBER as COPY
from certstore.annotations import Annotation
from certstore.certificates import StatusEntry
from certstore.errors import MalformedError
from certstore.identifiers import CertificateIdentifier
from certstore.sd_jwt import Credential, open_sd_jwt
from certstore.status_list import number_of
from certstore.strict_json import parse_json_strict
from certstore.trust import TrustList

NAME: Final = "certificate.json"
MAX_BYTES: Final = 256 << 10
_MAX_FIELDS: Final = 64
_MEMBERS: Final = {"identifier", "type", "fields", "credential"}


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What certificate.json says, of sound form; its credential is not verified yet.

    With an annotation, the document is a copy made for one purpose (加注件).
    """

    identifier: CertificateIdentifier
    type_code: str
    fields: Mapping[str, str]
    credential: str
    annotation: Annotation | None = None

    @classmethod
    def from_json(cls, data: bytes | None) -> Self:
        """Read the attachment's bytes; raise MalformedError if they are missing or unsound."""
        if data is None:
            raise _fault(f"a document carries one attachment, {NAME}, of at most {MAX_BYTES} bytes")
        content = parse_json_strict(data, max_bytes=MAX_BYTES)
        if not isinstance(content, dict) or content.keys() - {COPY} != _MEMBERS:
            raise _fault("it holds exactly identifier, type, fields and credential")
        fields, credential = content["fields"], content["credential"]
        if not isinstance(fields, dict) or len(fields) > _MAX_FIELDS:
            raise _fault(f"fields are at most {_MAX_FIELDS}")
        texts = (content["identifier"], content["type"], credential, *fields.values())
        if not all(isinstance(text, str) for text in texts):
            raise _fault("every value is a text")
        identifier = CertificateIdentifier.parse(content["identifier"])
        annotation = Annotation.parse(content[COPY]) if COPY in content else None
        return cls(identifier, content["type"], fields, credential, annotation)

    def open_credential(self, trust: TrustList) -> Credential:
        """Verify the credential; raises as open_sd_jwt does. Its dates are the code's matter."""
        return open_sd_jwt(self.credential, trust)


def status_entry(credential: Credential) -> StatusEntry:
    """Where the credential says its status is; raise MalformedError if it says so wrongly."""
    match credential.claims.get("status"):
        case {"status_list": {"idx": int(index), "uri": str(uri)}} if index >= 0:
            return StatusEntry(number_of(uri), index)
        case _:
            raise _fault("the credential names no place in a status list")


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where=NAME, cause="attachment")
