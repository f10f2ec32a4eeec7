"""The steps that applications took."""
