"""Couriers: shipments, and what couriers say of them."""
