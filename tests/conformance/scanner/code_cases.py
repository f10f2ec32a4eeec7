"""Good and hostile codes, each with what a scanner holds and the moment it looks."""

from collections.abc import Iterator

from tests.conformance.scanner import content_cases, form_cases, showing_cases
from tests.conformance.scanner.corpus_cases import Case


def cases() -> Iterator[Case]:
    """Every case, in families."""
    for families in (content_cases.FAMILIES, form_cases.FAMILIES, showing_cases.FAMILIES):
        for family in families:
            yield from family()
