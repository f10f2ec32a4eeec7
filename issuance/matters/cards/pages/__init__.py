"""Views of the pages of cards; their HTML stands in issuance/pages."""
