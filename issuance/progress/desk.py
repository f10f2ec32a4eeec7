"""Where the cases of a resident stand, from beginning to the card in their hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.errors import NotFoundError
from certstore.presentation import held
from certstore.tables.books import Books
from issuance.application import ENDED_STATES, Application, State
from issuance.history.tables import History
from issuance.joint.predecessors import Predecessors
from issuance.own_applications import OwnApplications
from issuance.procedure import Role
from issuance.progress.sequel import Besides, NoSequels, OtherCases, Sequel, Sequels, Step
from issuance.progress.steps import Next, next_of, steps_of

_STATES = frozenset(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One case as its applicant may know it.

    `certificate` is what was issued, if it is theirs to see; `sequel` the card that follows it,
    `planned` the steps that will. `late` says that what was promised is not done by its day.
    """

    application: Application
    steps: tuple[Step, ...]
    next: Next | None
    today: date
    certificate: Certificate | None = None
    sequel: Sequel | None = None
    planned: tuple[str, ...] = ()
    taken: tuple[tuple[datetime, str], ...] = ()
    taken_back: bool = False  # by its applicant

    @property
    def late(self) -> bool:
        """Whether the answer, or the card, is late."""
        if self.sequel is not None:
            return self.sequel.late
        return self.application.is_late(self.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressDesk:
    """Follows cases; another's is as absent as none."""

    applications: OwnApplications
    predecessors: Predecessors
    sequels: Sequels = field(default_factory=NoSequels)
    others: tuple[OtherCases, ...] = ()

    def one(self, resident: Resident, ref: str) -> Progress:
        """One case; NotFoundError for another's as for none."""
        application = self.applications.get(resident, ref)
        with self.applications.archive.reading() as books:
            return self._progress(books, resident, application)

    def all_of(self, resident: Resident) -> list[Progress]:
        """Every case of this resident, for themself and for children, newest first."""
        found = self.applications.all_of(resident)
        with self.applications.archive.reading() as books:
            return [self._progress(books, resident, application) for application in found]

    def besides(self, resident: Resident) -> Sequence[Besides]:
        """Cases that are no applications."""
        today = self._today()
        with self.applications.archive.reading() as books:
            return [case for port in self.others for case in port.of(books, resident, today)]

    def _progress(self, books: Books, resident: Resident, application: Application) -> Progress:
        today = self._today()
        certificate = _issued(books, resident, application, today)
        sequel = None
        if certificate is not None:
            sequel = self.sequels.of(books, certificate.ref, today)
        steps = [s for s in History(books.connection).of(application.ref) if s[2] in _STATES]
        taken = [(at, step) for at, _, step, _ in steps]
        over = application.state in ENDED_STATES
        return Progress(
            application=application,
            steps=tuple(steps_of(application, _first(taken))),
            next=next_of(
                application, sequel, waits_for_you=self._waits_for_you(books, application)
            ),
            today=today,
            certificate=certificate,
            sequel=sequel,
            planned=() if over else self.sequels.planned(application.matter),
            taken=tuple(taken),
            taken_back=(Role.APPLICANT, State.WITHDRAWN)
            in {(who, step) for _, who, step, _ in steps},
        )

    def _waits_for_you(self, books: Books, application: Application) -> bool:
        """Whether what it follows cannot go on before its applicant does something there."""
        if application.state is not State.WAITING:
            return False
        followed = self.predecessors.followed(books, application)
        return followed is not None and followed.left in {"sign", "mend"}

    def _today(self) -> date:
        return local_date(self.applications.clock.now())


def _issued(
    books: Books, resident: Resident, application: Application, today: date
) -> Certificate | None:
    if application.state is not State.ISSUED or application.certificate_ref is None:
        return None
    try:
        return held(books, resident.holder, application.certificate_ref, today)
    except NotFoundError:  # a child's, once the guardian may act for it no longer
        return None


def _first(taken: Sequence[tuple[datetime, str]]) -> Mapping[State, datetime]:
    """When each state was reached first."""
    return {State(step): at for at, step in reversed(taken)}
