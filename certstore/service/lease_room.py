"""The desks of leases: what parties, housing officers and the worker do with them."""

from datetime import timedelta
from functools import cached_property

from certstore.callers import Clerk
from certstore.keys import Purpose
from certstore.service.holds_room import HoldsRoom
from certstore.service.middle_floor import day_of
from issuance.matters.lease.deciding import LeaseDecisionDesk
from issuance.matters.lease.desk import LeaseDesk
from issuance.matters.lease.filing import issuer_uscc
from issuance.matters.lease.filings.desk import LeaseReviewDesk
from issuance.matters.lease.rules import lease_rules
from issuance.matters.lease.signing_desk import LeaseSigningDesk
from issuance.matters.lease.upkeep import LeaseUpkeepDesk


def rooms_beside(clerk: Clerk) -> tuple[str, ...]:
    """The rooms of matters that a clerk may enter besides those of the store."""
    return ("filings",) if clerk.organisation_uscc == issuer_uscc() else ()


class LeaseRoom(HoldsRoom):
    """Lease filing."""

    @cached_property
    def lease_decision_desk(self) -> LeaseDecisionDesk:
        """What the rules say of leases."""
        return LeaseDecisionDesk(
            archive=self.archive,
            live=self.live_check_desk,
            orders=self.for_others_desk,
            rules=lease_rules(),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            city=self.settings.city,
            sources_down=self.settings.sources_down,
        )

    @cached_property
    def lease_upkeep_desk(self) -> LeaseUpkeepDesk:
        """What time does to leases."""
        return LeaseUpkeepDesk(
            archive=self.archive,
            deciding=self.lease_decision_desk,
            clock=self.clock,
            open_for=timedelta(days=self.settings.lease_open_days),
            forget_after=timedelta(days=self.settings.uploads_kept_days),
        )

    @cached_property
    def lease_desk(self) -> LeaseDesk:
        """What parties do."""
        return LeaseDesk(
            archive=self.archive,
            open_for=self.lease_upkeep_desk.open_for,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            city=self.settings.city,
            districts=self.settings.districts,
        )

    @cached_property
    def lease_signing_desk(self) -> LeaseSigningDesk:
        """Signatures."""
        return LeaseSigningDesk(
            archive=self.archive,
            leases=self.lease_desk,
            deciding=self.lease_decision_desk,
            upkeep=self.lease_upkeep_desk,
            face=self.face_desk,
            face_rules=self.rules,
            calendar=self.calendar,
            countersigner=self.keys.signer(Purpose.RECEIPT),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            later_from=day_of(self.settings.rules_later_from),
        )

    @cached_property
    def lease_review_desk(self) -> LeaseReviewDesk:
        """What housing officers do."""
        return LeaseReviewDesk(
            archive=self.archive,
            deciding=self.lease_decision_desk,
            upkeep=self.lease_upkeep_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )
