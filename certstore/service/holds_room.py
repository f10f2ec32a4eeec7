"""The holds room of one installation: what is lost and lifted, what is endorsed and overdue."""

from functools import cached_property

from certstore.service.card_room import CardRoom
from certstore.service.middle_floor import day_of
from issuance.matters.endorsement.desk import EndorsementDesk
from issuance.matters.endorsement.rules import load_rules
from issuance.matters.loss.desk import LossDesk


class HoldsRoom(CardRoom):
    """The desks that suspend for a while."""

    @cached_property
    def loss_desk(self) -> LossDesk:
        """What is reported lost, and lifted."""
        return LossDesk(
            archive=self.archive,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            agency_uscc=self.settings.authority_uscc,
            conduct=self.conduct,
            face=self.face_desk,
            face_to_lift=self.settings.lifting_loss_needs_face,
        )

    @cached_property
    def endorsement_desk(self) -> EndorsementDesk:
        """How endorsements stand."""
        return EndorsementDesk(
            archive=self.archive,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            agency_uscc=self.settings.authority_uscc,
            rules=load_rules(day_of(self.settings.endorsement_grace_from)),
        )
