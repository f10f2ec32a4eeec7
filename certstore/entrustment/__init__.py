"""Entrusting: the holder lets another person or an agency use a certificate; codes for one use."""
