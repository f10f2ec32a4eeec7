"""The signed receipt of a scan on line: that it was done, and what came of it; of whom, nothing.

A compact JWS (`scan-receipt+jwt`) by a `receipt` key of the trust list. Whoever keeps the code's
text can show later that the receipt is of that code, by its SHA-256; nobody else learns which.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from certstore.chance import reference
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.keys import Purpose, Signer
from certstore.tokens import LEEWAY, parse_compact, sign_compact
from certstore.trust import TrustList
from verifiers.scanning.verdict import ScanResult, Verdict

TYP: Final = "scan-receipt+jwt"
_MAX_BYTES = 4096
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TEXTS: Final = {"iss": 500, "jti": 40, "verdict": 40, "code_sha256": 64}
_OPTIONAL: Final = {"type_code": 60, "verifier": 100}
_LAST_MOMENT = 253_402_300_799  # of the year 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReceipt:
    """A receipt that holds: a code of this digest was judged so, at this moment, for this verifier.

    `verifier` is what it called itself; `type_code` the national code of the certificate's type.
    """

    issuer: str
    receipt_id: str
    checked_at: datetime
    verdict: Verdict
    code_sha256: str
    type_code: str = ""
    verifier: str = ""

    def is_of(self, code: str) -> bool:
        """Whether this code's text is the one that was judged."""
        return self.code_sha256 == _digest(code)

    @classmethod
    def read(cls, jws: str, trust: TrustList, now: datetime) -> Self:
        """Verify a receipt; raise MalformedError or InvalidTokenError if it does not hold."""
        token = parse_compact(jws.strip(), typ=TYP, max_bytes=_MAX_BYTES)
        key = trust.find(token.kid, Purpose.RECEIPT)
        if key is None:
            raise InvalidTokenError("no receipt key of the trust list signed it", cause="key")
        claims = token.verified(key.public_key, key.algorithm)
        receipt = cls._of(claims)
        if not key.verifies_at(receipt.checked_at):
            raise InvalidTokenError("it was signed outside its key's time", cause="key")
        if unix(receipt.checked_at) > unix(now) + LEEWAY:
            raise InvalidTokenError("it is of the future: set the clock", cause="not-yet-valid")
        return receipt

    @classmethod
    def _of(cls, claims: Mapping[str, object]) -> Self:
        required = _TEXTS.keys() | {"iat"}
        if not required <= claims.keys() <= required | _OPTIONAL.keys():
            raise _fault()
        texts = {name: claims[name] for name in claims if name != "iat"}
        longest = _TEXTS | _OPTIONAL
        said = {n: t for n, t in texts.items() if isinstance(t, str) and 0 < len(t) <= longest[n]}
        at = claims["iat"]
        known = said.get("verdict") in set(Verdict) and _DIGEST.fullmatch(said["code_sha256"])
        if said.keys() != texts.keys() or not known:
            raise _fault()
        if type(at) is not int or not 0 <= at <= _LAST_MOMENT:
            raise _fault()
        return cls(
            issuer=said["iss"],
            receipt_id=said["jti"],
            checked_at=datetime.fromtimestamp(at, UTC),
            verdict=Verdict(said["verdict"]),
            code_sha256=said["code_sha256"],
            type_code=said.get("type_code", ""),
            verifier=said.get("verifier", ""),
        )


@dataclass(frozen=True, slots=True)
class ReceiptBook:
    """Writes receipts in the service's name."""

    signer: Signer
    issuer: str

    def receipt(self, code: str, result: ScanResult, verifier: str, now: datetime) -> str:
        """The receipt of a code that was judged just now."""
        claims = {
            "iss": self.issuer,
            "jti": reference(),
            "iat": unix(now),
            "verdict": result.verdict.value,
            "code_sha256": _digest(code),
        }
        optional = {"type_code": result.fields.get("type_code"), "verifier": verifier}
        named = {name: value for name, value in optional.items() if value}
        return sign_compact({**claims, **named}, typ=TYP, signer=self.signer)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def _fault() -> MalformedError:
    return MalformedError("a receipt lacks a member or holds a strange one", where="receipt")
