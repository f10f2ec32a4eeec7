"""What registrations give reason to remind of: their end, and half a year that is full."""
