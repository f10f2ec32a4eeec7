"""Cards so late that they go to the supervisor's list."""
