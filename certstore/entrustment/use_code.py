"""The characters of a use code (用证码): eleven at random and a check, in groups of four.

The alphabet has nothing that is misread or misheard; 32 to the power of 11 is 55 bits.
Only a digest is kept, worked out together with the certificate's reference: a code opens the one
certificate that it was made for, and guessing one says nothing about another.
"""

import hashlib
import re

from certstore.chance import random_below
from certstore.check_characters import mod_37_36
from certstore.errors import MalformedError

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RANDOM = 11
_SHAPE = re.compile(r"[0-9A-Z]{12}")


def make_code() -> str:
    """A new code, grouped for reading aloud: 7KQM-3WXD-92HB."""
    while True:
        text = "".join(ALPHABET[random_below(len(ALPHABET))] for _ in range(_RANDOM))
        check = mod_37_36(text)
        if check in ALPHABET:  # of the others some look like a letter that is not there
            return grouped(text + check)


def grouped(text: str) -> str:
    """A code's characters in groups of four."""
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def parse_code(said: str) -> str:
    """The twelve characters of a code as it was sent; MalformedError if it cannot be one.

    What was mistyped is found here and is no guess.
    """
    text = said.strip().upper().replace("-", "").replace(" ", "")
    if not _SHAPE.fullmatch(text) or mod_37_36(text[:_RANDOM]) != text[_RANDOM]:
        raise MalformedError(
            "this is no use code: its check character is wrong",
            where="legal_basis.use_code",
            remedy="ask the holder to read it out again",
        )
    return text


def digest_of(certificate_ref: str, text: str) -> str:
    """What is kept of a code, in hex."""
    return hashlib.sha256(f"{certificate_ref}:{text}".encode()).hexdigest()
