"""One case from end to end: where it stands, what happens next and when, what is asked of whom."""
