"""What a verifier may ask a wallet for: a few fixed questions, never fields of their choosing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from certstore.catalogue import CertificateType, certificate_type
from certstore.sd_jwt import TYP

QUERY_ID: Final = "residence"
ALGORITHM: Final = "ES256"
_TYPES: Final = ("residence_voucher", "residence_permit")


class Wanted(StrEnum):
    """A question that can be asked."""

    MINIMAL = "minimal"
    DISTRICT = "district"
    ADDRESS = "address"


_CLAIMS: Final[Mapping[Wanted, tuple[str, ...]]] = {
    Wanted.MINIMAL: ("name", "valid_until"),
    Wanted.DISTRICT: ("residence_district", "valid_until"),
    Wanted.ADDRESS: ("name", "residence_address", "valid_until"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as wallets are asked it: one credential of these types, with just these fields.

    `issuer` is the address that the types' names (`vct`) begin with.
    """

    wanted: Wanted
    issuer: str

    @property
    def claims(self) -> tuple[str, ...]:
        """The fields that are to be shown, all of them and no others."""
        return _CLAIMS[self.wanted]

    @property
    def types(self) -> Mapping[str, CertificateType]:
        """The types that have all these fields, by their `vct`."""
        kinds = [certificate_type(code) for code in _TYPES]
        fitting = [k for k in kinds if set(self.claims) <= {field.name for field in k.fields}]
        return {f"{self.issuer}/credentials/{kind.code}": kind for kind in fitting}

    def dcql(self) -> dict[str, object]:
        """The question in DCQL (OpenID4VP 1.0 §6)."""
        return {
            "credentials": [
                {
                    "id": QUERY_ID,
                    "format": TYP,
                    "meta": {"vct_values": list(self.types)},
                    "claims": [{"path": [name]} for name in self.claims],
                }
            ]
        }
