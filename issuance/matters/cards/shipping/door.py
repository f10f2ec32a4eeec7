"""Where couriers tell us of parcels: the signature first, then the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from certstore.clock import Clock
from certstore.errors import MalformedError, NotFoundError
from certstore.events.checking import check_webhook
from certstore.strict_json import parse_json_strict
from issuance.matters.cards.shipping.tracking import TrackingDesk
from issuance.matters.cards.shipping.words import WordsIn

LONGEST_CALL: Final = 65_536  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierDoor:
    """Takes a courier's signed calls; closed where no secret was agreed."""

    tracking: TrackingDesk
    secret: bytes
    clock: Clock

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """How many words were new.

        Raises NotFoundError where no courier is named or the shipment is none of ours,
        UnauthenticatedError for a signature that is not theirs, MalformedError for a body that
        cannot be read.
        """
        if not self.secret:
            raise NotFoundError("no courier is named here", where="courier")
        check_webhook(headers, body, self.secret, self.clock.now())
        parse_json_strict(body, max_bytes=LONGEST_CALL, max_depth=6)
        try:
            said = WordsIn.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "body"
            raise MalformedError("a word of the courier cannot be read", where=where) from error
        return self.tracking.take(said.shipment, [each.word() for each in said.events])
