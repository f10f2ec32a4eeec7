"""What a file of cards says: the face of each card and its photograph; canonical and signed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore import base64url
from certstore.certificates import Certificate, File
from certstore.jcs import canonical
from certstore.keys import Signer
from certstore.tokens import sign_detached
from issuance.matters.cards.judging import FACE
from issuance.matters.cards.orders import CardOrder

FILE_TYP: Final = "card-file+jws"
VERSION: Final = 1
_LEAST: Final = 2000  # bytes of a card without its photograph, about


@dataclass(frozen=True, slots=True)
class FaceOfCard:
    """One card as it is to be made."""

    order: CardOrder
    permit: Certificate
    photo: File
    picture: bytes

    @property
    def size(self) -> int:
        """About how many bytes it takes in a signed file (base64 twice)."""
        return (len(self.picture) * 16) // 9 + _LEAST

    def as_json(self) -> dict[str, Any]:
        """What the maker reads; a member of the face that the permit lacks is left out."""
        fields = self.permit.fields
        return {
            "card_no": self.order.card_no,
            "permit": {"identifier": self.permit.identifier, "version": self.permit.version},
            "face": {name: fields[name] for name in FACE if fields.get(name)},
            "photo": {
                "media_type": self.photo.media_type,
                "sha256": hashlib.sha256(self.picture).hexdigest(),
                "data": base64url.encode(self.picture),
            },
            "centre": self.order.delivery.point,
        }


def signed_file(
    number: int,
    cards: Sequence[FaceOfCard],
    issuer: tuple[str, bool],
    signer: Signer,
    now: datetime,
) -> bytes:
    """A file as a compact JWS (RFC 7515) over canonical JSON (RFC 8785).

    `issuer` is the authority's code and whether its documents are specimens.
    """
    uscc, specimen = issuer
    payload = canonical(
        {
            "v": VERSION,
            "file": number,
            "made_at": now.isoformat(timespec="seconds"),
            "issuer": uscc,
            "specimen": specimen,
            "cards": [card.as_json() for card in cards],
        }
    )
    head, _, signature = sign_detached(payload, signer, FILE_TYP).partition("..")
    return f"{head}.{base64url.encode(payload)}.{signature}".encode("ascii")
