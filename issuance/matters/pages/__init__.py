"""What the pages of the matters show: templates, and the frozen views they take."""
