"""The only source of randomness: the operating system's, through `secrets`."""

import secrets

# No vowels and nothing that is misread over the telephone; 28 symbols, 20 of them give 96 bits.
_REFERENCE_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
_SYMBOLS = len(_REFERENCE_ALPHABET)
_FAIR = 256 // _SYMBOLS * _SYMBOLS


def reference(length: int = 20) -> str:
    """An opaque reference for URLs: unguessable, says nothing about what it refers to."""
    found: list[str] = []
    while len(found) < length:  # one draw as a rule; what would favour a symbol is thrown away
        drawn = secrets.token_bytes(length + 4)
        found += [
            _REFERENCE_ALPHABET[byte % len(_REFERENCE_ALPHABET)] for byte in drawn if byte < _FAIR
        ]
    return "".join(found[:length])


def random_bytes(length: int) -> bytes:
    """Random bytes."""
    return secrets.token_bytes(length)


def random_below(bound: int) -> int:
    """A random whole number from 0 up to but not including `bound`."""
    return secrets.randbelow(bound)


def token(length: int = 32) -> str:
    """A URL-safe secret of `length` random bytes."""
    return secrets.token_urlsafe(length)
