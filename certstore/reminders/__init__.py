"""Reminders of days: who is due, looked through once a day (docs/reminders.md)."""
