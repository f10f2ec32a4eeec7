"""Offers of a certificate to the holder's wallet (OpenID4VCI 1.0 §4), taken once within minutes.

The link and the transaction code travel on two ways: whoever photographs the one lacks the other.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.chance import random_below, reference, token
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError, RateLimitedError
from certstore.presentation import held
from certstore.tables.books import Archive, Books
from certstore.tables.wallets import WalletOffer
from certstore.wallets.door import digest
from certstore.wallets.kinds import WhyNot, why_not
from certstore.wallets.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED, WalletAddresses

LIFETIME: Final = timedelta(minutes=5)
TX_DIGITS: Final = 6
MOST_OFFERS: Final = 10
"""For one certificate within an hour: the tries at its transaction codes stay few."""
SCHEME: Final = "openid-credential-offer://"
_HOUR: Final = timedelta(hours=1)
OfferStanding = Literal["open", "taken", "over"]


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer just made: what is told this once, and kept nowhere."""

    ref: str
    certificate: Certificate
    link: str  # for a QR code: the offer by reference
    whole_link: str  # for the same device: the offer by value
    https_link: str
    tx_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOfferDesk:
    """Makes offers for holders, and shows an offer to the wallet that has its link."""

    archive: Archive
    clock: Clock
    addresses: WalletAddresses

    def asked_for(self, resident: Resident, ref: str) -> tuple[Certificate, WhyNot | None]:
        """One of this resident's own certificates, and why it may not go into a wallet if so.

        NotFoundError if it is nobody's or another's.
        """
        with self.archive.reading() as books:
            certificate = self._own(books, resident, ref)
        return certificate, why_not(certificate, local_date(self.clock.now()))

    def make(self, resident: Resident, ref: str) -> MadeOffer:
        """A new offer; RateLimitedError after ten in an hour."""
        now = self.clock.now()
        secret, tx_code = token(), f"{random_below(10**TX_DIGITS):0{TX_DIGITS}d}"
        offer_ref = reference()
        with self.archive.writing() as books:
            certificate = self._own(books, resident, ref)
            reason = why_not(certificate, local_date(now))
            if reason is not None:
                raise ConflictError("this certificate cannot be put into a wallet", cause=reason)
            books.turns.take("wallet-offers", ref)
            if books.wallets.offers_since(ref, now - _HOUR) >= MOST_OFFERS:
                raise RateLimitedError(
                    "too many offers of this certificate",
                    remedy="wait an hour",
                    retry_after=int(_HOUR.total_seconds()),
                )
            offer = WalletOffer(
                ref=offer_ref,
                person_id=books.people.known(resident.holder).id,
                certificate_ref=ref,
                link_digest=digest(secret),
                code_digest=digest(_code_of(secret)),
                tx_digest=tx_digest(offer_ref, tx_code),
                made_at=now,
                expires_at=now + LIFETIME,
            )
            books.wallets.add_offer(offer)
        return self._told(certificate, offer, secret, tx_code)

    def standing(self, resident: Resident, offer_ref: str) -> OfferStanding:
        """What became of an offer, for whoever made it; another's is as absent as none."""
        with self.archive.reading() as books:
            offer = books.wallets.offer(offer_ref)
            me = books.people.find(resident.holder.id_type, resident.holder.id_number)
        if offer is None or me is None or offer.person_id != me.id:
            raise NotFoundError("there is no such offer", where="offer")
        if offer.used_at is not None:
            return "taken"
        return "open" if offer.expires_at > self.clock.now() else "over"

    def read(self, secret: str) -> dict[str, Any]:
        """The offer behind a link, as long as it can be taken; NotFoundError after that."""
        with self.archive.reading() as books:
            offer = books.wallets.offer_by_link(digest(secret))
            over = offer is None or offer.used_at or offer.expires_at <= self.clock.now()
            if offer is None or over:
                raise NotFoundError("there is no such offer, or it is over", where="offer")
            certificate = books.register.get(offer.certificate_ref)
        return self._offer(certificate.type_code, offer.ref, secret)

    def _own(self, books: Books, resident: Resident, ref: str) -> Certificate:
        today = local_date(self.clock.now())
        certificate = held(books, resident.holder, ref, today)
        mine = {(h.id_type, h.id_number) for h in certificate.holders}
        if (resident.holder.id_type, resident.holder.id_number.upper()) not in mine:
            raise NotFoundError("there is no such certificate", where=ref)  # a child's
        return certificate

    def _told(
        self, certificate: Certificate, offer: WalletOffer, secret: str, tx_code: str
    ) -> MadeOffer:
        https_link = self.addresses.at(f"offers/{secret}")
        whole = json.dumps(self._offer(certificate.type_code, offer.ref, secret))
        return MadeOffer(
            ref=offer.ref,
            certificate=certificate,
            link=f"{SCHEME}?{urlencode({'credential_offer_uri': https_link})}",
            whole_link=f"{SCHEME}?{urlencode({'credential_offer': whole})}",
            https_link=https_link,
            tx_code=tx_code,
            expires_at=offer.expires_at,
        )

    def _offer(self, type_code: str, offer_ref: str, secret: str) -> dict[str, Any]:
        server = self.addresses.server
        return {
            "credential_issuer": self.addresses.origin,
            "credential_configuration_ids": [type_code],
            "grants": {
                PRE_AUTHORIZED: {
                    "pre-authorized_code": _code_of(secret),
                    "tx_code": {
                        "input_mode": "numeric",
                        "length": TX_DIGITS,
                        "description": "6 digits, on the page that showed the offer",
                    },
                    "authorization_server": server,
                },
                AUTHORIZATION_CODE: {"issuer_state": offer_ref, "authorization_server": server},
            },
        }


def tx_digest(offer_ref: str, tx_code: str) -> str:
    """What is kept of a transaction code; it is worth nothing without the offer's link."""
    return digest(f"{offer_ref}:{tx_code}")


def _code_of(secret: str) -> str:
    """The pre-authorized code of a link: of its own, so that none stands in an access log."""
    found = hmac.new(secret.encode(), b"pre-authorized code", hashlib.sha256)
    return found.hexdigest()
