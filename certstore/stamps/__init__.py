"""Time-stamps over documents: the form of the added revision, tokens, and who adds them when."""
