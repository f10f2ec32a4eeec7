"""The shell of all pages: style, icons, texts."""
