"""The home of a joint submission: answered once, and taken to everybody who moves in.

What is not known of somebody else (how a child is related to a grandmother whose flat it is) is
left open, and asked on their own pages.
"""

from dataclasses import replace
from datetime import datetime

from certstore.tables.books import Books
from issuance.application import Answers, Application, Relative, State
from issuance.commitment import RELATION_ZH
from issuance.joint.tables import JointBook
from issuance.tables import ApplicationBook


def spread_home(books: Books, before: Application, answered: Application, now: datetime) -> None:
    """Take a home that was just answered to the drafts submitted with it.

    It goes out from whoever answers for themself, else from the first child. One that was
    answered otherwise by itself stays as it is.
    """
    book = ApplicationBook(books.connection)
    joined = JointBook(books.connection).joined(answered.joint_ref)
    own = (each for each in joined if each.answers.child is None)
    first = next(own, joined[0] if joined else answered)
    if first.ref != answered.ref:
        return
    for other in joined:
        if other.ref == answered.ref or other.state is not State.DRAFT:
            continue
        untouched = not other.answers.dwelling or other.answers == home_for(before, other)
        said = home_for(answered, other)
        if untouched and said is not None and said != other.answers:
            book.save_answers(other.ref, said, now)


def home_for(source: Application, other: Application) -> Answers | None:
    """One application's home as the other answers it; None where it says nothing to it."""
    said, child = source.answers, other.answers.child
    if not said.dwelling or other.actor_id != source.actor_id:
        return None
    if child is None:  # what a child lives in is not said to be the guardian's home
        return said if source.answers.child is None else None
    shown = replace(said, child=child)
    if said.dwelling == "dormitory" and source.answers.child is None:
        return None  # it takes in who is named, and no child of theirs
    if _is_guardians(source):
        return _at_guardians(shown, source, child.relation)
    if said.occupier:  # a third person's, or a child's own: how this child is related, is asked
        return replace(shown, occupier="", relative=None, confirmed=False)
    return shown


def same_home(one: Answers, other: Answers) -> bool:
    """Whether both live in the same kind of home at the same address."""
    return bool(one.address) and (one.dwelling, one.district, one.address) == (
        other.dwelling,
        other.district,
        other.address,
    )


def _is_guardians(source: Application) -> bool:
    """Whether whoever acts is whose home it is."""
    said = source.answers
    if said.child is None:
        return said.occupier == "self"
    return said.relative is not None and said.relative.id_number == source.actor.id_number


def _at_guardians(said: Answers, source: Application, relation: str) -> Answers:
    """The guardian's own home is, for the child, that of the relative that the guardian is."""
    if relation not in RELATION_ZH:
        return replace(said, occupier="", relative=None, confirmed=False)
    guardian = Relative(source.actor.name, source.actor.id_number, relation)
    return replace(said, occupier="relative", relative=guardian)
