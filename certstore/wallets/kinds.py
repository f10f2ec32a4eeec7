"""Which certificates go into wallets, and whether one of them may just now."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final, Literal

from certstore.catalogue import CertificateType, Field, catalogue
from certstore.certificates import Certificate, Status

# Sealed here and on a status list. What a source hands in is on none: a copy in a wallet could
# not be taken back. A letter is a text with signatures, of which a credential holds the least.
_LAYOUTS: Final = frozenset({"voucher", "permit", "attestation"})
WhyNot = Literal["not_for_wallets", "not_sealed", "not_in_force"]


@cache
def wallet_kinds() -> Mapping[str, CertificateType]:
    """The types that go into wallets, by code: each is a credential configuration and a scope.

    What names several people (a lease) is one person's credential in nobody's wallet.
    """
    kinds = {code: kind for code, kind in catalogue().items() if kind.layout in _LAYOUTS}
    return {code: kind for code, kind in kinds.items() if kind.field("roles") is None}


def why_not(certificate: Certificate, today: date) -> WhyNot | None:
    """Why a certificate may not go into a wallet today; None if it may."""
    if certificate.type_code not in wallet_kinds() or certificate.status_entry is None:
        return "not_for_wallets"
    if certificate.status_on(today) is not Status.VALID:
        return "not_in_force"
    return None if certificate.sealed else "not_sealed"


def disclosed(certificate: Certificate) -> dict[str, object]:
    """What a wallet can show of a certificate one by one: its fields, and its identifier."""
    kind = wallet_kinds()[certificate.type_code]
    known = {f.name: certificate.fields[f.name] for f in kind.fields if _given(certificate, f)}
    return {**known, "identifier": certificate.identifier}


def _given(certificate: Certificate, field: Field) -> bool:
    return certificate.fields.get(field.name) not in (None, "")
