"""The credential of a certificate for one key of a wallet: dc+sd-jwt, every field by itself.

Those of one batch have fresh salts and digests, and a key each. What they have in common is their
place on the status list and their dates, so that ending the certificate ends all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.certificates import Certificate
from certstore.clock import unix
from certstore.errors import ConflictError
from certstore.keys import Signer
from certstore.presentation import end_of
from certstore.sd_jwt import issue_sd_jwt
from certstore.status_desk import IssuerSigner, house_alone
from certstore.wallets.kinds import disclosed, wallet_kinds
from certstore.wallets.type_metadata import integrity, vct_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialWriter:
    """Signs with the credential key of the authority whose certificate it is."""

    signer: Signer
    origin: str
    authority_uscc: str
    specimen: bool
    issuer_signer: IssuerSigner = house_alone

    def write(self, certificate: Certificate, jwk: Mapping[str, str], now: datetime) -> str:
        """A credential bound to this key; ConflictError for what is on no status list."""
        entry = certificate.status_entry
        if entry is None:
            raise ConflictError("this certificate is on no status list", where=certificate.ref)
        code = certificate.type_code
        return issue_sd_jwt(
            self._always(certificate),
            disclosed(certificate),
            vct=vct_of(self.origin, code),
            signer=self.issuer_signer(certificate.issuer_uscc) or self.signer,
            status={"idx": entry.index, "uri": f"{self.origin}/status-lists/{entry.list_number}"},
            iat=unix(now),
            exp=end_of(certificate.validity, now),
            cnf={"jwk": dict(jwk)},
        )

    def _always(self, certificate: Certificate) -> dict[str, Any]:
        """What every presentation shows; nothing that names a person or one certificate."""
        said: dict[str, Any] = {
            "iss": self.origin,
            "vct#integrity": integrity(self.origin, certificate.type_code),
            "type": wallet_kinds()[certificate.type_code].type_code,
            "issuing_authority": certificate.issuer_uscc,
        }
        if certificate.issuer_uscc != self.authority_uscc:
            said["sealed_by"] = self.authority_uscc
        if self.specimen:
            said["specimen"] = True
        return said
