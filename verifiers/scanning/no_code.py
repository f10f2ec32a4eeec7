"""Texts that are no code, and yet worth another answer: dead digits, and our own small code."""

import re

from certstore.presentation import typed_number

# A small URL code. Anything else that looks like one is a stranger's, and is no business of ours.
_STATUS_ADDRESS = re.compile(r"(?P<origin>https?://[^/?#]+)(?P<path>/s/[0-9a-z]{20})", re.ASCII)


def why_no_code(text: str, public_url: str) -> str | None:
    """The reason (code) why such a text cannot be judged; None for every other text.

    Of digits that stand for no code it is not said whether they ever did.
    """
    if typed_number(text) is not None:
        return "NUMBER_NOT_GOOD"
    return "STATUS_ADDRESS" if status_path(text, public_url) else None


def status_path(text: str, public_url: str) -> str | None:
    """The path of the status page whose address on this very service this is; None for others."""
    found = _STATUS_ADDRESS.fullmatch(text)
    return found["path"] if found and found["origin"] == public_url else None
