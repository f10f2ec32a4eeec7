"""The applicant's side of a joint submission: choose, answer once, submit in one act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certstore.callers import Resident
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.tables.books import Archive, Books
from issuance.answers import is_answered, read_child
from issuance.application import (
    APPLICATION,
    CAME_TO_NOTHING,
    After,
    Answers,
    Application,
    Child,
    Matter,
    State,
)
from issuance.apply import ApplyDesk
from issuance.beginning import begin, end_draft, goes_on_from, kept_answers
from issuance.joint.choosing import PERMIT, REGISTRATION, TOGETHER, Choices, ChoosingDesk
from issuance.joint.homes import home_for
from issuance.joint.predecessors import (
    Awaited,
    Followed,
    Predecessors,
    Standing,
)
from issuance.joint.starting import StartDesk
from issuance.joint.tables import JointApplication, JointBook
from issuance.procedure import Role
from issuance.submission import still_to_do
from issuance.tables import ApplicationBook

MOST_CHILDREN = 6


@dataclass(frozen=True, slots=True)
class Member:
    """One application of a joint submission; what is still to be done before it is submitted."""

    application: Application
    missing: tuple[str, ...] = ()
    follows: Standing | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint submission as its applicant sees it."""

    ref: str
    members: tuple[Member, ...]

    @property
    def drafts(self) -> tuple[Member, ...]:
        """What is not submitted."""
        return tuple(m for m in self.members if m.application.state is State.DRAFT)

    @property
    def ready(self) -> bool:
        """Whether there is something to submit, and nothing of it lacks anything."""
        return bool(self.drafts) and not any(m.missing for m in self.drafts)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointDesk:
    """Takes several matters of one resident in one go."""

    archive: Archive
    applying: ApplyDesk
    choosing: ChoosingDesk
    starting: StartDesk
    predecessors: Predecessors
    clock: Clock

    def choices(self, resident: Resident) -> Choices:
        """What this resident can do in one go, by the rules of the day."""
        return self.choosing.choices(resident)

    # -- beginning ---------------------------------------------------------------------------

    def begin(self, resident: Resident, matters: Iterable[Matter], lease_ref: str = "") -> str:
        """Begin these matters in one go; the reference of the joint submission.

        What is open already is taken along; begun twice it is the same one. ConflictError, its
        cause in `facts`, where one of them does not fit what this resident holds, or could not
        come in time; MalformedError where nothing is chosen.
        """
        wanted = [matter for matter in TOGETHER if matter in set(matters)]
        for matter in wanted:
            self.applying.require_offered(matter)
        if PERMIT in wanted:
            self._require_permit(resident, wanted)
        with self.archive.writing() as books:
            books.people.hold(books.people.named(resident.holder).id)  # of two tabs, one is first
            awaited = self._awaited(books, resident, lease_ref)
            joint = self._open_one(books, resident) or self._new(books, resident)
            first = After(awaited.kind, awaited.ref) if awaited else None
            for matter in wanted:
                taken = self._take(books, resident, (joint, matter), first, awaited)
                first = After(APPLICATION, taken.ref)
        return joint

    def add_child(self, resident: Resident, ref: str, child: Child) -> Application:
        """Let a child move in, too: a registration of its own, at the home answered already.

        MalformedError names what is wrong about how it was named; one that is open already for
        this child is taken along.
        """
        now = self.clock.now()
        named = read_child(child, local_date(now))
        with self.archive.writing() as books:
            members = self._mine(books, resident, ref)
            open_ones = [m for m in members if m.state not in CAME_TO_NOTHING]
            if sum(1 for m in open_ones if m.answers.child is not None) >= MOST_CHILDREN:
                raise ConflictError(
                    f"at most {MOST_CHILDREN} children in one go",
                    where=ref,
                    remedy="begin another submission for the others",
                    cause="TOO_MANY_CHILDREN",
                )
            begun = begin(
                books, resident, REGISTRATION, Answers(child=named), now, self.applying.gates
            )
            leader = next((m for m in members if m.matter is REGISTRATION), None)
            after = leader.after if leader and leader.after else None
            book = ApplicationBook(books.connection)
            if begun.joint_ref is None:
                JointBook(books.connection).join(begun.ref, ref, after)
            if leader is not None and begun.state is State.DRAFT and not begun.answers.dwelling:
                home = home_for(leader, begun)
                if home is not None:
                    book.save_answers(begun.ref, home, now)
            return book.get(begun.ref)

    def begin_again(self, resident: Resident, ref: str) -> str:
        """Begin anew what ended of a joint submission, the answers kept; its reference.

        ConflictError where nothing of it has ended, or a matter does not fit any more.
        """
        with self.archive.reading() as books:
            ended = [m for m in self._mine(books, resident, ref) if m.state in CAME_TO_NOTHING]
        own = [m.matter for m in ended if m.answers.child is None and m.matter in TOGETHER]
        if not ended:
            raise ConflictError("nothing of it has ended", where=ref)
        joint = self.begin(resident, own)
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            for former in ended:
                if former.matter not in TOGETHER:
                    continue
                answers = kept_answers(former)
                begun = begin(
                    books,
                    resident,
                    former.matter,
                    answers,
                    now,
                    self.applying.gates,
                    promised=former.matter is PERMIT,
                )
                if begun.joint_ref is None:
                    JointBook(books.connection).join(begun.ref, joint, None)
                if begun.state is State.DRAFT and not begun.answers.dwelling:
                    book.save_answers(begun.ref, answers, now)
                goes_on_from(books, begun, former, now)
        return joint

    def _require_permit(self, resident: Resident, wanted: Sequence[Matter]) -> None:
        if REGISTRATION not in wanted:
            raise MalformedError(
                "a permit comes along with a registration", where="matters", cause="alone"
            )
        prospect = self.choosing.permit_prospect(resident)
        if prospect.fault:
            raise ConflictError(
                "the permit could not be granted with this registration",
                where=PERMIT.value,
                remedy="begin with the registration alone",
                cause=prospect.fault,
                on=prospect.on,
            )

    def _awaited(self, books: Books, resident: Resident, lease_ref: str) -> Awaited | None:
        if not lease_ref:
            return None
        for awaited in self.predecessors.open_to(books, resident.holder):
            if awaited.ref == lease_ref:
                return awaited
        raise NotFoundError("there is no such lease under way", where="lease")

    @staticmethod
    def _open_one(books: Books, resident: Resident) -> str | None:
        """The joint submission of this resident that is open: in another tab, or submitted."""
        person = books.people.named(resident.holder)
        return JointBook(books.connection).open_of(person.id)

    def _new(self, books: Books, resident: Resident) -> str:
        """A new one; the last one if nothing was ever begun in it."""
        person, book = books.people.named(resident.holder), JointBook(books.connection)
        last = book.newest_of(person.id)
        if last is not None and not JointBook(books.connection).joined(last.ref):
            return last.ref
        joint = JointApplication(reference(), person.id, self.clock.now())
        book.add(joint)
        return joint.ref

    def _take(
        self,
        books: Books,
        resident: Resident,
        what: tuple[str, Matter],
        after: After | None,
        awaited: Awaited | None,
    ) -> Application:
        """Begin a matter, or take the open one along."""
        joint, matter = what
        now, book = self.clock.now(), ApplicationBook(books.connection)
        answers = awaited.answers if awaited else Answers()
        begun = begin(
            books, resident, matter, answers, now, self.applying.gates, promised=matter is PERMIT
        )
        if begun.state is not State.DRAFT:
            if begun.joint_ref is None:
                JointBook(books.connection).join(begun.ref, joint, begun.after)
            return begun
        JointBook(books.connection).join(begun.ref, joint, after or begun.after)
        home = self._home(book, begun, after)
        if home is not None and home != begun.answers:
            book.save_answers(begun.ref, home, now)
        return book.get(begun.ref)

    @staticmethod
    def _home(book: ApplicationBook, begun: Application, after: After | None) -> Answers | None:
        """The home it is about where what it follows says it; else it is asked."""
        if after is None or after.kind != APPLICATION:
            return None
        return home_for(book.get(after.ref), begun)

    # -- looking and submitting --------------------------------------------------------------

    def get(self, resident: Resident, ref: str) -> Joint:
        """A joint submission of this resident's; another's is as absent as none."""
        with self.archive.reading() as books:
            applications = self._mine(books, resident, ref)
            standings = {a.ref: self.predecessors.standing(books, a) for a in applications}
        return Joint(
            ref, tuple(Member(a, self._missing(a), standings[a.ref]) for a in applications)
        )

    def follows(self, application: Application) -> Followed | None:
        """What one of this resident's applications follows."""
        with self.archive.reading() as books:
            return self.predecessors.followed(books, application)

    def followed(self, joint: Joint) -> dict[str, Followed]:
        """What each of its applications follows, by the application's reference."""
        with self.archive.reading() as books:
            found = {
                m.application.ref: self.predecessors.followed(books, m.application)
                for m in joint.members
            }
        return {ref: followed for ref, followed in found.items() if followed is not None}

    def submit(self, resident: Resident, ref: str) -> Joint:
        """Submit everything that is a draft, in one act; sent twice, it stays what it is.

        What follows something is submitted before it, so that it waits by the time that is
        decided. ConflictError where anything is missing; then nothing was submitted, unless it
        came up meanwhile: what was submitted by then stays submitted.
        """
        joint = self.get(resident, ref)
        missing = {m.application.ref: list(m.missing) for m in joint.drafts if m.missing}
        if missing:
            raise ConflictError(
                "something is still to be done",
                where=ref,
                remedy="look at what is left to do",
                missing=[],
                still=missing,
            )
        drafts = sorted(joint.drafts, key=lambda m: TOGETHER.index(m.application.matter))
        for member in reversed(drafts):
            self.applying.submit(resident, member.application.ref)
        self.starting.work_on(ref)
        return self.get(resident, ref)

    def leave_out(self, resident: Resident, ref: str, application_ref: str) -> None:
        """Take a draft out of the joint submission, ending it; what waits for it ends, too.

        Left out twice, it stays so. ConflictError, its cause MOVED, once it was submitted: in
        another tab, perhaps.
        """
        with self.archive.writing() as books:
            if application_ref not in {a.ref for a in self._mine(books, resident, ref)}:
                raise NotFoundError("there is no such application in it", where=application_ref)
            found = ApplicationBook(books.connection).locked(application_ref)
            if found.state is State.WITHDRAWN:
                return
            if found.state is not State.DRAFT:
                raise ConflictError(
                    "it was submitted meanwhile",
                    where=application_ref,
                    remedy="withdraw it on its own page",
                    cause="MOVED",
                )
            conduct, now = self.applying.conduct, self.clock.now()
            end_draft(conduct, books, found, now, Role.APPLICANT, "left out")

    def _missing(self, application: Application) -> tuple[str, ...]:
        if application.state is not State.DRAFT:
            return ()
        if not is_answered(application.answers):
            return ("answers",)
        return still_to_do(application, self.applying.checks.check(application))

    @staticmethod
    def _mine(books: Books, resident: Resident, ref: str) -> list[Application]:
        person = books.people.find(resident.holder.id_type, resident.holder.id_number)
        joint = JointBook(books.connection).get(ref)
        if person is None or joint.actor_id != person.id:
            raise NotFoundError("there is no such joint submission", where=ref)
        return JointBook(books.connection).joined(ref)
