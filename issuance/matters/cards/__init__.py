"""Cards of residence permits: made, brought to a service point, handed over or delivered."""
