"""What the service says about itself: a guide to each matter, and answers to common questions.

Both are made from the rules that the service decides by, as they are on the day they are read.
"""
