"""The middle floor of one installation: the desks of `face_auth` and `verifiers`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property

from pydantic import SecretStr

from certstore.errors import MalformedError
from certstore.keys import KeySigner, Purpose, read_rsa_signer
from certstore.service.key_room import sandbox_face_signer
from certstore.service.onboarding_floor import OnboardingFloor
from certstore.service.passphrase import passphrase
from face_auth.acceptance import FaceDesk
from face_auth.adapters.catalogue import Connected, connect
from face_auth.challenge import Starter
from face_auth.providers import Registry, read_registry
from face_auth.pulling import Puller
from face_auth.rules import read_rules as read_face_rules
from face_auth.sandbox import SandboxProvider
from verifiers.asking.desk import AskDesk
from verifiers.materials.live_check import LiveCheckDesk, LiveSource
from verifiers.materials.live_sources import read_sources
from verifiers.materials.rules import RuleBook, load_rules
from verifiers.materials.source_http import HttpHoldings
from verifiers.matters.approving import MatterApprovalDesk
from verifiers.matters.deciding import DecisionDesk
from verifiers.matters.registry import MatterDesk
from verifiers.scanning.desk import ScanDesk
from verifiers.scanning.receipts import ReceiptBook
from verifiers.scanning.told_scans import ToldScanDesk


class MiddleFloor(OnboardingFloor):
    """The desks of `face_auth` and `verifiers`."""

    @cached_property
    def sandbox_key(self) -> KeySigner:
        """The sandbox face provider's own key; only in a demonstration."""
        return sandbox_face_signer(self.settings.keys_folder, passphrase(self.settings))

    @cached_property
    def sandbox_provider(self) -> SandboxProvider:
        """The face verification sandbox."""
        return SandboxProvider(self.archive, self.sandbox_key, self.clock)

    @cached_property
    def face_desk(self) -> FaceDesk:
        """Face results."""
        demonstration = self.demonstration
        registry = read_registry(self._face_providers(), demonstration=demonstration)
        starters: dict[str, Starter] = {}
        pullers: dict[str, Puller] = {}
        for provider_id, credentials in self.settings.face_credentials.items():
            connected = self._connect(registry, provider_id, credentials)
            starters[provider_id] = connected.starter
            if connected.puller is not None:
                pullers[provider_id] = connected.puller
        if demonstration and registry.provider("sandbox") is not None:
            began, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
            registry = registry.with_key("sandbox", self.sandbox_key.public_key, began, ends)
            starters["sandbox"] = self.sandbox_provider
        return FaceDesk(
            archive=self.archive,
            registry=registry,
            starters=starters,
            clock=self.clock,
            pullers=pullers,
            rules=read_face_rules(earlier_from=day_of(self.settings.face_earlier_from)),
            provider=self.settings.face_provider or ("sandbox" if demonstration else ""),
            audience=self.settings.public_url,
        )

    def _connect(
        self, registry: Registry, provider_id: str, credentials: Mapping[str, SecretStr]
    ) -> Connected:
        provider = registry.provider(provider_id)
        if provider is None:
            raise MalformedError(
                "credentials are given for a face provider that is not listed",
                where=f"CERTSTORE_FACE_CREDENTIALS: {provider_id}",
                remedy="list it in the file that CERTSTORE_FACE_PROVIDERS_FILE names",
            )
        return connect(
            provider,
            credentials,
            self.clock,
            lambda path: read_rsa_signer(path, passphrase(self.settings)),
        )

    def _face_providers(self) -> str | None:
        """The providers' file; none known in production until one is named."""
        if self.settings.face_providers_file is not None:
            return self.settings.face_providers_file.read_text("utf-8")
        return None if self.keys.demonstration else "provider = []"

    @cached_property
    def rules(self) -> RuleBook:
        """The rules of reuse."""
        settings = self.settings
        return load_rules(day_of(settings.rules_later_from), day_of(settings.face_earlier_from))

    @cached_property
    def live_check_desk(self) -> LiveCheckDesk:
        """Asks sources whether what they handed in still stands."""
        file = self.settings.sources_file
        addresses = read_sources(file.read_text("utf-8")) if file is not None else {}
        sources = {
            uscc: LiveSource(
                uscc,
                HttpHoldings(at.url, uscc, lambda: self.trust, self.clock),
                at.last_known_for,
            )
            for uscc, at in addresses.items()
        }
        return LiveCheckDesk(archive=self.archive, sources=sources, clock=self.clock)

    @cached_property
    def matter_desk(self) -> MatterDesk:
        """Agencies' matters."""
        return MatterDesk(archive=self.archive, clock=self.clock, sandbox=self.demonstration)

    @cached_property
    def matter_approval_desk(self) -> MatterApprovalDesk:
        """Operators' approvals of matters."""
        return MatterApprovalDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def decision_desk(self) -> DecisionDesk:
        """Reuse decisions for services."""
        return DecisionDesk(
            archive=self.archive,
            live=self.live_check_desk,
            rules=self.rules,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            sources_down=self.settings.sources_down,
            later_from=day_of(self.settings.rules_later_from),
        )

    @cached_property
    def ask_desk(self) -> AskDesk:
        """Verifiers' requests to whoever scans them."""
        return AskDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def scan_desk(self) -> ScanDesk:
        """Scans, on line."""
        return ScanDesk(
            archive=self.archive,
            trust=self.trust_file,
            root=self.keys.root,
            presentations=self.presentation_desk,
            objects=self.objects,
            clock=self.clock,
            time_authorities=self.time_authorities,
            receipts=ReceiptBook(self.keys.signer(Purpose.RECEIPT), self.settings.public_url),
            public_url=self.settings.public_url,
        )

    @cached_property
    def told_scan_desk(self) -> ToldScanDesk:
        """Scans made off line, told of afterwards."""
        return ToldScanDesk(
            archive=self.archive, clock=self.clock, origin=self.settings.ledger_origin
        )


def day_of(text: str) -> date | None:
    """A date of the settings; empty is none."""
    return date.fromisoformat(text) if text else None
