"""Disputes: somebody says a record of theirs is wrong, and its authority must find out in time."""
