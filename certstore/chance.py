"""The only source of randomness: the operating system's, through `secrets`."""

import secrets

# No vowels and nothing that is misread over the telephone; 28 symbols, 20 of them give 96 bits.
_REFERENCE_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"


def reference(length: int = 20) -> str:
    """An opaque reference for URLs: unguessable, says nothing about what it refers to."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(length))


def random_bytes(length: int) -> bytes:
    """Random bytes."""
    return secrets.token_bytes(length)


def random_below(bound: int) -> int:
    """A random whole number from 0 up to but not including `bound`."""
    return secrets.randbelow(bound)


def token(length: int = 32) -> str:
    """A URL-safe secret of `length` random bytes."""
    return secrets.token_urlsafe(length)
