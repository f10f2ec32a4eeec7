"""The ground floor of one installation: keys, trust, and the desks of `certstore`."""

from datetime import timedelta
from functools import cached_property

from certstore.authority import AuthorityName, KeyRing
from certstore.collection import CollectionDesk
from certstore.errors import NotFoundError
from certstore.hand_over.desk import HandOverDesk
from certstore.hand_over.hosts import Hosts
from certstore.holdings import HoldingsDesk
from certstore.issuer_keys import IssuerKeys
from certstore.issuers import IssuerDesk
from certstore.keys import Purpose
from certstore.ledger import LedgerDesk
from certstore.organisations import OrganisationDesk
from certstore.pictures import PictureDesk
from certstore.presentation import PresentationDesk
from certstore.presenting.devices import DeviceDesk
from certstore.service.entry_hosts import read_entry_hosts
from certstore.service.key_room import open_key_room, witness_signer
from certstore.service.openid import HttpProvider, OpenIdClient
from certstore.service.passphrase import passphrase
from certstore.service.photo_check import PhotoCheckers, open_photo_check
from certstore.service.stamp_room import open_stamp_desk, read_time_authorities
from certstore.service.stores import Stores
from certstore.service.trust_file import TrustFile
from certstore.service.witness_client import HttpWitnesses
from certstore.service.witness_files import open_witness_desk, read_policy
from certstore.sign_in import SignInDesk
from certstore.source_account import SourceDesk
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.desk import StampDesk
from certstore.status_desk import StatusDesk
from certstore.trust import TrustList
from certstore.witness import WitnessDesk
from certstore.witness_policy import WitnessPolicy
from certstore.witnessing import WitnessingDesk
from certstore.working_days import WorkCalendar


class GroundFloor(Stores):
    """Keys, trust, and the desks of `certstore`."""

    @cached_property
    def authority(self) -> AuthorityName:
        """The authority this house issues for."""
        s = self.settings
        return AuthorityName(s.authority_uscc, s.authority_name_zh, s.authority_name_en)

    @cached_property
    def keys(self) -> KeyRing:
        """The signers."""
        return open_key_room(
            self.settings.keys_folder,
            passphrase(self.settings),
            self.authority,
            self.clock.now(),
            demonstration=self.settings.demonstration,
        )

    @property
    def demonstration(self) -> bool:
        """Whether sandboxes are open: wanted by the settings, and beside demonstration keys only.

        Demonstration keys in the folder of a house that wants no demonstration open nothing.
        """
        return self.settings.demonstration and self.keys.demonstration

    @cached_property
    def trust_file(self) -> TrustFile:
        """The trust list, verified with our own root; read anew when its file changes."""
        path = self.settings.keys_folder / "trust-list.jws"
        return TrustFile(path, self.keys.root, self.clock)

    @property
    def trust(self) -> TrustList:
        """The trust list that holds just now."""
        return self.trust_file()

    @property
    def trust_jws(self) -> str:
        """The trust list as it is published."""
        return self.trust_file.text

    @cached_property
    def ledger_desk(self) -> LedgerDesk:
        """Checkpoints and proofs."""
        return LedgerDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.LEDGER),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            policy=self.witness_policy,
        )

    @cached_property
    def witness_policy(self) -> WitnessPolicy | None:
        """Who cosigns our checkpoints; none where no file names anybody."""
        return read_policy(self.settings.witnesses_file)

    @cached_property
    def witness_client(self) -> HttpWitnesses:
        """Asks witnesses over HTTP."""
        return HttpWitnesses()

    def close(self) -> None:
        """Give back connections and files, to witnesses too."""
        if "witness_client" in self.__dict__:  # asked for
            self.witness_client.close()
        super().close()

    @cached_property
    def witnessing_desk(self) -> WitnessingDesk | None:
        """Has our checkpoints cosigned."""
        if self.witness_policy is None:
            return None
        return WitnessingDesk(
            archive=self.archive,
            clock=self.clock,
            policy=self.witness_policy,
            client=self.witness_client,
        )

    @cached_property
    def witness_desk(self) -> WitnessDesk:
        """Cosigns other logs' checkpoints; NotFoundError where the settings name no log."""
        file = self.settings.witness_logs
        if file is None:
            raise NotFoundError(
                "this service is no witness",
                where="CERTSTORE_WITNESS_LOGS",
                remedy="its operator lists the logs it is to watch (docs/ledger.md)",
            )
        return open_witness_desk(
            file,
            self.settings.witness_name,
            witness_signer(
                self.settings.keys_folder, passphrase(self.settings), make=self.keys.demonstration
            ),
            self.archive,
            self.clock,
        )

    @cached_property
    def status_desk(self) -> StatusDesk:
        """Status lists."""
        return StatusDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.STATUS),
            clock=self.clock,
            issuer=self.settings.public_url,
            issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.STATUS),
        )

    @cached_property
    def time_authorities(self) -> TimeAuthorities:
        """The roots whose time-stamps over documents count."""
        return read_time_authorities(self.settings)

    @cached_property
    def stamp_desk(self) -> StampDesk | None:
        """Puts time-stamps over documents; none where no time authority is named."""
        return open_stamp_desk(self.settings, self.archive, self.objects, self.clock)

    @cached_property
    def issuer_keys(self) -> IssuerKeys:
        """The keys of authorities enrolled to issue."""
        return IssuerKeys(self.keys, passphrase(self.settings))

    @cached_property
    def issuer_desk(self) -> IssuerDesk:
        """Authorities enrolled to issue."""
        return IssuerDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def collection_desk(self) -> CollectionDesk:
        """Batches of source authorities."""
        return CollectionDesk(
            archive=self.archive,
            objects=self.objects,
            trust=self.trust_file,
            clock=self.clock,
            pictures=self.picture_desk,
        )

    @cached_property
    def photo_check(self) -> PhotoCheckers:
        """The photo check, at the levels the settings want and the installation has."""
        return open_photo_check(self.settings.photo_level)

    @cached_property
    def picture_desk(self) -> PictureDesk:
        """Photos on file."""
        check = self.photo_check
        return PictureDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            judge=check.for_batches,
            look_closer=check.look_closer,
        )

    @cached_property
    def organisation_desk(self) -> OrganisationDesk:
        """Employers and schools enrolled."""
        return OrganisationDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def source_desk(self) -> SourceDesk:
        """What sources may know of their hand-ins."""
        return SourceDesk(
            archive=self.archive,
            trust=self.trust_file,
            calendar=self.calendar,
            clock=self.clock,
        )

    @cached_property
    def holdings_desk(self) -> HoldingsDesk:
        """What residents hold."""
        return HoldingsDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def presentation_desk(self) -> PresentationDesk:
        """Codes shown on line."""
        return PresentationDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.PRESENTATION),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.PRESENTATION),
        )

    @cached_property
    def device_desk(self) -> DeviceDesk:
        """Phones that show off line."""
        return DeviceDesk(
            archive=self.archive,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            issuer=self.settings.public_url,
            code_signer=self.keys.signer(Purpose.CODE),
            status_signer=self.keys.signer(Purpose.STATUS),
            issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.CODE),
            objects=self.objects,
        )

    @cached_property
    def openid_issuer(self) -> str:
        """The identity provider: the one configured, or the built-in one."""
        return self.settings.oidc_issuer or f"{self.settings.public_url}/development-identity"

    @cached_property
    def sign_in_desk(self) -> SignInDesk:
        """Sessions."""
        s = self.settings
        client = OpenIdClient(
            client_id=s.oidc_client_id,
            client_secret=s.oidc_client_secret.get_secret_value(),
            algorithms=frozenset(s.oidc_algorithms),
        )
        return SignInDesk(
            archive=self.archive,
            provider=HttpProvider(self.openid_issuer, client),
            clock=self.clock,
            client_id=s.oidc_client_id,
            redirect_uri=f"{s.public_url}/sign-in/return",
            session_time=timedelta(minutes=s.session_minutes),
        )

    @cached_property
    def entry_hosts(self) -> Hosts:
        """Apps that hand people over."""
        return read_entry_hosts(self.settings.entry_hosts_file)

    @cached_property
    def hand_over_desk(self) -> HandOverDesk:
        """People whom apps hand over."""
        return HandOverDesk(
            archive=self.archive,
            hosts=self.entry_hosts,
            clock=self.clock,
            audience=self.settings.public_url,
            sign_ins=self.sign_in_desk,
        )

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days."""
        return WorkCalendar.load()
