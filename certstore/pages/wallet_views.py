"""What the pages of wallets show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from certstore.certificates import Certificate, Status
from certstore.clock import local_date
from certstore.pages.path_labels import path_label
from certstore.tables.wallets import WalletCopy
from certstore.wallets.kinds import WhyNot, disclosed
from certstore.wallets.offers import MadeOffer
from certstore.wallets.requests import Asked
from certstore.web.dress import Lang
from certstore.web.symbol import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletStartView:
    """`certstore/wallet_start.html`, GET /certificates/{ref}/wallet."""

    ref: str
    type_code: str
    labels: tuple[str, ...]
    cannot: WhyNot | None = None  # why it may not go into a wallet


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOfferView:
    """`certstore/wallet_offer.html`: the answer to POST; link and digits are shown this once.

    `wallet_offer.js` asks GET /certificates/{ref}/wallet/{offer_ref} what became of it.
    """

    ref: str
    offer_ref: str
    type_code: str
    symbol: Symbol
    link: str
    https_link: str
    tx_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletChoice:
    """A certificate that the wallet could have."""

    ref: str
    number: str
    issued_on: date
    sealed: bool  # or it is still being made


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletConsentView:
    """`certstore/wallet_consent.html`, GET /wallets/consent/{ref}.

    The form: `csrf`, `give`, `certificate`.
    """

    ref: str
    type_code: str
    wallet: str  # as it calls itself
    goes_to: str  # where the browser is sent: a host, or the scheme of an app
    choices: tuple[WalletChoice, ...]
    labels: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)  # codes of `error.<field>.` by field


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCopyRow:
    """What one wallet was given at one time."""

    ref: str
    certificate_ref: str
    type_code: str
    made_at: datetime
    credentials: int
    state: str  # given | accepted | failed | deleted
    holds: bool  # the certificate is in force


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCopiesView:
    """`certstore/wallet_copies.html`, GET /wallet-copies."""

    rows: tuple[WalletCopyRow, ...]


def start_view(certificate: Certificate, lang: Lang, why: WhyNot | None = None) -> WalletStartView:
    """What will be in the wallet, or why nothing will."""
    return WalletStartView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        labels=_labels(certificate, lang) if why is None else (),
        cannot=why,
    )


def offer_view(made: MadeOffer, symbol: Symbol) -> WalletOfferView:
    """The offer, ready to be scanned."""
    return WalletOfferView(
        ref=made.certificate.ref,
        offer_ref=made.ref,
        type_code=made.certificate.type_code,
        symbol=symbol,
        link=made.whole_link,
        https_link=made.https_link,
        tx_code=made.tx_code,
        expires_at=made.expires_at,
    )


def consent_view(asked: Asked, lang: Lang) -> WalletConsentView:
    """Who asks for what."""
    request = asked.request
    parts = urlsplit(request.redirect_uri)
    web = parts.scheme in {"http", "https"}
    return WalletConsentView(
        ref=request.ref,
        type_code=request.type_code,
        wallet=request.client_id,
        goes_to=(parts.netloc if web else f"{parts.scheme}:"),
        choices=tuple(
            WalletChoice(ref=c.ref, number=c.number, issued_on=c.issued_on, sealed=c.sealed)
            for c in asked.choices
        ),
        labels=_labels(asked.choices[0], lang) if asked.choices else (),
    )


def copies_view(found: Sequence[tuple[WalletCopy, Certificate]], now: datetime) -> WalletCopiesView:
    """What wallets have, latest first."""
    today = local_date(now)
    return WalletCopiesView(
        rows=tuple(
            WalletCopyRow(
                ref=copy.ref,
                certificate_ref=certificate.ref,
                type_code=certificate.type_code,
                made_at=copy.made_at,
                credentials=len(copy.key_thumbprints),
                state=copy.state,
                holds=certificate.status_on(today) is Status.VALID,
            )
            for copy, certificate in found
        )
    )


def _labels(certificate: Certificate, lang: Lang) -> tuple[str, ...]:
    """The names of the fields that a credential can show."""
    fields = (name for name in disclosed(certificate) if name != "identifier")
    return tuple(path_label(certificate.type_code, name, lang) for name in fields)
