"""What the sandbox face provider keeps for itself, as a provider of its own would."""
