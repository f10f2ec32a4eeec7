"""An agency's own matter as data: what it asks to see proven, and what on file proves it."""
