"""What an officer writes to an applicant."""

MAX_SENTENCE = 300


def as_read(sentence: str) -> str:
    """An officer's sentence as the applicant reads it: white space joined into single spaces."""
    return " ".join(sentence.split())
