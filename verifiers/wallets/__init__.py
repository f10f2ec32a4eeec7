"""Asking any wallet for a certificate of ours (OpenID4VP 1.0, HAIP 1.0)."""
