"""Pages from application to certificate: templates, and the view each of them takes."""
