"""The same request sent again: the first answer, and nothing done twice (Idempotency-Key)."""
