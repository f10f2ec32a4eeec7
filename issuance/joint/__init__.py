"""Joint submissions (一件事): several matters in one go, dependent or alike."""
