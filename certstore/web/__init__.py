"""The shell of all pages: dress, texts, components, static files, headers."""
