"""Approving several cases together, where each is satisfied whole and nothing is to be judged."""
