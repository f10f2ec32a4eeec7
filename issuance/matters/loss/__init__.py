"""Reporting a certificate lost, and lifting that: at once, without materials, at any hour."""
