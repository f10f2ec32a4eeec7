"""The invented city 示范市: its people and authorities, and the batches they hand in."""
