"""What the pages for asking a wallet show; nothing a wallet showed stands in a view twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from certstore.web.symbol import Symbol
from verifiers.pages.views import ScanResult

WantedWord = Literal["minimal", "district", "address"]
ErrorWord = Literal[
    "access_denied", "invalid_request", "invalid_client", "vp_formats_not_supported",
    "wallet_unavailable", "invalid_request_uri_method", "invalid_scope", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWalletView:
    """`verifiers/wallet_ask.html`, GET /scan/wallet.

    Form: POST /scan/wallet (`csrf`, `wanted`, `verifier`, `device`: other | same).
    """

    choices: tuple[WantedWord, ...] = ("minimal", "district", "address")
    wanted: str = ""
    verifier: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletWaitView:
    """`verifiers/wallet_wait.html`, GET /scan/wallet/{ref}.

    A code for another phone, or a link for this one; once answered, a form that shows the outcome:
    POST /scan/wallet/{ref} (`csrf`, `response_code`).
    """

    ref: str
    wanted: WantedWord
    standing: Literal["waiting", "answered", "over"]
    link: str = ""
    symbol: Symbol | None = None  # none: the wallet is on this device
    response_code: str = ""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOutcomeView:
    """`verifiers/wallet_outcome.html`, the answer to POST /scan/wallet/{ref}; shown once."""

    result: ScanResult | None = None
    error: ErrorWord | None = None
