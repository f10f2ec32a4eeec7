"""Whatever anybody does, in any order and on stale views: the table holds; nothing is lost."""

import tempfile
import tomllib
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import issuance.procedure
from certstore.errors import CertstoreError, ConflictError
from issuance.application import CAME_TO_NOTHING, Matter, State
from issuance.conduct import Hand
from issuance.history.tables import History
from issuance.joint.choosing import PERMIT, REGISTRATION
from issuance.procedure import Action, Role
from issuance.tables import ApplicationBook
from tests.counter import here
from tests.house import house_in
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI, answers_of, copied, resident, settle, verify_face
from tests.residents import PEOPLE as EVERYBODY

PEOPLE = ("chen_yiming", "lin_xiaohe")
MATTERS = (Matter.RESIDENCE_REGISTRATION, Matter.ADDRESS_CHANGE, Matter.RESIDENCE_PERMIT)
NEEDING_MORE = {Action.ISSUE, Action.APPROVE}  # a certificate, a decision: see decide and work
ANYTHING = [(action, role) for action in Action for role in Role if action not in NEEDING_MORE]
_FOLDER = tempfile.TemporaryDirectory()
_PROCEDURES = Path(issuance.procedure.__file__).parent / "procedures"
WHICH = st.integers(0, 9)  # of what there is, round and round: draws depend on nothing outside


def _table(matter):
    """The rows as they are written: read here anew, so that what reads them is tested, too."""
    written = tomllib.loads((_PROCEDURES / f"{matter.value}.toml").read_text(encoding="utf-8"))
    return {
        (State(at), Action(row["action"]), Role(who)): State(row["to"])
        for row in written["steps"]
        for at in row["from"]
        for who in row["by"]
    }


TABLES = {matter: _table(matter) for matter in Matter}


def _may(seen, action, role) -> bool:
    """Whether the table lets this be done to it; nothing waits that follows nothing."""
    follows = action is not Action.WAIT or seen.after is not None
    return follows and (seen.state, action, role) in TABLES[seen.matter]


def _settled() -> Path:
    folder = Path(_FOLDER.name) / "settled"
    if not folder.exists():
        folder.mkdir()
        house = house_in(folder)
        settle(house)
        house.close()
    return folder


class Applications(RuleBasedStateMachine):
    """Residents, officers, the worker and strangers, each doing what they like."""

    def __init__(self) -> None:
        super().__init__()
        self._place = tempfile.TemporaryDirectory()
        self._open = copied(_settled(), Path(self._place.name))
        self.house = self._open.__enter__()
        self.whose: dict[str, str] = {}  # reference to whose it is, in the order they were begun
        self.joints: dict[str, str] = {}  # the same of joint submissions
        self.stale = {}  # as somebody saw it once

    def teardown(self) -> None:
        self._open.__exit__(None, None, None)
        self._place.cleanup()

    def _try(self, act, *args):
        """What is refused is refused with an error of ours, and no other."""
        try:
            return act(*args)
        except CertstoreError:
            return None

    def _one(self, which: int) -> str:
        return list(self.whose)[which % len(self.whose)]

    def _now(self, ref: str):
        with self.house.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    def _act(self, seen, action, role) -> bool:
        """Whether the step was taken by this hand, on what it saw."""
        try:
            with self.house.archive.writing() as books:
                hand = Hand(role, "meddler")
                self.house.conduct.act(books, seen, action, hand, self.house.clock.now())
        except ConflictError:
            return False
        return True

    @rule(key=st.sampled_from(PEOPLE), matter=st.sampled_from(MATTERS))
    def begin(self, key, matter):
        begun = self._try(self.house.apply_desk.begin, resident(key), matter)
        if begun is not None:
            self.whose[begun.ref] = key
            self.stale.setdefault(begun.ref, begun)
            home = "moves_to" if matter is Matter.ADDRESS_CHANGE else "declares"
            said = answers_of(EVERYBODY[key].get(home) or EVERYBODY[key]["declares"])
            self._try(self.house.apply_desk.answer, resident(key), begun.ref, said)

    @rule(key=st.sampled_from(PEOPLE), permit=st.booleans())
    def begin_together(self, key, permit):
        """A registration, and what waits for it, in one go."""
        desk, wanted = self.house.joint_desk, (REGISTRATION, PERMIT)[: 1 + permit]
        joint = self._try(desk.begin, resident(key), wanted)
        if joint is None:
            return
        for member in desk.get(resident(key), joint).members:
            begun = member.application
            self.whose[begun.ref] = key
            self.joints[joint] = key
            self.stale.setdefault(begun.ref, begun)
            said = answers_of(EVERYBODY[key]["declares"])
            self._try(self.house.apply_desk.answer, resident(key), begun.ref, said)

    @precondition(lambda self: self.joints)
    @rule(which=WHICH, face=st.booleans(), again=st.booleans())
    def submit_together(self, which, face, again):
        joint = list(self.joints)[which % len(self.joints)]
        key = self.joints[joint]
        me, desk = resident(key), self.house.joint_desk
        if again:
            self._try(desk.begin_again, me, joint)
        for member in desk.get(me, joint).drafts[:1] if face else ():
            self._try(verify_face, self.house, key, member.application.ref)
        self._try(desk.submit, me, joint)

    @precondition(lambda self: self.whose)
    @rule(which=WHICH, face=st.booleans())
    def submit(self, which, face):
        ref = self._one(which)
        key = self.whose[ref]
        if face:
            self._try(verify_face, self.house, key, ref)
        self._try(self.house.apply_desk.submit, resident(key), ref)

    @rule(
        key=st.sampled_from(PEOPLE),
        matter=st.sampled_from(MATTERS),
        officer=st.sampled_from((GAO, LI)),
        act=st.sampled_from(("answer", "submit", "supply", "withdraw", "look")),
    )
    def at_the_counter(self, key, matter, officer, act):
        """The same person before an officer, with whatever is open of theirs."""
        visit = self._try(here, self.house, key, officer)
        begun = visit and self._try(self.house.intake_desk.begin, officer, visit.ref, matter)
        if not begun:
            return
        desk, ref = self.house.intake_desk, begun.ref
        self.whose[ref] = key
        self.stale.setdefault(ref, begun)
        home = "moves_to" if matter is Matter.ADDRESS_CHANGE else "declares"
        said = answers_of(EVERYBODY[key].get(home) or EVERYBODY[key]["declares"])
        seal = desk.look(officer, ref).seal
        acts = {
            "answer": (desk.answer, officer, ref, said),
            "submit": (desk.submit, officer, ref, seal),
            "supply": (desk.supply, officer, ref),
            "withdraw": (desk.withdraw, officer, ref, seal),
            "look": (desk.look, officer, ref),
        }
        self._try(*acts[act])

    @precondition(lambda self: self.whose)
    @rule(
        which=WHICH,
        officer=st.sampled_from((GAO, LI)),
        decision=st.sampled_from(("approve", "ask", "refuse")),
    )
    def decide(self, which, officer, decision):
        ref = self._one(which)
        desk, supplements = self.house.review_desk, self.house.supplement_desk
        said = dict.fromkeys(("dwelling", "photo", "identity"), "yes")
        acts = {
            "approve": (desk.approve, officer, ref, said),
            "refuse": (desk.refuse, officer, ref, "OTHER", "看不清"),
            "ask": (supplements.ask, officer, ref, ["dwelling"], "看不清"),
        }
        self._try(*acts[decision])

    @precondition(lambda self: self.whose)
    @rule(which=WHICH, back=st.booleans())
    def go_back(self, which, back):
        ref = self._one(which)
        me = resident(self.whose[ref])
        if back:
            self._try(self.house.supplement_desk.supply, me, ref)
        else:
            self._try(self.house.apply_desk.withdraw, me, ref)

    @precondition(lambda self: self.whose)
    @rule(which=WHICH, step=st.sampled_from(ANYTHING))
    def meddle(self, which, step):
        """Any step by anybody, on what they saw once: only the table's steps are taken."""
        ref, (action, role) = self._one(which), step
        seen, stands = self.stale[ref], self._now(ref)
        allowed = _may(seen, action, role)
        taken = self._act(seen, action, role)
        assert taken == (allowed and stands.state is seen.state), (stands.state, seen.state, step)

    @precondition(lambda self: self.whose)
    @rule(which=WHICH, first=WHICH, second=WHICH)
    def two_hands(self, which, first, second):
        """Two hold the same reading of an application, and both act: the first alone does."""
        seen = self._now(self._one(which))
        steps = sorted(
            (action, role)
            for at, action, role in TABLES[seen.matter]
            if at is seen.state and action not in NEEDING_MORE and _may(seen, action, role)
        )
        if not steps:
            return
        assert self._act(seen, *steps[first % len(steps)])
        assert not self._act(seen, *steps[second % len(steps)]), "the second hand was let through"

    @precondition(lambda self: self.whose)
    @rule(which=WHICH)
    def look(self, which):
        ref = self._one(which)
        self.stale[ref] = self._now(ref)

    @rule(days=st.sampled_from((0, 1, 40, 200)))
    def work(self, days):
        """The worker, after some time, twice."""
        self.house.clock.skip(timedelta(days=days))
        for _ in range(2):
            self.house.issuance_desk.finish(lambda *_: None)
            self.house.start_desk.work()
            self.house.upkeep_desk.judge_waiting()
            self.house.upkeep_desk.look_after_drafts()
            self.house.upkeep_desk.look_after_supplements()
            self.house.upkeep_desk.recount()

    @invariant()
    def every_application_is_there_and_came_there_by_its_table(self):
        issued = []
        with self.house.archive.reading() as books:
            for ref in self.whose:
                found = ApplicationBook(books.connection).get(ref)
                states = {state.value for state in State}
                steps = [s for _, _, s, _ in History(books.connection).of(ref) if s in states]
                table, at = TABLES[found.matter], State.DRAFT
                for step in steps:
                    following = {to for (a, _, _), to in table.items() if a is at}
                    assert State(step) in following, (at, steps)
                    at = State(step)
                assert at is found.state
                if found.state is State.ISSUED:
                    assert books.register.get(found.certificate_ref).sealed
                    issued.append(found.certificate_ref)
        assert len(issued) == len(set(issued))

    @invariant()
    def nothing_waits_for_what_came_to_nothing_in_the_same_transaction(self):
        with self.house.archive.reading() as books:
            book = ApplicationBook(books.connection)
            for application in map(book.get, self.whose):
                if application.state is State.WAITING:
                    assert application.after is not None
                    assert book.get(application.after.ref).state not in CAME_TO_NOTHING
                    assert (application.clocks, application.due_on) == (None, None)

    @invariant()
    def nobody_holds_two_of_a_kind_in_force(self):
        for key in PEOPLE:
            holder = resident(key).holder
            with self.house.archive.reading() as books:
                held = books.register.held_by(holder.id_type, holder.id_number)
            valid = [c.type_code for c in held if c.sealed and c.status.value == "valid"]
            valid = [code for code in valid if code.startswith("residence_")]
            today = self.house.clock.now().date()
            running = [
                c.type_code
                for c in held
                if c.sealed and c.type_code in valid and c.status_on(today).value == "valid"
            ]
            assert len(running) == len(set(running)), running


Applications.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failing walk is printed as it is: making it shorter takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestApplications = Applications.TestCase
