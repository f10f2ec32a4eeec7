"""Whether somebody has handed in what they would be reminded of."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, select

from certstore.certificates import Holder
from certstore.tables.people import people
from issuance.application import OPEN_STATES, Matter, State
from issuance.tables import applications

HANDED_IN: Final = OPEN_STATES - {State.DRAFT}
"""A draft is not: who began and stopped is reminded all the more."""


def is_handed_in(connection: Connection, holder: Holder, matters: Collection[Matter]) -> bool:
    """Whether an application of one of these matters is under way, for this person or a child."""
    own = (people.c.id_type == holder.id_type) & (people.c.id_number == holder.id_number.upper())
    for_themself = (applications.c.subject_key == "") & own
    for_child = applications.c.subject_key == holder.id_number.upper()
    query = (
        select(applications.c.id)
        .join(people, people.c.id == applications.c.person_id)
        .where(
            applications.c.matter.in_(sorted(matters)),
            applications.c.state.in_(sorted(HANDED_IN)),
            for_themself | for_child,
        )
        .limit(1)
    )
    return connection.execute(query).one_or_none() is not None
