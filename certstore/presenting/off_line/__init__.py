"""The page that works without a network, and the phones whose keys it uses."""
