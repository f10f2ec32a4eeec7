"""What an application can be refused for: a list for each matter, and free words beside it."""
