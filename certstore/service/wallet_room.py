"""The desks by which certificates go into wallets."""

from functools import cached_property

from certstore.keys import Purpose
from certstore.service.applicants_room import ApplicantsRoom
from certstore.wallets.desk import WalletDesk
from certstore.wallets.door import WalletDoor
from certstore.wallets.metadata import WalletAddresses, WalletMetadataDesk
from certstore.wallets.nonces import NonceMint
from certstore.wallets.offers import WalletOfferDesk
from certstore.wallets.requests import WalletRequestDesk
from certstore.wallets.tokens import WalletTokenDesk
from certstore.wallets.writing import CredentialWriter


class WalletRoom(ApplicantsRoom):
    """Offers, requests, tokens and credentials of wallets."""

    @cached_property
    def wallet_addresses(self) -> WalletAddresses:
        """Under which names wallets know us."""
        return WalletAddresses(self.settings.public_url)

    @cached_property
    def wallet_nonces(self) -> NonceMint:
        """Nonces for proofs."""
        return NonceMint(open_safe=lambda: self.safe, clock=self.clock)

    @cached_property
    def wallet_door(self) -> WalletDoor:
        """Who asks as a wallet."""
        return WalletDoor(archive=self.archive, nonces=self.wallet_nonces, clock=self.clock)

    @cached_property
    def wallet_metadata_desk(self) -> WalletMetadataDesk:
        """What wallets read first."""
        return WalletMetadataDesk(
            addresses=self.wallet_addresses,
            signer=self.keys.signer(Purpose.CREDENTIAL),
            name_zh=self.settings.authority_name_zh,
            name_en=self.settings.authority_name_en,
            clock=self.clock,
        )

    @cached_property
    def wallet_offer_desk(self) -> WalletOfferDesk:
        """Offers."""
        return WalletOfferDesk(
            archive=self.archive, clock=self.clock, addresses=self.wallet_addresses
        )

    @cached_property
    def wallet_request_desk(self) -> WalletRequestDesk:
        """What wallets ask for by themselves."""
        return WalletRequestDesk(
            archive=self.archive,
            clock=self.clock,
            addresses=self.wallet_addresses,
            door=self.wallet_door,
        )

    @cached_property
    def wallet_token_desk(self) -> WalletTokenDesk:
        """Access tokens of wallets."""
        return WalletTokenDesk(
            archive=self.archive,
            clock=self.clock,
            addresses=self.wallet_addresses,
            door=self.wallet_door,
        )

    @cached_property
    def wallet_desk(self) -> WalletDesk:
        """Credentials for wallets."""
        return WalletDesk(
            archive=self.archive,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            door=self.wallet_door,
            nonces=self.wallet_nonces,
            writer=CredentialWriter(
                signer=self.keys.signer(Purpose.CREDENTIAL),
                origin=self.settings.public_url,
                authority_uscc=self.authority.uscc,
                specimen=self.keys.demonstration,
                issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.CREDENTIAL),
            ),
        )
