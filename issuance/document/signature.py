"""The PAdES signature of a document (ETSI EN 319 142-1, level B-B), by one signer."""

from datetime import datetime

from cryptography import x509

from certstore.cms import SignatureForm
from certstore.errors import MalformedError
from certstore.keys import Purpose, Signer


class DocumentSignature:
    """Makes detached CMS signatures (RFC 5652, RFC 5035) in the one form the verifier takes.

    Raise MalformedError at once if the signer is not an ES256 document key with its
    certificates.
    """

    def __init__(self, signer: Signer) -> None:
        """Encode everything that does not change."""
        if signer.purpose is not Purpose.DOCUMENT or signer.algorithm != "ES256":
            raise MalformedError(
                "documents are signed with an ES256 key of the purpose `document`",
                where=signer.kid,
            )
        if not signer.chain:
            raise MalformedError("a document signer has no certificate", where=signer.kid)
        self._signer = signer
        certificate = x509.load_der_x509_certificate(signer.chain[0])
        self.valid_from = certificate.not_valid_before_utc
        self.valid_to = certificate.not_valid_after_utc
        self.chain = signer.chain
        self._form = SignatureForm(signer.chain)

    def judge_time(self, moment: datetime) -> None:
        """Raise MalformedError if the certificate does not cover this moment."""
        if not self.valid_from <= moment <= self.valid_to:
            raise MalformedError(
                "the signing certificate does not cover the time of signing",
                where=self._signer.kid,
                remedy="set up a new document key and publish it in the trust list",
            )

    def over(self, digest: bytes) -> bytes:
        """The DER ContentInfo over a document with this SHA-256 digest; its s is the lower one."""
        return self._form.spell(digest, self._signer.sign(self._form.signed_bytes(digest)))
