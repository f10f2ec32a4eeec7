"""The residence permit: who may have one, what it says, and that it follows the registration."""
