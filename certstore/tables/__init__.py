"""The ground floor's tables: each file holds the tables of one matter and their statements."""
