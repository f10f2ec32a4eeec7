"""Whether the workflows of the matters stand in this installation.

Issuing, pulling, reuse, faces and scanning do not need `issuance.matters`: without that folder
the house is one floor lower, and everything else is as it was.
"""

from importlib.util import find_spec

if find_spec("issuance.matters") is not None:
    from certstore.service.matters_floor import (
        API,
        DESKS,
        PAGES,
        PLACES,
        SECTIONS,
        deadline_of,
        jobs_of,
        rooms_beside,
    )
    from certstore.service.matters_floor import MattersFloor as TopFloor
else:
    from certstore.service.no_matters import (  # type: ignore[assignment]  # a lower floor
        API,
        DESKS,
        PAGES,
        PLACES,
        SECTIONS,
        TopFloor,
        deadline_of,
        jobs_of,
        rooms_beside,
    )

__all__ = [
    "API",
    "DESKS",
    "PAGES",
    "PLACES",
    "SECTIONS",
    "TopFloor",
    "deadline_of",
    "jobs_of",
    "rooms_beside",
]
