"""Asking a wallet: choosing, waiting on either device, every outcome."""

from collections.abc import Iterator
from datetime import timedelta

import segno

from certstore.web.symbol import Symbol
from tests.e2e.pages.people import NOW, REF, Sample
from tests.e2e.pages.scan_samples import FIELDS
from verifiers.pages.views import CheckLine, ScanResult
from verifiers.pages.wallet_views import AskWalletView, WalletOutcomeView, WalletWaitView

LINK = (
    "openid4vp://?client_id=x509_hash%3A" + "k7m2p9q4r6s8t3v5w7x2" * 2 + "abc"
    "&request_uri=https%3A%2F%2Fcerts.example%2Fv1%2Fverify%2Fwallet-requests%2F"
    f"{REF}%2Frequest&request_uri_method=post"
)


def asking_wallets() -> Iterator[Sample]:
    """The form, the two ways of waiting, the ends."""
    ask = "verifiers/wallet_ask.html"
    yield Sample("ask-wallet-ask", ask, AskWalletView(), "/scan/wallet", None)
    wrong = AskWalletView(errors={"wanted": "missing", "verifier": "too_long"})
    yield Sample("ask-wallet-ask-error", ask, wrong, "/scan/wallet", None)
    yield from _waiting()
    yield from _outcomes()


def _waiting() -> Iterator[Sample]:
    wait, path = "verifiers/wallet_wait.html", f"/scan/wallet/{REF}"
    given = {"ref": REF, "wanted": "minimal", "link": LINK, "until": NOW + timedelta(minutes=5)}
    symbol = Symbol.of(list(segno.make(LINK, error="m").matrix))
    for name, more in {
        "other": {"standing": "waiting", "symbol": symbol},
        "same": {"standing": "waiting"},
        "answered": {"standing": "answered"},
        "over": {"standing": "over"},
    }.items():
        yield Sample(f"ask-wallet-{name}", wait, WalletWaitView(**given, **more), path, None)


def _outcomes() -> Iterator[Sample]:
    page, path = "verifiers/wallet_outcome.html", f"/scan/wallet/{REF}"
    shown = {name: FIELDS[name] for name in FIELDS if name != "id_number"}
    for verdict, reason, step in (
        ("valid", "", "status"),
        ("revoked", "STATUS_CANCELLED", "status"),
        ("tampered", "HOLDER_NOT_PROVEN", "holder_proof"),
        ("malformed", "MORE_THAN_ASKED", "asked"),
        ("replayed", "SHOWN_TO_ANOTHER", "holder_proof"),
    ):
        result = ScanResult(
            verdict=verdict,
            reasons=(reason,) if reason else (),
            checks=(
                CheckLine("presentation", passed=True),
                CheckLine("issuer", passed=True, detail="示范市公安局"),
                CheckLine(step, passed=verdict == "valid"),
            ),
            fields=shown if verdict in {"valid", "revoked"} else {},
            checked_at=NOW,
        )
        view = WalletOutcomeView(result=result)
        yield Sample(f"ask-wallet-{verdict}", page, view, path, None)
    for error in ("access_denied", "other"):
        yield Sample(f"ask-wallet-gave-{error}", page, WalletOutcomeView(error=error), path, None)
