"""Decisions that two officers make: one proposes, another confirms or sends back."""
