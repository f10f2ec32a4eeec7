"""What the printer must be told of a kind of document: what it says, and where it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from issuance.document.composer import Composer
from issuance.document.layout import Box


class Content(Protocol):
    """What every document carries, whatever else it says; `attachment` is certificate.json."""

    @property
    def identifier(self) -> str:
        """The certificate identifier (GB/T 36904)."""
        ...

    @property
    def title(self) -> str:
        """What the file calls itself."""
        ...

    @property
    def code_text(self) -> str:
        """The text of the signed code."""
        ...

    @property
    def url_code_text(self) -> str:
        """The text of the code for ordinary cameras."""
        ...

    @property
    def attachment(self) -> bytes:
        """The data the file carries along."""
        ...

    @property
    def issuer_zh(self) -> str:
        """The house in Chinese."""
        ...

    @property
    def issuer_en(self) -> str:
        """The house in English."""
        ...

    @property
    def seal_text_zh(self) -> str:
        """What stands in the seal."""
        ...

    @property
    def issued_at(self) -> datetime:
        """The signature's time; aware."""
        ...

    @property
    def specimen(self) -> bool:
        """Whether it is marked a specimen."""
        ...


C = TypeVar("C", bound=Content)
C_contra = TypeVar("C_contra", bound=Content, contravariant=True)


class Design(Protocol[C_contra]):
    """One kind of document: checks its content and draws its page in three parts.

    `heading` and `closing` are the same for every document of one issuer and are drawn once;
    `own` is drawn for each. `images` are the names by which they place pictures.
    """

    images: tuple[bytes, ...]
    page: Box
    seal: Box
    common_text: str  # characters that most documents use: the plate carries them
    bold_text: str  # and those of them that are set in bold
    code_versions: tuple[int, ...]
    url_code_versions: tuple[int, ...]
    mask: int

    def check(self, content: C_contra) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        ...

    def heading(self, composer: Composer, content: C_contra) -> bytes:
        """What stands above, the same for every document of this issuer."""
        ...

    def closing(self, composer: Composer, content: C_contra) -> bytes:
        """What stands below, the same for every document of this issuer."""
        ...

    def own(self, composer: Composer, content: C_contra) -> bytes:
        """What only this document says; raises MissingGlyphError or MalformedError."""
        ...

    def pictures(self, content: C_contra) -> Mapping[bytes, bytes]:
        """Image objects of its own by name, beside the codes (`Code`, `Url`)."""
        ...

    def metadata(self, content: C_contra) -> str:
        """Further RDF descriptions for the XMP packet; none for most."""
        ...
