"""Consent of the holder: asked for, decided, proved by a receipt, taken back."""
