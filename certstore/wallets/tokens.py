"""The wallets' token endpoint: a code for an access token that is bound to the wallet's key.

RFC 6749 §4.1.3 with PKCE, and the pre-authorized code of OpenID4VCI 1.0 §6, always with DPoP.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from certstore import base64url
from certstore.chance import token
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.tables.books import Archive, Books
from certstore.tables.wallets import WalletGrant, WalletRequest
from certstore.wallets.door import Shown, WalletDoor, digest
from certstore.wallets.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED, WalletAddresses
from certstore.wallets.offers import tx_digest
from certstore.wallets.refusal import WalletRefusedError
from certstore.wallets.requests import LONGEST_CLIENT, check_resource
from certstore.wallets.wire import member, optional

MOST_TRIES: Final = 5
LIFETIME: Final = timedelta(hours=1)
WAITING_LIFETIME: Final = timedelta(days=1)
"""Of a token for a certificate that is not sealed yet: it must outlive the wait."""
KEPT: Final = timedelta(days=1)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that was redeemed: what it stood for."""

    source_ref: str
    person_id: int
    certificate_ref: str
    client_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletTokenDesk:
    """Gives access tokens to wallets."""

    archive: Archive
    clock: Clock
    addresses: WalletAddresses
    door: WalletDoor

    def grant(self, form: Mapping[str, str], shown: Shown) -> dict[str, Any]:
        """Answer a token request; WalletRefusedError with the errors of RFC 6749 §5.2.

        The proof is judged before the code is touched: a wallet that must fetch a nonce first
        still has its code.
        """
        kind = member(form, "grant_type", 100)
        if kind not in {PRE_AUTHORIZED, AUTHORIZATION_CODE}:
            raise WalletRefusedError("unsupported_grant_type", "there are two grant types here")
        check_resource(form, self.addresses)
        jkt = self.door.key_of(shown)
        access_token, now = token(), self.clock.now()
        with self.archive.writing() as books:
            if kind == PRE_AUTHORIZED:
                code = self._pre_authorized(books, form, now)
            else:
                code = self._authorized(books, form, jkt, now)
            # A refusal is kept, too: the try that it cost, the tokens that it ended.
            lifetime = timedelta(0)
            if isinstance(code, _Code):
                lifetime = self._keep(books, code, jkt, access_token)
        if isinstance(code, WalletRefusedError):
            raise code
        seconds = int(lifetime.total_seconds())
        return {"access_token": access_token, "token_type": "DPoP", "expires_in": seconds}

    def forget(self) -> None:
        """Drop what was over a day ago, and requests at once that nobody took to a holder.

        Anybody may push those: kept for a day, they would fill the table.
        """
        with self.archive.writing() as books:
            books.wallets.forget_unbegun(self.clock.now())
            books.wallets.forget(self.clock.now() - KEPT)

    def _keep(self, books: Books, code: _Code, jkt: str, access_token: str) -> timedelta:
        """Keep what a token is for; how long it lives."""
        lifetime = _lifetime(books, code)
        grant = WalletGrant(
            token_digest=digest(access_token),
            source_ref=code.source_ref,
            person_id=code.person_id,
            certificate_ref=code.certificate_ref,
            client_id=code.client_id,
            jkt=jkt,
            expires_at=self.clock.now() + lifetime,
        )
        books.wallets.add_grant(grant)
        return lifetime

    def _pre_authorized(
        self, books: Books, form: Mapping[str, str], now: datetime
    ) -> _Code | WalletRefusedError:
        code, tx_code = member(form, "pre-authorized_code"), member(form, "tx_code", 20)
        client_id = optional(form, "client_id", LONGEST_CLIENT)
        offer = books.wallets.try_offer(digest(code), MOST_TRIES, now)
        if offer is None:
            return WalletRefusedError("invalid_grant", "the code is none, or is over")
        said = tx_digest(offer.ref, tx_code)
        if not hmac.compare_digest(said, offer.tx_digest):
            return WalletRefusedError("invalid_grant", "the transaction code is wrong")
        if not books.wallets.use_offer(offer.ref, now):
            return WalletRefusedError("invalid_grant", "the code was used before")
        return _Code(offer.ref, offer.person_id, offer.certificate_ref, client_id)

    def _authorized(
        self, books: Books, form: Mapping[str, str], jkt: str, now: datetime
    ) -> _Code | WalletRefusedError:
        request = books.wallets.request_by_code(digest(member(form, "code")))
        verifier, refused = member(form, "code_verifier"), _refused("the code is none, or is over")
        if request is None or request.person_id is None or request.certificate_ref is None:
            return refused
        client_id = member(form, "client_id", LONGEST_CLIENT)
        if not _fits(request, client_id, form.get("redirect_uri"), jkt):
            return _refused("client_id, redirect_uri or key is not the one of the request")
        if not _proves(verifier, request):
            return _refused("code_verifier does not fit")
        if not books.wallets.use_code(request.ref, now):
            books.wallets.end_grants(request.ref, now)  # somebody has the code, too: RFC 6749 4.1.2
            return refused
        return _Code(request.ref, request.person_id, request.certificate_ref, request.client_id)


def _lifetime(books: Books, code: _Code) -> timedelta:
    try:
        books.register.get(code.certificate_ref)
    except NotFoundError:
        return WAITING_LIFETIME
    return LIFETIME


def _fits(request: WalletRequest, client_id: str, redirect_uri: str | None, jkt: str) -> bool:
    same = client_id == request.client_id and redirect_uri == request.redirect_uri
    return same and request.jkt in {None, jkt}


def _proves(verifier: str, request: WalletRequest) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    found = base64url.encode(hashlib.sha256(verifier.encode("ascii")).digest())
    return hmac.compare_digest(found, request.code_challenge)


def _refused(detail: str) -> WalletRefusedError:
    return WalletRefusedError("invalid_grant", detail)
