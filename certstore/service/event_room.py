"""The event room of one installation: what services are told, and the keys of what is sealed."""

from functools import cached_property

from certstore.chance import random_below
from certstore.events.courier import Courier
from certstore.events.delivery import DeliveryDesk
from certstore.events.destination import Bounds
from certstore.events.discovery import DiscoveryDesk
from certstore.events.expiring import ExpiryDesk
from certstore.events.feed import FeedDesk
from certstore.events.secrets import SecretKeeper
from certstore.events.spreading import SpreadingDesk
from certstore.events.subscriptions import SubscriptionDesk
from certstore.safekeeping import Safe, open_safe
from certstore.service.middle_floor import MiddleFloor
from certstore.service.passphrase import passphrase

_FINE = 1_000


class EventRoom(MiddleFloor):
    """The desks of events."""

    @cached_property
    def safe(self) -> Safe:
        """The storage keys; the first is made at the first start of a demonstration alone."""
        folder = self.settings.keys_folder
        return open_safe(folder, passphrase(self.settings), make=self.keys.demonstration)

    @cached_property
    def spreading_desk(self) -> SpreadingDesk:
        """Who is told of what."""
        return SpreadingDesk(
            archive=self.archive, clock=self.clock, source=self.settings.public_url
        )

    @cached_property
    def expiry_desk(self) -> ExpiryDesk:
        """What has expired, told."""
        return ExpiryDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def delivery_desk(self) -> DeliveryDesk:
        """Webhooks, sent."""
        return DeliveryDesk(
            archive=self.archive,
            clock=self.clock,
            courier=Courier(self._bounds),
            secrets=SecretKeeper(lambda: self.safe),
            chance=lambda: random_below(_FINE) / _FINE,
        )

    @cached_property
    def subscription_desk(self) -> SubscriptionDesk:
        """Webhooks, kept."""
        return SubscriptionDesk(
            archive=self.archive,
            clock=self.clock,
            secrets=SecretKeeper(lambda: self.safe),
            bounds=self._bounds,
            source=self.settings.public_url,
        )

    @cached_property
    def feed_desk(self) -> FeedDesk:
        """Feeds, polled."""
        return FeedDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def discovery_desk(self) -> DiscoveryDesk:
        """What is offered."""
        s = self.settings
        rates = {"token": s.limit_token, "pull": s.limit_pull, "verify": s.limit_verify}
        return DiscoveryDesk(source=s.public_url, a_minute=rates)

    @property
    def _bounds(self) -> Bounds:
        """Public addresses; networks that the settings name; this machine where both allow it."""
        near = self.demonstration and self.settings.webhook_loopback
        return Bounds(self.settings.webhook_networks, loopback=near)
