"""The middle floor of one installation: the desks of `face_auth` and `verifiers`."""

from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from certstore.keys import KeySigner
from certstore.service.ground_floor import GroundFloor
from certstore.service.key_room import sandbox_face_signer
from certstore.service.passphrase import passphrase
from face_auth.acceptance import FaceDesk
from face_auth.providers import read_registry
from face_auth.rules import read_rules as read_face_rules
from face_auth.sandbox import SandboxProvider
from verifiers.materials.live_check import LiveCheckDesk, LiveSource
from verifiers.materials.live_sources import read_sources
from verifiers.materials.rules import RuleBook, load_rules
from verifiers.materials.source_http import HttpHoldings
from verifiers.scanning.desk import ScanDesk


class MiddleFloor(GroundFloor):
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
        starters: dict[str, Any] = {}
        if demonstration:
            began, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
            registry = registry.with_key("sandbox", self.sandbox_key.public_key, began, ends)
            starters["sandbox"] = self.sandbox_provider
        return FaceDesk(
            archive=self.archive,
            registry=registry,
            starters=starters,
            clock=self.clock,
            rules=read_face_rules(),
            provider=self.settings.face_provider or ("sandbox" if demonstration else ""),
            audience=self.settings.public_url,
        )

    def _face_providers(self) -> str | None:
        """The providers' file; none known in production until one is named."""
        if self.settings.face_providers_file is not None:
            return self.settings.face_providers_file.read_text("utf-8")
        return None if self.keys.demonstration else "provider = []"

    @cached_property
    def rules(self) -> RuleBook:
        """The rules of reuse."""
        return load_rules(day_of(self.settings.rules_later_from))

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
    def scan_desk(self) -> ScanDesk:
        """Scans, on line."""
        return ScanDesk(
            archive=self.archive,
            trust=self.trust,
            root=self.keys.root,
            presentations=self.presentation_desk,
            objects=self.objects,
            clock=self.clock,
        )


def day_of(text: str) -> date | None:
    """A date of the settings; empty is none."""
    return date.fromisoformat(text) if text else None
