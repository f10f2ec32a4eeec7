"""The front door: the only room that may import from every floor."""
