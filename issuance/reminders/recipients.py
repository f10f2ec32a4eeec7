"""Who is reminded of a certificate: its holders, and the guardians of a child."""

from datetime import date

from certstore.certificates import Certificate
from certstore.guardianship import is_ward
from certstore.tables.books import Books


def recipients(books: Books, certificate: Certificate, today: date) -> tuple[int, ...]:
    """Their rows, none twice."""
    found: list[int] = []
    for holder in certificate.holders:
        person = books.people.known(holder)
        found.append(person.id)
        for row, guardian in books.guardianships.guardians_of(person.id):
            if is_ward(books, guardian, person.holder, today):
                found.append(row)
    return tuple(dict.fromkeys(found))
