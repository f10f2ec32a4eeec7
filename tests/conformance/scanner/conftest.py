"""A browser for the scanner's modules."""

from tests.e2e.conftest import chromium

__all__ = ["chromium"]
