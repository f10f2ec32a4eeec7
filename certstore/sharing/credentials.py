"""The credential of an answer: the certificate's own with some fields disclosed, or a short one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.clock import unix
from certstore.keys import Signer
from certstore.objects import ObjectStore
from certstore.sd_jwt import disclosed_names, issue_sd_jwt, present

ROLE: Final = "credential"
SHORT_LIFE: Final = timedelta(hours=1)
"""How long a credential lives that was made for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialMaker:
    """Shows a certificate's own credential, or signs one over just what is released."""

    objects: ObjectStore
    signer: Signer
    issuer: str
    specimen: bool

    def disclosing(
        self, certificate: Certificate, given: Mapping[str, Any], now: datetime, until: datetime
    ) -> str:
        """An SD-JWT VC that discloses these fields and no others.

        The one that was sealed with the certificate, if it holds them; else one of its own, that
        ends at `until` and names the certificate's place on a status list where it has one.
        """
        file = certificate.file(ROLE)
        if file is not None:
            own = self.objects.get(file.sha256).decode("ascii")
            if given.keys() <= disclosed_names(own):
                return present(own, given.keys())
        return self._made(certificate, given, now, until)

    def _made(
        self, certificate: Certificate, given: Mapping[str, Any], now: datetime, until: datetime
    ) -> str:
        kind = certificate_type(certificate.type_code)
        always: dict[str, Any] = {
            "iss": self.issuer,
            "type": kind.type_code,
            "issuing_authority": certificate.issuer_uscc,
        }
        if certificate.identifier:
            always["identifier"] = certificate.identifier
        if self.specimen:
            always["specimen"] = True
        entry = certificate.status_entry
        place = None
        if entry is not None:
            uri = f"{self.issuer}/status-lists/{entry.list_number}"
            place = {"idx": entry.index, "uri": uri}
        return issue_sd_jwt(
            always,
            dict(given),
            vct=f"{self.issuer}/credentials/{kind.code}",
            signer=self.signer,
            status=place,
            iat=unix(now),
            exp=unix(until),
        )
