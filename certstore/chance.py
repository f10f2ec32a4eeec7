"""The only source of randomness: the operating system's, through `secrets`."""

import secrets

# No vowels and nothing that is misread over the telephone; 28 symbols, 20 of them give 96 bits.
_REFERENCE_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
_SYMBOLS = len(_REFERENCE_ALPHABET)
_FAIR = 256 // _SYMBOLS * _SYMBOLS
_SYMBOL_OF = bytes(ord(_REFERENCE_ALPHABET[byte % _SYMBOLS]) for byte in range(256))
_UNFAIR = bytes(range(_FAIR, 256))  # would favour some symbols: thrown away


def reference(length: int = 20) -> str:
    """An opaque reference for URLs: unguessable, says nothing about what it refers to."""
    found = b""
    while len(found) < length:  # one draw as a rule
        found += secrets.token_bytes(length + 4).translate(_SYMBOL_OF, _UNFAIR)
    return found[:length].decode()


def random_bytes(length: int) -> bytes:
    """Random bytes."""
    return secrets.token_bytes(length)


def random_below(bound: int) -> int:
    """A random whole number from 0 up to but not including `bound`."""
    return secrets.randbelow(bound)


def token(length: int = 32) -> str:
    """A URL-safe secret of `length` random bytes."""
    return secrets.token_urlsafe(length)
