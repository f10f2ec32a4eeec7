"""People, moments and pictures that the sample pages share."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import segno

from certstore.pages.views import CertificateCard
from certstore.web.shell import Signed
from certstore.web.symbol import Symbol

NOW = datetime(2026, 11, 26, 2, 41, 36, tzinfo=UTC)  # 10:41:36 in China


TODAY = date(2026, 11, 26)


REF = "k7m2p9q4r6s8t3v5w7x2"


PORTRAIT = "/sample/portrait.svg"


# Full-width digits, as an input method types them, and more than one line of rare characters.
ODD_ADDRESS = "示范市梧桐区㛃䶮路１８８弄６号１２０３室（" + "㛃䶮" * 30 + "，é）"


HOUSING = "示范市房屋管理局"


RESIDENT = Signed("林晓禾", notices=1)


OFFICER = Signed("民警 1047 高", "officer")


@dataclass(frozen=True, slots=True)
class Sample:
    """One page in one state."""

    name: str
    template: str
    view: object
    path: str
    who: Signed | None = RESIDENT
    wide: bool = False


def symbol() -> Symbol:
    """A symbol of the size that a live code has."""
    return Symbol.of(list(segno.make("RPD1:" + "7WC0" * 70, version=11, error="m").matrix))


VOUCHER = CertificateCard(
    ref=REF,
    type_code="residence_voucher",
    status="valid",
    issued_on=TODAY,
    valid_to=date(2027, 11, 25),
    number="310199199003070020",
)
