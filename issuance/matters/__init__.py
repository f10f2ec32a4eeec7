"""Workflows of the matters; the issuing core runs without this folder (import contract)."""
