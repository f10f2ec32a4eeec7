"""What became of a request for consent that is named at a pull and gave none: values, no IO."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from certstore.callers import Service
from certstore.sharing.grants import PullRequest
from certstore.tables.consents import ConsentRequest

UNKNOWN: Final = ("unknown", "the holder gave this client no such consent")
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "asking": ("pending", "the holder has not answered yet"),
    "refused": ("refused", "the holder said no"),
    "expired": ("expired", "the holder did not answer in time"),
}


def without_consent(
    service: Service, request: PullRequest, asked: ConsentRequest | None, now: datetime
) -> tuple[str, str]:
    """Why there is no consent, as a cause and in words.

    Another client's request, or about somebody else, is as none: nobody learns of it.
    """
    if asked is None or asked.client_id != service.client_id or not request.names(asked.holder):
        return UNKNOWN
    return _SAID.get(asked.state_at(now), UNKNOWN)
