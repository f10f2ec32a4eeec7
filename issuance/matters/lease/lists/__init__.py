"""Which leases wait for what."""
