"""What pages offer of a letter: it goes into no wallet, names no district and has no photo."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certstore.certificates import Certificate, File, Holder, Status, StatusEntry, Validity
from certstore.pages.holdings_pages import certificates_view
from certstore.pages.presenting_views import Showing, present_view
from certstore.presenting.choices import Choice
from certstore.web.symbol import Symbol

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
VOUCHER = Certificate(
    ref="1" * 20,
    type_code="residence_voucher",
    version=1,
    number="SF20260000000001",
    identifier=None,
    holders=(Holder("林晓禾", "111", "340199199804060284"),),
    issuer_uscc="11310000MB0T00015W",
    issued_on=TODAY,
    validity=Validity(TODAY, None),
    status=Status.VALID,
    status_changed_at=NOW,
    fields={"residence_address": "示范市海港区长乐路88弄6号502室"},
    files=(File("photo", "image/jpeg", "ab" * 32, 1000),),
    status_entry=StatusEntry(1, 1),
    sealed=True,
)
LETTER = replace(VOUCHER, ref="2" * 20, type_code="commitment_letter", fields={}, files=())


def shown(certificate):
    symbol = Symbol.of([[1]])
    showing = Showing(
        certificate=certificate,
        choice=Choice(),
        now=NOW,
        today=TODAY,
        made=None,
        symbol=None,
        why_not=None,
        confirming=False,
        url="",
        url_code=symbol,
    )
    return present_view(showing, "zh", specimen=True)


@pytest.mark.parametrize(
    ("certificate", "goes"),
    [
        (VOUCHER, True),
        (LETTER, False),
        (replace(VOUCHER, status=Status.LOST), False),
        (replace(VOUCHER, status_entry=None), False),
    ],
)
def test_what_may_not_go_into_a_wallet_is_not_offered_for_one(certificate, goes):
    (card,) = certificates_view([certificate], TODAY, "zh").cards
    assert card.wallet is goes


def test_a_letter_is_offered_with_what_it_has():
    assert shown(VOUCHER).levels == ("photo", "residence", "age", "full")
    assert shown(LETTER).levels == ("photo", "age", "full")
    assert (shown(LETTER).photo_href, bool(shown(VOUCHER).photo_href)) == (None, True)
