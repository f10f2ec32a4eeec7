"""Pages for those who verify: templates, and the view each of them takes."""
