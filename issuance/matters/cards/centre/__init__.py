"""The desk of a service point: what arrived, and who was handed what."""
