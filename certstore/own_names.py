"""Names by which the usage records call ourselves; no client may be called so.

A client of one of these names would be taken for the holder, a scanner or one of our own desks in
everybody's list of who looked, and would be shown what was asked of them.
"""

from typing import Final

from certstore.errors import ConflictError

_IN_RECORDS: Final = (
    *("holder", "scanner", "ledger", "source", "issuance", "dormitory", "desk"),
    *("courier", "rules"),
)
_WHO_ACTS: Final = ("guardian", "agent", "official", "self")
_IN_HISTORIES: Final = ("developer", "operator", "system", "house", "authority", "officer", "clerk")
OWN_NAMES: Final = frozenset((*_IN_RECORDS, *_WHO_ACTS, *_IN_HISTORIES))


def is_own_name(name: str) -> bool:
    """Whether a name is one of ours, however it is written."""
    return name.strip().casefold() in OWN_NAMES


def check_client_name(name: str) -> None:
    """Refuse a client one of our own names: ConflictError."""
    if is_own_name(name):
        raise ConflictError(
            "this name is one of the service's own", where="client_id", remedy="choose another"
        )
