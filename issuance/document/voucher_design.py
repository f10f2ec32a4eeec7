"""The voucher as the printer takes it: its layout, its page, its photo."""

from collections.abc import Mapping

from issuance.document import voucher_page
from issuance.document.composer import Composer
from issuance.document.content import VoucherContent, check_content
from issuance.document.layout import Layout
from issuance.document.pdf_objects import stream
from issuance.document.portrait import HEIGHT, WIDTH


class VoucherDesign:
    """Draws vouchers in one layout."""

    images: tuple[bytes, ...] = (b"Photo", b"Code", b"Url")

    def __init__(self, layout: Layout) -> None:
        """Take over from the layout what the printer asks for."""
        self._layout = layout
        self.page, self.seal = layout.page, layout.seal
        self.common_text, self.bold_text = layout.common_text, layout.bold_text
        self.code_versions, self.url_code_versions = layout.code_versions, layout.url_code_versions
        self.mask = layout.mask

    def check(self, content: VoucherContent) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        check_content(content)

    def heading(self, composer: Composer, content: VoucherContent) -> bytes:
        """Everything above the fields."""
        return voucher_page.heading(composer, self._layout, content)

    def closing(self, composer: Composer, content: VoucherContent) -> bytes:
        """Everything below the fields."""
        return voucher_page.closing(composer, self._layout, content)

    def own(self, composer: Composer, content: VoucherContent) -> bytes:
        """The part that is this person's."""
        return voucher_page.person(composer, self._layout, content)

    def pictures(self, content: VoucherContent) -> Mapping[bytes, bytes]:
        """The photo, passed through as it is."""
        return {b"Photo": photo_object(content.photo_jpeg)}

    def metadata(self, content: VoucherContent) -> str:  # noqa: ARG002 - the same for each
        """None."""
        return ""


def photo_object(jpeg: bytes) -> bytes:
    """A photo as an image object, passed through as it is."""
    return stream(
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter/DCTDecode" % (WIDTH, HEIGHT),
        jpeg,
    )
