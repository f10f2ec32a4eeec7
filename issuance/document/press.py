"""The press: prints signed vouchers, one after another."""

from certstore.keys import Signer
from issuance.document.content import Row, VoucherContent
from issuance.document.fontset import FontSet
from issuance.document.layout import A4_VOUCHER, Layout
from issuance.document.printer import Printer
from issuance.document.voucher_design import VoucherDesign

__all__ = ["A4_VOUCHER", "FontSet", "Layout", "Press", "Row", "VoucherContent"]


class Press(Printer[VoucherContent]):
    """Prints signed vouchers; thread-safe, and made once per layout and signer."""

    def __init__(
        self, *, layout: Layout, fonts: FontSet, signer: Signer, contents_bytes: int = 8192
    ) -> None:
        """Raise MalformedError if the signer is no document signer."""
        super().__init__(
            VoucherDesign(layout), fonts=fonts, signer=signer, contents_bytes=contents_bytes
        )
