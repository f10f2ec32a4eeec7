"""What holders show and how much of it: choices, phones that show off line, who was signed out."""
