"""The letter press: prints signed commitment letters."""

from collections.abc import Mapping

from certstore.keys import Signer
from issuance.document import letter_page
from issuance.document.composer import Composer
from issuance.document.fontset import FontSet
from issuance.document.letter_content import LetterContent, check_letter_content
from issuance.document.letter_layout import A4_LETTER, LetterLayout
from issuance.document.printer import Printer


class LetterDesign:
    """Draws letters in one layout; they have no picture beside the codes."""

    images: tuple[bytes, ...] = (b"Code", b"Url")

    def __init__(self, layout: LetterLayout = A4_LETTER) -> None:
        """Take over from the layout what the printer asks for."""
        self._layout = layout
        self.page, self.seal = layout.page, layout.seal
        self.common_text, self.bold_text = layout.common_text, layout.bold_text
        self.code_versions, self.url_code_versions = layout.code_versions, layout.url_code_versions
        self.mask = layout.mask

    def check(self, content: LetterContent) -> None:
        """Raise MalformedError or TooLargeError if something cannot be printed."""
        check_letter_content(content, self._layout.title_zh)

    def heading(self, composer: Composer, content: LetterContent) -> bytes:
        """Everything above the letter."""
        return letter_page.heading(composer, self._layout, content)

    def closing(self, composer: Composer, content: LetterContent) -> bytes:
        """Everything below the letter."""
        return letter_page.closing(composer, self._layout, content)

    def own(self, composer: Composer, content: LetterContent) -> bytes:
        """The letter, and how it was signed."""
        return letter_page.letter(composer, self._layout, content)

    def pictures(self, content: LetterContent) -> Mapping[bytes, bytes]:  # noqa: ARG002 - a letter has none
        """None."""
        return {}

    def metadata(self, content: LetterContent) -> str:  # noqa: ARG002 - the same for each
        """None."""
        return ""


class LetterPress(Printer[LetterContent]):
    """Prints signed letters; thread-safe, and made once per signer."""

    def __init__(self, *, fonts: FontSet, signer: Signer) -> None:
        """Raise MalformedError if the signer is no document signer."""
        super().__init__(LetterDesign(), fonts=fonts, signer=signer)
