"""What the page of one certificate shows: what it is, how it stands, what can be done with it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from certstore.certificates import Certificate
from certstore.holds.kinds import ENDED, HoldKind
from certstore.offices import office_name
from certstore.pages.holdings_pages import card, with_remedy
from certstore.pages.views import CertificateCard
from certstore.web.dress import Lang

Standing = Literal["current", "former", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """`certstore/certificate.html`, GET /certificates/{ref}.

    `kept` is what a source handed in: matters reuse it, and it is not shown to anybody.
    """

    card: CertificateCard
    standing: Standing
    number: str  # printed on it; empty where it has none of its own
    version: int
    office: str
    valid_from: date


def certificate_view(
    certificate: Certificate,
    today: date,
    lang: Lang,
    held: Collection[HoldKind],
    *,
    own: bool,
) -> CertificateView:
    """One certificate; not the reader's own, it is a child's in their care."""
    shown = with_remedy(card(certificate, today), held)
    if not own:
        shown = replace(shown, ward=certificate.holders[0].name)
    return CertificateView(
        card=shown,
        standing=_standing(certificate),
        number=certificate.number if certificate.sealed else "",
        version=certificate.version,
        office=office_name(certificate.issuer_uscc, lang),
        valid_from=certificate.validity.valid_from,
    )


def _standing(certificate: Certificate) -> Standing:
    if not certificate.sealed:
        return "kept"
    return "former" if certificate.status in ENDED else "current"
