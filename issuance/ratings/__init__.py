"""How content applicants were (好差评): once for each matter, with an answer where one is due."""
