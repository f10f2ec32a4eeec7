"""The counter: officers take applications in for people who are present."""
