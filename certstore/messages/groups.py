"""Which notices belong together where somebody chooses what to be told outside the inbox."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from certstore.tables.message_rows import Contact
from certstore.tables.notices import NoticeKind

Group = Literal["progress", "dates", "looks"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
_DATES: Final = (
    *("endorsement_due", "endorsement_overdue", "registration_ending", "registration_ended"),
    *("permit_possible", "draft_ending"),
)
_LOOKS: Final = (
    *("relied_on", "use_code_used", "question_answered", "consent_asked", "consent_withdrawn"),
    *("entrusted", "entrustment_answered", "entrustment_ended"),
)
INBOX_ONLY: Final = frozenset({"contact_failing"})
"""What is told of a channel itself goes to no channel."""


def _group(kind: str) -> Group:
    if kind in _DATES:
        return "dates"
    return "looks" if kind in _LOOKS else "progress"


GROUP_OF: Final[Mapping[str, Group]] = {
    kind: _group(kind) for kind in get_args(NoticeKind) if kind not in INBOX_ONLY
}
"""Every kind that is told outside; one that a later version writes is in no group, and is not."""


def is_wanted(contact: Contact, kind: str) -> bool:
    """Whether its owner wants to be told of this here, by what is ticked now."""
    return GROUP_OF.get(kind) in contact.groups
