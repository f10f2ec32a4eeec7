"""What housing officers do with leases that the rules leave to a person."""
