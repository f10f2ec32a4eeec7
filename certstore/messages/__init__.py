"""Messages outside the inbox: mail, short messages, the mini-program (docs/reminders.md)."""
