"""The copy press: prints signed annotated copies (加注件), with a photo or without."""

from collections.abc import Mapping

from certstore.keys import Signer
from issuance.document import copy_page
from issuance.document.composer import Composer
from issuance.document.copy_content import CopyContent, check_copy
from issuance.document.copy_layout import A4_COPY, A4_COPY_PLAIN
from issuance.document.fontset import FontSet
from issuance.document.layout import Layout
from issuance.document.photo_design import photo_object
from issuance.document.printer import Printer
from issuance.document.xmp import copy_metadata


class CopyDesign:
    """Draws copies in one layout; `Code` is missing on purpose (see CopyContent)."""

    def __init__(self, layout: Layout, images: tuple[bytes, ...]) -> None:
        """Take over from the layout what the printer asks for."""
        self._layout, self.images = layout, images
        self.page, self.seal = layout.page, layout.seal
        self.common_text, self.bold_text = layout.common_text, layout.bold_text
        self.code_versions, self.url_code_versions = layout.code_versions, layout.url_code_versions
        self.mask = layout.mask

    def check(self, content: CopyContent) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        check_copy(content)

    def heading(self, composer: Composer, content: CopyContent) -> bytes:
        """Everything above that all copies share."""
        return copy_page.heading(composer, self._layout, content)

    def closing(self, composer: Composer, content: CopyContent) -> bytes:
        """Everything below that all copies share."""
        return copy_page.closing(composer, self._layout, content)

    def own(self, composer: Composer, content: CopyContent) -> bytes:
        """Purpose and expiry, and the fields."""
        return copy_page.copy(composer, self._layout, content)

    def pictures(self, content: CopyContent) -> Mapping[bytes, bytes]:
        """The photo, where the copy shows one."""
        photo = content.photo_jpeg
        return {} if photo is None else {b"Photo": photo_object(photo)}

    def metadata(self, content: CopyContent) -> str:
        """The four annotations."""
        return copy_metadata(content.annotation)


class CopyPress:
    """Prints signed copies; thread-safe, and made once per signer."""

    def __init__(self, *, fonts: FontSet, signer: Signer) -> None:
        """Raise MalformedError if the signer is no document signer."""
        plain = CopyDesign(A4_COPY_PLAIN, (b"Url",))
        pictured = CopyDesign(A4_COPY, (b"Photo", b"Url"))
        self._plain = Printer(plain, fonts=fonts, signer=signer)
        self._pictured = Printer(pictured, fonts=fonts, signer=signer)

    def print(self, content: CopyContent) -> bytes:
        """Make one signed file; refuses as Printer.print does, before anything is signed."""
        printer = self._plain if content.photo_jpeg is None else self._pictured
        return printer.print(content)
