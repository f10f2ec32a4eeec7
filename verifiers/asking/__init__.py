"""A verifier asks, and whoever scans its code answers: yes or no, once, within five minutes."""
