"""A document with a photo as the printer takes it: its layout, its page, the photo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from issuance.document.composer import Composer
from issuance.document.content import VoucherContent, check_content
from issuance.document.layout import Box
from issuance.document.pdf_objects import stream
from issuance.document.portrait import HEIGHT, WIDTH


class Placed(Protocol):
    """What the printer asks of a layout; the rest is for who draws the page."""

    @property
    def page(self) -> Box:
        """The page's size."""
        ...

    @property
    def seal(self) -> Box:
        """Where the seal stands."""
        ...

    @property
    def common_text(self) -> str:
        """Characters that most documents use."""
        ...

    @property
    def bold_text(self) -> str:
        """Those that are set in bold."""
        ...

    @property
    def code_versions(self) -> tuple[int, ...]:
        """The versions the signed code may have."""
        ...

    @property
    def url_code_versions(self) -> tuple[int, ...]:
        """The versions the code for ordinary cameras may have."""
        ...

    @property
    def mask(self) -> int:
        """The mask of both codes."""
        ...


L = TypeVar("L", bound=Placed)


@dataclass(frozen=True, slots=True)
class Drawing(Generic[L]):
    """How a page is drawn: above the fields, what is this person's, below the fields."""

    heading: Callable[[Composer, L, VoucherContent], bytes]
    own: Callable[[Composer, L, VoucherContent], bytes]
    closing: Callable[[Composer, L, VoucherContent], bytes]


class PhotoDesign(Generic[L]):
    """Draws documents with a photo in one layout."""

    images: tuple[bytes, ...] = (b"Photo", b"Code", b"Url")

    def __init__(self, layout: L, drawing: Drawing[L]) -> None:
        """Take over from the layout what the printer asks for."""
        self._layout, self._drawing = layout, drawing
        self.page, self.seal = layout.page, layout.seal
        self.common_text, self.bold_text = layout.common_text, layout.bold_text
        self.code_versions, self.url_code_versions = layout.code_versions, layout.url_code_versions
        self.mask = layout.mask

    def check(self, content: VoucherContent) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        check_content(content)

    def heading(self, composer: Composer, content: VoucherContent) -> bytes:
        """Everything above the fields."""
        return self._drawing.heading(composer, self._layout, content)

    def closing(self, composer: Composer, content: VoucherContent) -> bytes:
        """Everything below the fields."""
        return self._drawing.closing(composer, self._layout, content)

    def own(self, composer: Composer, content: VoucherContent) -> bytes:
        """The part that is this person's."""
        return self._drawing.own(composer, self._layout, content)

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
