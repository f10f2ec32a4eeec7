"""The counter: clerks of agencies without a system of their own ask here, one person at a time."""
