"""Signed face-verification results: facts, not policy."""
