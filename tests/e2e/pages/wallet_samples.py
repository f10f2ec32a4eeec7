"""The pages of wallets: before a code, the code, a wallet that asks, what was put there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from certstore.pages.wallet_views import (
    WalletChoice,
    WalletConsentView,
    WalletCopiesView,
    WalletCopyRow,
    WalletOfferView,
    WalletStartView,
)
from tests.e2e.pages.people import NOW, REF, TODAY, VOUCHER, Sample, symbol

_LABELS = ("姓名", "公民身份号码", "居住地址", "居住地所在区", "登记日期", "有效期至")
_LINK = "https://certs.example/wallets/offers/pLjt1MB9-jz5YDDwrVV0bU27HZTOqOTa0gu4k9Xw2Qc"
_ASKED = WalletConsentView(
    ref=REF,
    type_code=VOUCHER.type_code,
    wallet="wallet.example",
    goes_to="eu.europa.ec.euidi:",
    choices=(WalletChoice(ref=REF, number=VOUCHER.number, issued_on=TODAY, sealed=True),),
    labels=_LABELS,
)


def wallets() -> Iterator[Sample]:
    """Every page of wallets in every state."""
    at = f"/certificates/{REF}/wallet"
    start = WalletStartView(ref=REF, type_code=VOUCHER.type_code, labels=_LABELS)
    yield Sample("wallet-start", "certstore/wallet_start.html", start, at)
    for why in ("not_for_wallets", "not_sealed", "not_in_force"):
        refused = replace(start, labels=(), cannot=why)
        yield Sample(f"wallet-start-{why}", "certstore/wallet_start.html", refused, at)
    offer = WalletOfferView(
        ref=REF,
        offer_ref="f" * 20,
        type_code=VOUCHER.type_code,
        symbol=symbol(),
        link="openid-credential-offer://?credential_offer=x",
        https_link=_LINK,
        tx_code="493536",
        expires_at=NOW + timedelta(minutes=5),
    )
    yield Sample("wallet-offer", "certstore/wallet_offer.html", offer, at)
    page, place = "certstore/wallet_consent.html", f"/wallets/consent/{REF}"
    yield Sample("wallet-consent", page, _ASKED, place)
    making = WalletChoice(ref="2" * 20, number="SF20260000000002", issued_on=TODAY, sealed=False)
    yield Sample("wallet-consent-wait", page, replace(_ASKED, choices=(making,)), place)
    both = replace(_ASKED, choices=(making, *_ASKED.choices), wallet="w" * 200)
    yield Sample("wallet-consent-two", page, both, place)
    unsaid = replace(both, errors={"certificate": "empty"})
    yield Sample("wallet-consent-error", page, unsaid, place)
    yield Sample("wallet-consent-none", page, replace(_ASKED, choices=(), labels=()), place)
    rows = (("given", True), ("accepted", True), ("accepted", False), ("failed", True))
    copies = WalletCopiesView(
        rows=tuple(
            WalletCopyRow(
                ref=f"{n}" * 20,
                certificate_ref=REF,
                type_code=VOUCHER.type_code,
                made_at=NOW - timedelta(hours=n),
                credentials=10 if n % 2 else 1,
                state=state,
                holds=holds,
            )
            for n, (state, holds) in enumerate((*rows, ("deleted", True)))
        )
    )
    yield Sample("wallet-copies", "certstore/wallet_copies.html", copies, "/wallet-copies")
    none = WalletCopiesView(rows=())
    yield Sample("wallet-copies-none", "certstore/wallet_copies.html", none, "/wallet-copies")
