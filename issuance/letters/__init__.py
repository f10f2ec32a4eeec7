"""Commitment letters as certificates: issued, leaned on, found false (docs/adr/0012)."""
