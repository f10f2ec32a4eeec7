"""Questions: the citizen asks about an access (我没办这件事), the agency must answer in time."""
