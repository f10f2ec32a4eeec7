"""Lease contracts signed on line by their parties, and filed (住房租赁合同网签备案)."""
