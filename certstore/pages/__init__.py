"""Pages of the certificate store: templates, and the view each of them takes."""
