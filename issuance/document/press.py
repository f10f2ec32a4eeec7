"""The press: prints signed vouchers, one after another."""

from certstore.keys import Signer
from issuance.document import voucher_page
from issuance.document.content import Row, VoucherContent
from issuance.document.fontset import FontSet
from issuance.document.layout import A4_VOUCHER, Layout
from issuance.document.photo_design import Drawing, PhotoDesign
from issuance.document.printer import Printer

__all__ = ["A4_VOUCHER", "FontSet", "Layout", "Press", "Row", "VoucherContent"]

_DRAWING = Drawing(voucher_page.heading, voucher_page.person, voucher_page.closing)


class Press(Printer[VoucherContent]):
    """Prints signed vouchers; thread-safe, and made once per layout and signer."""

    def __init__(
        self, *, layout: Layout, fonts: FontSet, signer: Signer, contents_bytes: int = 8192
    ) -> None:
        """Raise MalformedError if the signer is no document signer."""
        super().__init__(
            PhotoDesign(layout, _DRAWING),
            fonts=fonts,
            signer=signer,
            contents_bytes=contents_bytes,
        )
