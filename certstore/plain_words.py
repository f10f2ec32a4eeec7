"""Words that others send and citizens read: nothing invisible, nothing that turns the order."""

import unicodedata

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain_words(text: str) -> str:
    """The text, or ValueError if it is blank or holds a character that shows nothing."""
    if not text.strip():
        raise ValueError("the text is blank")
    if not text.isprintable() and any(  # what is printable shows, and most texts are
        unicodedata.category(character) in _REFUSED for character in text
    ):
        raise ValueError("the text holds a character that is invisible or turns others")
    return text
