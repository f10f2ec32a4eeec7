"""What is scanned at the counter, and photos taken there."""
