"""Whatever anybody does, in any order and on stale views: the table holds; nothing is lost."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from certstore.errors import CertstoreError, ConflictError
from issuance.application import Matter, State
from issuance.conduct import Hand
from issuance.history.tables import History
from issuance.procedure import Action, Role, procedure_of
from issuance.tables import ApplicationBook
from tests.house import house_in
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI, answers_of, copied, resident, settle, verify_face
from tests.residents import PEOPLE as EVERYBODY

PEOPLE = ("chen_yiming", "lin_xiaohe")
MATTERS = (Matter.RESIDENCE_REGISTRATION, Matter.ADDRESS_CHANGE, Matter.RESIDENCE_PERMIT)
ANYTHING = [(action, role) for action in Action for role in Role]
NEEDING_MORE = {Action.ISSUE, Action.APPROVE}  # a certificate, a decision: see decide and work
_FOLDER = tempfile.TemporaryDirectory()


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
        self.refs: dict[str, str] = {}  # reference to whose it is
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

    @rule(key=st.sampled_from(PEOPLE), matter=st.sampled_from(MATTERS))
    def begin(self, key, matter):
        begun = self._try(self.house.apply_desk.begin, resident(key), matter)
        if begun is not None:
            self.refs[begun.ref] = key
            self.stale.setdefault(begun.ref, begun)
            home = "moves_to" if matter is Matter.ADDRESS_CHANGE else "declares"
            said = answers_of(EVERYBODY[key].get(home) or EVERYBODY[key]["declares"])
            self._try(self.house.apply_desk.answer, resident(key), begun.ref, said)

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), face=st.booleans())
    def submit(self, data, face):
        ref = data.draw(st.sampled_from(sorted(self.refs)))
        key = self.refs[ref]
        if face:
            self._try(verify_face, self.house, key, ref)
        self._try(self.house.apply_desk.submit, resident(key), ref)

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), officer=st.sampled_from((GAO, LI)))
    def decide(self, data, officer):
        ref = data.draw(st.sampled_from(sorted(self.refs)))
        desk, supplements = self.house.review_desk, self.house.supplement_desk
        said = dict.fromkeys(("dwelling", "photo", "identity"), "yes")
        acts = {
            "approve": (desk.approve, officer, ref, said),
            "refuse": (desk.refuse, officer, ref, "OTHER", "看不清"),
            "ask": (supplements.ask, officer, ref, ["dwelling"], "看不清"),
        }
        self._try(*acts[data.draw(st.sampled_from(sorted(acts)))])

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), back=st.booleans())
    def go_back(self, data, back):
        ref = data.draw(st.sampled_from(sorted(self.refs)))
        me = resident(self.refs[ref])
        if back:
            self._try(self.house.supplement_desk.supply, me, ref)
        else:
            self._try(self.house.apply_desk.withdraw, me, ref)

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), within=st.booleans())
    def meddle(self, data, within):
        """Any step by anybody, on what they saw once: only the table's steps are taken."""
        ref = data.draw(st.sampled_from(sorted(self.refs)))
        seen = self.stale[ref]
        table = procedure_of(seen.matter)
        steps = [(a, r) for at, a, r in table.steps if at is seen.state and within]
        steps = [step for step in steps or ANYTHING if step[0] not in NEEDING_MORE]
        if not steps:
            return
        action, role = data.draw(st.sampled_from(steps))
        now = self.house.clock.now()
        with self.house.archive.writing() as books:
            found = ApplicationBook(books.connection).get(ref)
            allowed = table.after(seen.state, action, role)
            try:
                self.house.conduct.act(books, seen, action, Hand(role, "meddler"), now)
            except ConflictError:
                assert allowed is None or found.state is not seen.state
            else:
                assert allowed is not None
                assert found.state is seen.state

    @precondition(lambda self: self.refs)
    @rule(data=st.data())
    def look(self, data):
        ref = data.draw(st.sampled_from(sorted(self.refs)))
        with self.house.archive.reading() as books:
            self.stale[ref] = ApplicationBook(books.connection).get(ref)

    @rule(days=st.sampled_from((0, 1, 40, 200)))
    def work(self, days):
        """The worker, after some time, twice."""
        self.house.clock.skip(timedelta(days=days))
        for _ in range(2):
            self.house.issuance_desk.finish(lambda *_: None)
            self.house.upkeep_desk.judge_waiting()
            self.house.upkeep_desk.look_after_drafts()
            self.house.upkeep_desk.look_after_supplements()
            self.house.upkeep_desk.recount()

    @invariant()
    def every_application_is_there_and_came_there_by_its_table(self):
        issued = []
        with self.house.archive.reading() as books:
            for ref in self.refs:
                found = ApplicationBook(books.connection).get(ref)
                states = {state.value for state in State}
                steps = [s for _, _, s, _ in History(books.connection).of(ref) if s in states]
                table, at = procedure_of(found.matter), State.DRAFT
                for step in steps:
                    following = {to for (a, _, _), to in table.steps.items() if a is at}
                    assert State(step) in following, (at, steps)
                    at = State(step)
                assert at is found.state
                if found.state is State.ISSUED:
                    assert books.register.get(found.certificate_ref).sealed
                    issued.append(found.certificate_ref)
        assert len(issued) == len(set(issued))

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
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestApplications = Applications.TestCase
