"""Cancelling (注销) a permit, or a registration and the permit that rests on it."""
