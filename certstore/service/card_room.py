"""The desks of cards and service points, and the courier's line: put together for the house."""

from functools import cached_property

from certstore.keys import Purpose
from certstore.service.agreed_secret import agreed_secret
from certstore.service.http_courier import HttpCourier
from certstore.service.wallet_room import WalletRoom
from issuance.matters.cards.centre.arriving import ArrivingDesk
from issuance.matters.cards.centre.desk import CentreDesk
from issuance.matters.cards.desk import CardDesk
from issuance.matters.cards.keeping import CardKeepingDesk
from issuance.matters.cards.making.desk import MakingDesk
from issuance.matters.cards.making.files import CardFileDesk
from issuance.matters.cards.overdue.desk import LateCardDesk
from issuance.matters.cards.points.points import PointsDesk, read_points
from issuance.matters.cards.shipping.desk import ShippingDesk
from issuance.matters.cards.shipping.door import CourierDoor
from issuance.matters.cards.shipping.tracking import TrackingDesk


class CardRoom(WalletRoom):
    """Cards: made, handed over, delivered."""

    @cached_property
    def points_desk(self) -> PointsDesk:
        """Service points."""
        return PointsDesk(read_points(self.settings.service_points_file))

    @cached_property
    def card_keeping_desk(self) -> CardKeepingDesk:
        """What happens to cards by itself."""
        return CardKeepingDesk(
            archive=self.archive,
            points=self.points_desk,
            calendar=self.calendar,
            clock=self.clock,
        )

    @cached_property
    def card_file_desk(self) -> CardFileDesk:
        """Files for the card maker."""
        return CardFileDesk(
            archive=self.archive,
            objects=self.objects,
            signer=self.keys.signer(Purpose.RECEIPT),
            authority=self.authority,
            specimen=self.keys.demonstration,
            clock=self.clock,
        )

    @cached_property
    def making_desk(self) -> MakingDesk:
        """The card maker's side."""
        return MakingDesk(
            archive=self.archive,
            objects=self.objects,
            keeping=self.card_keeping_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def card_desk(self) -> CardDesk:
        """What holders see of their cards."""
        return CardDesk(
            archive=self.archive,
            points=self.points_desk,
            clock=self.clock,
            city=self.settings.city,
            districts=self.settings.districts,
            courier=bool(self.settings.courier_url),
        )

    @cached_property
    def late_card_desk(self) -> LateCardDesk:
        """Cards that are late."""
        return LateCardDesk(
            archive=self.archive,
            points=self.points_desk,
            calendar=self.calendar,
            clock=self.clock,
            after=self.settings.desk_raise_after_days,
        )

    @cached_property
    def arriving_desk(self) -> ArrivingDesk:
        """Cards that arrive at service points."""
        return ArrivingDesk(
            archive=self.archive,
            keeping=self.card_keeping_desk,
            points=self.points_desk,
            clock=self.clock,
        )

    @cached_property
    def centre_desk(self) -> CentreDesk:
        """Cards that are handed over."""
        return CentreDesk(
            archive=self.archive,
            keeping=self.card_keeping_desk,
            arriving=self.arriving_desk,
            scanning=self.scan_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            agency_uscc=self.settings.authority_uscc,
        )

    @cached_property
    def tracking_desk(self) -> TrackingDesk:
        """What couriers say."""
        return TrackingDesk(archive=self.archive, keeping=self.card_keeping_desk, clock=self.clock)

    @cached_property
    def courier_secret(self) -> bytes:
        """What the courier and we sign calls with; empty where none is named.

        MalformedError where it is too short to be one.
        """
        said = self.settings.courier_secret
        if not said.get_secret_value() and not self.settings.courier_url:
            return b""
        return agreed_secret(said, "CERTSTORE_COURIER_SECRET")

    @cached_property
    def courier(self) -> HttpCourier | None:
        """The courier's line; none where none is named."""
        s = self.settings
        if not s.courier_url:
            return None
        return HttpCourier(s.courier_url, s.courier_name, self.courier_secret, self.clock)

    @cached_property
    def courier_door(self) -> CourierDoor:
        """Where couriers tell us."""
        return CourierDoor(
            tracking=self.tracking_desk, secret=self.courier_secret, clock=self.clock
        )

    @cached_property
    def shipping_desk(self) -> ShippingDesk:
        """Shipments."""
        return ShippingDesk(
            archive=self.archive,
            tracking=self.tracking_desk,
            points=self.points_desk,
            courier=self.courier,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            city=self.settings.city,
        )

    def close(self) -> None:
        """Give back connections and files, to the courier too."""
        line = self.__dict__.get("courier")  # asked for
        if line is not None:
            line.close()
        super().close()
