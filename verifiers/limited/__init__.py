"""Where strangers' bytes are worked on: processes with hard limits, and who asks them."""
