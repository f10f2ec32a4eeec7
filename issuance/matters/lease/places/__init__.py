"""Where filings lie: the index by which others of a dwelling are found."""
