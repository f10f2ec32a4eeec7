"""Check characters of the numbers this field lives by, each with the standard it comes from."""

from certstore.errors import MalformedError

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z
_ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # A is 10; a copied Java table says 11
_LONGEST_TYPED = 96  # characters; looked at before anything else is done with the text


def typed(text: str, what: str) -> str:
    """Return what was typed, stripped and in capitals; raise MalformedError if long or not ASCII.

    ASCII is asked first because `upper()` turns strangers such as the long s into letters.
    """
    if len(text) > _LONGEST_TYPED:
        raise MalformedError(
            f"the {what} is longer than any such number", cause="too_long", limit=_LONGEST_TYPED
        )
    stripped = text.strip()
    if not stripped.isascii():
        raise MalformedError(
            f"the {what} holds a character that is no plain letter or digit",
            remedy="type letters and digits in half width",
            cause="not_ascii",
        )
    return stripped.upper()


def mod_11_2(digits: str) -> str:
    """The check character of 17 digits, `0`-`9` or `X` (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(w * int(d) for w, d in zip(_RESIDENT_WEIGHTS, digits, strict=True))
    return "10X98765432"[total % 11]


def organisation_check(base: str) -> str:
    """The check character of an 8-character organisation code, `0`-`9` or `X` (GB 11714)."""
    values = (_ALPHABET_36.index(c) for c in base)
    total = sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=True))
    return "0X987654321"[total % 11]


def credit_code_check(first_17: str) -> str:
    """The check character of the first 17 characters of a credit code (GB 32100, modulus 31)."""
    values = (_CREDIT_ALPHABET.index(c) for c in first_17)
    return _CREDIT_ALPHABET[-sum(w * v for w, v in zip(_CREDIT_WEIGHTS, values, strict=True)) % 31]


def mod_37_36(text: str) -> str:
    """The check character of a text over `0`-`9` `A`-`Z` (ISO/IEC 7064 MOD 37,36, hybrid).

    Raises MalformedError for any other character. Finds every single wrong character, and
    629 in 630 swaps of neighbours: a swap of two successive values can slip through.
    """
    product = 36
    for character in text:
        value = _ALPHABET_36.find(character)
        if value < 0:
            raise MalformedError(
                "a check character is worked out over digits and capital letters only",
                cause="outside_alphabet",
            )
        product = (product + value) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET_36[(37 - product) % 36]


def mrz_check(field: str) -> str:
    """The check digit of a machine-readable field over `0`-`9` `A`-`Z` `<` (ICAO 9303, 7-3-1)."""
    total = 0
    for position, character in enumerate(field):
        value = 0 if character == "<" else _ALPHABET_36.find(character)
        if value < 0:
            raise MalformedError(
                "a machine-readable field holds digits, capital letters and < only",
                cause="outside_alphabet",
            )
        total += (7, 3, 1)[position % 3] * value
    return str(total % 10)
