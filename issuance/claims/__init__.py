"""Who has a case in hand: at most one officer at a time."""
