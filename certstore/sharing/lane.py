"""The lane of pulls: token, proof, pull and record of many services in one commit."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from certstore.authorization.resource_gate import Admission
from certstore.sharing.desk import SharingDesk
from certstore.sharing.grants import PullRequest
from certstore.sharing.group_commit import GroupCommit
from certstore.sharing.pulls import AskedPull, Outcome


@dataclass(frozen=True, slots=True)
class PullLane:
    """Takes pulls from many threads, and has the desk do those that come together in one go."""

    sharing: SharingDesk
    together: GroupCommit[AskedPull, Outcome] = field(init=False)

    def __post_init__(self) -> None:
        """Nothing runs before the first pull."""
        object.__setattr__(self, "together", GroupCommit(self.sharing.pull_all))

    def submit(self, admission: Admission, request: PullRequest) -> Future[Outcome]:
        """The outcome to come; SharingDesk.answer makes of it what the service is told."""
        form = self.sharing.begin(admission.service, request)
        return self.together.submit(AskedPull(admission.service, request, admission, form))
