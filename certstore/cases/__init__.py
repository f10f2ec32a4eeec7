"""What an agency did under one of its case numbers."""
