"""Pages of face verification: templates, and the view each of them takes."""
