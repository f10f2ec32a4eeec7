"""The permit press: prints signed permits on a card."""

from certstore.keys import Signer
from issuance.document import permit_page
from issuance.document.content import VoucherContent
from issuance.document.fontset import FontSet
from issuance.document.permit_layout import ID1_PERMIT
from issuance.document.photo_design import Drawing, PhotoDesign
from issuance.document.printer import Printer

_DRAWING = Drawing(permit_page.heading, permit_page.person, permit_page.closing)


class PermitPress(Printer[VoucherContent]):
    """Prints signed permits; thread-safe, and made once per signer."""

    def __init__(self, *, fonts: FontSet, signer: Signer) -> None:
        """Raise MalformedError if the signer is no document signer."""
        super().__init__(PhotoDesign(ID1_PERMIT, _DRAWING), fonts=fonts, signer=signer)
