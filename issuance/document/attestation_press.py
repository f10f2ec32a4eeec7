"""The attestation press: prints signed attestations of every type it has a layout for."""

from collections.abc import Mapping

from certstore.errors import NotFoundError
from certstore.keys import Signer
from issuance.document import attestation_page, letter_page
from issuance.document.attestation_content import AttestationContent, check_attestation_content
from issuance.document.attestation_layout import LAYOUTS
from issuance.document.composer import Composer
from issuance.document.fontset import FontSet
from issuance.document.letter_layout import LetterLayout
from issuance.document.printer import Printer


class AttestationDesign:
    """Draws attestations of one type; they have no picture beside the codes."""

    images: tuple[bytes, ...] = (b"Code", b"Url")

    def __init__(self, layout: LetterLayout) -> None:
        """Take over from the layout what the printer asks for."""
        self._layout = layout
        self.page, self.seal = layout.page, layout.seal
        self.common_text, self.bold_text = layout.common_text, layout.bold_text
        self.code_versions, self.url_code_versions = layout.code_versions, layout.url_code_versions
        self.mask = layout.mask

    def check(self, content: AttestationContent) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        check_attestation_content(content)

    def heading(self, composer: Composer, content: AttestationContent) -> bytes:
        """Everything above the sentence."""
        return letter_page.heading(composer, self._layout, content)

    def closing(self, composer: Composer, content: AttestationContent) -> bytes:
        """Everything below the facts."""
        return letter_page.closing(composer, self._layout, content)

    def own(self, composer: Composer, content: AttestationContent) -> bytes:
        """The sentence, and the facts it rests on."""
        return attestation_page.own(composer, self._layout, content)

    def pictures(self, content: AttestationContent) -> Mapping[bytes, bytes]:  # noqa: ARG002 - an attestation has none
        """None."""
        return {}

    def metadata(self, content: AttestationContent) -> str:  # noqa: ARG002 - the same for each
        """None."""
        return ""


class AttestationPress:
    """Prints signed attestations; thread-safe, and made once per signer."""

    def __init__(self, *, fonts: FontSet, signer: Signer) -> None:
        """Raise MalformedError if the signer is no document signer."""
        self._printers = {
            code: Printer(AttestationDesign(layout), fonts=fonts, signer=signer)
            for code, layout in LAYOUTS.items()
        }

    def print(self, type_code: str, content: AttestationContent) -> bytes:
        """Return the signed PDF; NotFoundError for a type without a layout."""
        try:
            printer = self._printers[type_code]
        except KeyError:
            raise NotFoundError("no layout prints this type", where=type_code) from None
        return printer.print(content)
