"""Lists of cards: what has no order yet, what is late, what must be stopped."""
