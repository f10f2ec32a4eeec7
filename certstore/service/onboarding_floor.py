"""The desks through which agencies come to their purposes; a room of the ground floor."""

from functools import cached_property

from certstore.errors import NotFoundError
from certstore.keys import Purpose
from certstore.onboarding.applying import OnboardingDesk
from certstore.onboarding.approval import ApprovalDesk
from certstore.onboarding.refusals import RefusalDesk
from certstore.onboarding.trying import TryingDesk
from certstore.service.sandbox_client import open_trying_desk
from certstore.service.sharing_floor import SharingFloor


class OnboardingFloor(SharingFloor):
    """The desks of agencies' developers and of the operators who approve."""

    @cached_property
    def onboarding_desk(self) -> OnboardingDesk:
        """Agencies' developers."""
        return OnboardingDesk(
            archive=self.archive,
            keys=self.client_key_desk,
            receipt_key=self.keys.signer(Purpose.RECEIPT).public_key,
            clock=self.clock,
            sandbox=self.demonstration,
            sandbox_url=self.settings.sandbox_url,
        )

    @cached_property
    def approval_desk(self) -> ApprovalDesk:
        """Operators' approvals."""
        return ApprovalDesk(archive=self.archive, clock=self.clock, sandbox=self.demonstration)

    @cached_property
    def refusal_desk(self) -> RefusalDesk:
        """Why clients' calls were refused."""
        return RefusalDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def trying_desk(self) -> TryingDesk:
        """A client played on the sandbox; NotFoundError elsewhere."""
        if not self.demonstration:
            raise NotFoundError("this is no sandbox", remedy="ask the operator where it is")
        return open_trying_desk(
            self.settings,
            onboarding=self.onboarding_desk,
            tokens=self.token_desk,
            gate=self.resource_gate,
            sharing=self.sharing_desk,
        )
