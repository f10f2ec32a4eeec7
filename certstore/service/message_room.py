"""The message room: channels as the settings name them, the desks of reminders and messages."""

from functools import cached_property

from pydantic import SecretStr

from certstore.errors import MalformedError
from certstore.messages.channels import CHANNELS, Channel
from certstore.messages.contact_desk import ContactDesk
from certstore.messages.held import ContactsHeld
from certstore.messages.keeping import ContactKeeper
from certstore.messages.quiet import QuietHours
from certstore.messages.report_desk import ReportDesk
from certstore.messages.sending import SendingDesk
from certstore.messages.words import Composer
from certstore.reminders.desk import ReminderDesk, Standing
from certstore.reminders.source import ReminderSource
from certstore.service.agreed_secret import agreed_secret
from certstore.service.event_room import EventRoom
from certstore.service.gateway_channel import GatewayChannel
from certstore.service.kept_channel import KeptChannel
from certstore.service.smtp_channel import SmtpChannel
from certstore.tables.message_rows import ChannelName


class MessageRoom(EventRoom):
    """What is told outside the inbox, and what the day reminds of."""

    def look_at_settings(self) -> None:
        """Read at the start what would fail later: a file or a key that is named and unsound."""
        _ = (self.message_channels, self.report_desk, self.quiet_hours)

    @property
    def reminder_sources(self) -> tuple[ReminderSource, ...]:
        """What knows of days to remind of."""
        return ()

    @cached_property
    def reminder_desk(self) -> ReminderDesk:
        """Reminders of days."""
        return ReminderDesk(archive=self.archive, clock=self.clock, sources=self.reminder_sources)

    @cached_property
    def quiet_hours(self) -> QuietHours:
        """When nobody is sent anything."""
        return QuietHours.parse(self.settings.quiet_hours)

    @cached_property
    def message_channels(self) -> dict[ChannelName, Channel]:
        """The channels that are named; of a demonstration all, the others kept on this machine."""
        named: dict[ChannelName, Channel] = {}
        s = self.settings
        if s.smtp_host:
            named["email"] = self._mail()
        if s.sms_url:
            named["sms"] = GatewayChannel(s.sms_url, self.message_secrets["sms"], self.clock)
        if s.mini_program_url:
            secret = self.message_secrets["mini_program"]
            named["mini_program"] = GatewayChannel(s.mini_program_url, secret, self.clock)
        if not self.demonstration:
            return named
        kept = {each: KeptChannel(s.data_dir, each, self.clock) for each in CHANNELS}
        return {**kept, **named}

    @property
    def named_channels(self) -> tuple[ChannelName, ...]:
        """The channels by which something really leaves."""
        found = self.message_channels.items()
        return tuple(name for name, each in found if not isinstance(each, KeptChannel))

    @property
    def kept_channels(self) -> tuple[ChannelName, ...]:
        """The channels that only write down what they were given."""
        return tuple(each for each in self.message_channels if each not in self.named_channels)

    def _mail(self) -> SmtpChannel:
        s = self.settings
        if not s.smtp_from:
            raise MalformedError(
                "mail has no sender", where="CERTSTORE_SMTP_FROM", remedy="name its address"
            )
        return SmtpChannel(
            host=s.smtp_host,
            port=s.smtp_port,
            sender=s.smtp_from,
            clock=self.clock,
            tls=s.smtp_tls,
            user=s.smtp_user,
            password=s.smtp_password.get_secret_value(),
        )

    @cached_property
    def message_secrets(self) -> dict[ChannelName, bytes]:
        """What gateways and we sign calls with, by channel."""
        s = self.settings
        said: tuple[tuple[ChannelName, bool, SecretStr, str], ...] = (
            ("email", False, s.smtp_reports_secret, "CERTSTORE_SMTP_REPORTS_SECRET"),
            ("sms", bool(s.sms_url), s.sms_secret, "CERTSTORE_SMS_SECRET"),
            (
                "mini_program",
                bool(s.mini_program_url),
                s.mini_program_secret,
                "CERTSTORE_MINI_PROGRAM_SECRET",
            ),
        )
        return {
            channel: agreed_secret(secret, where)
            for channel, needed, secret, where in said
            if needed or secret.get_secret_value()
        }

    @cached_property
    def contact_keeper(self) -> ContactKeeper:
        """Addresses, sealed."""
        return ContactKeeper(lambda: self.safe)

    @cached_property
    def contacts_held(self) -> ContactsHeld:
        """Addresses, as a copy of one's own data has them."""
        return ContactsHeld(self.contact_keeper)

    @cached_property
    def message_composer(self) -> Composer:
        """What messages say."""
        return Composer(self.settings.public_url, self.clock)

    @cached_property
    def contact_desk(self) -> ContactDesk:
        """Where people want to be told."""
        return ContactDesk(
            archive=self.archive,
            clock=self.clock,
            keeper=self.contact_keeper,
            channels=self.message_channels,
            composer=self.message_composer,
            quiet=self.quiet_hours,
        )

    @cached_property
    def sending_desk(self) -> SendingDesk:
        """What is sent there."""
        return SendingDesk(
            archive=self.archive,
            clock=self.clock,
            keeper=self.contact_keeper,
            channels=self.message_channels,
            composer=self.message_composer,
            quiet=self.quiet_hours,
            a_minute=self.settings.messages_a_minute,
            standing=Standing(self.reminder_sources),
        )

    @cached_property
    def report_desk(self) -> ReportDesk:
        """What gateways say became of it."""
        return ReportDesk(archive=self.archive, clock=self.clock, secrets=self.message_secrets)

    def close(self) -> None:
        """Give back connections and files, to gateways too."""
        for channel in self.__dict__.get("message_channels", {}).values():  # asked for
            if isinstance(channel, GatewayChannel):
                channel.close()
        super().close()
