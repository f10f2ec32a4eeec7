"""Service points: where cards are handed out and matters are taken."""
