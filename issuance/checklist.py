"""What an applicant must still hand in: gathers the facts, and asks the judging code.

Only those records stand in the facts that were looked up (issuance/looking_up.py). The facts of
a decision are kept whole beside it, so that it can be judged again later from its snapshot and
rule version, with the same result.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from certstore.certificates import Certificate, Holder
from certstore.clock import CHINA, Clock, local_date
from certstore.tables.books import Archive
from face_auth.acceptance import FaceDesk
from face_auth.on_file import ResultOnFile
from issuance.application import Application
from issuance.counter.tables import VisitBook
from issuance.handed_in import HandedIn, as_kept
from issuance.history.tables import History
from issuance.joint.predecessors import Predecessors
from issuance.joint.tables import JointBook
from issuance.looking_up import child_of, looked_up, relative_of
from issuance.record_facts import person_fact, record_fact
from issuance.upload_tables import UploadBook
from verifiers.materials.decisions import Decision
from verifiers.materials.facts import Facts, parse_facts
from verifiers.materials.live_check import Confirmed, LiveCheckDesk
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.snapshots import judge_again, take_snapshot
from verifiers.materials.vocabulary import Dwelling, Material, Occupier, RecordType

Promises = tuple[dict[str, Any], ...]  # records as facts hold them
_RECORD_TYPES = frozenset(kind.value for kind in RecordType)
_NO_REUSE = frozenset({"residence_voucher"})  # a voucher shows no dwelling to the next one
_NEAR_RELATIVES = frozenset({"parent", "grandparent", "sibling"})
_CHILDS_OWN = frozenset({Material.PHOTO, Material.KINSHIP})


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision and the facts it was made from.

    Of the materials in `not_looked_up` the decision says nothing yet: whose records could show
    them may not be looked at before something else is done; `too_many` where too many people
    were looked up today. `obstacle` is a code of why the matter cannot go on at all.
    """

    facts: Facts
    decision: Decision
    confirmed: Confirmed = field(default_factory=Confirmed)  # what sources said of the records
    not_looked_up: frozenset[Material] = frozenset()
    too_many: frozenset[Material] = frozenset()
    obstacle: str = ""
    promised: bool = False  # judged with the record that what it follows is going to lead to
    handed_in: tuple[HandedIn, ...] = ()  # for what the decision leaves open

    def as_json(self) -> dict[str, Any]:
        """The snapshot it can be judged again from, what was decided, and on whose word."""
        said = self.confirmed.by_record.values()
        beside = {"handed_in": as_kept(self.handed_in)} if self.handed_in else {}
        return {
            **take_snapshot(self.facts, self.decision),
            "decision": self.decision.as_json(),
            "confirmations": [confirmation.as_json() for confirmation in said],
            **beside,
        }

    @property
    def guardian_is_proven(self) -> bool:
        """Whether nobody acts for another, or a record on file proves that they may."""
        decided = self.decision.materials.get(Material.GUARDIANSHIP)
        looked = Material.GUARDIANSHIP not in self.not_looked_up
        return decided is None or (looked and decided.asks_nothing_again)

    @property
    def asks_for_letter(self) -> bool:
        """Whether a letter about the kinship is called for, and whoever acts may sign it."""
        looked = Material.KINSHIP not in self.not_looked_up
        return looked and self.guardian_is_proven and self.decision.awaits_letter


@dataclass(frozen=True, slots=True)
class Around:
    """What an application is judged by besides itself: the moment, what is promised, who sits here.

    `seen`: that an officer compared the card counts.
    """

    at: datetime
    promises: Promises
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistDesk:
    """Judges applications by the rules of the day."""

    archive: Archive
    face: FaceDesk
    live: LiveCheckDesk
    rules: RuleBook
    clock: Clock
    city: str
    predecessors: Predecessors
    sources_down: tuple[str, ...] = ()
    later_from: date | None = None

    def check(
        self,
        application: Application,
        *,
        whole: bool = False,
        as_of: datetime | None = None,
        promises: Promises = (),
        at_counter: bool = False,
    ) -> Checked:
        """Judge every material the matter asks for, as things stand now.

        For the applicant an unproven guardianship says no more than that it is unproven, whatever
        is on file about the child; `whole` keeps what an officer must know. `as_of` judges by the
        day something was submitted on; `promises` are records to be that are judged as if they
        were on file already, by itself those of what the application follows. That an officer
        compared the card counts at the counter, and for what was taken in there: on line nobody
        knows who sits before the screen.
        """
        at = as_of or self.clock.now()
        with self.archive.reading() as books:
            known = looked_up(books, application)
            today = local_date(at)
            promises = promises or self.predecessors.promises(books, application, today)
        around = Around(at, promises, seen=at_counter or bool(application.taken_by))
        child, relative = child_of(application), relative_of(application)
        checked = self._judge(application, known, around)
        pending = set()
        if child is not None and child.key not in known:
            pending |= {Material.GUARDIANSHIP, *_CHILDS_OWN}
        elif child is not None and not whole and not checked.guardian_is_proven:
            pending |= _CHILDS_OWN
            checked = self._judge(application, known - {child.key}, around)
        if relative is not None and relative.key not in known and _is_open(checked.decision):
            pending.add(Material.DWELLING)
        return replace(checked, not_looked_up=frozenset(pending & set(checked.decision.materials)))

    def judge_again(self, kept: dict[str, Any]) -> Decision:
        """Judge a stored decision anew, from its snapshot and by its version of the rules."""
        snapshot = {name: kept[name] for name in ("facts", "rule_version")}
        return judge_again(snapshot, self.rules)

    def face_results(self, application: Application) -> list[ResultOnFile]:
        """The face results for it: its own, and those for what is submitted with it.

        Of what these were begun again from, such as were young enough when they were handed in:
        who was refused a moment ago does not show who they are a second time.
        """
        with self.archive.reading() as books:
            joined = JointBook(books.connection).joined(application.joint_ref)
            refs = list(dict.fromkeys((application.ref, *(each.ref for each in joined))))
            formers = list(_formers(History(books.connection), refs))
        own = [r for ref in refs for r in self.face.results_for(application.actor, ref)]
        at = application.handed_in_at or application.submitted_at or self.clock.now()
        rules = self.rules.in_force(local_date(at), later_from=self.later_from)
        before = [r for ref in formers for r in self.face.results_for(application.actor, ref)]
        return own + [r for r in before if at - r.verified_at <= rules.face.max_age]

    def _judge(self, application: Application, known: frozenset[str], around: Around) -> Checked:
        facts = self._facts(application, known, around)
        rules = self.rules.in_force(facts.day, later_from=self.later_from)
        promised = frozenset(str(record["record_id"]) for record in around.promises)
        checked = Checked(*self.live.judge(facts, lambda known: judge(known, rules), promised))
        with self.archive.reading() as books:
            handed_in = UploadBook(books.connection).counting(application, checked.decision)
        return replace(checked, handed_in=handed_in, promised=bool(around.promises))

    def _facts(self, application: Application, known: frozenset[str], around: Around) -> Facts:
        results = self.face_results(application)
        on_file = [record_fact(c) for c in self._on_file(application, known)]
        handed_in, seen = application.handed_in_at, around.seen
        with self.archive.reading() as books:
            visits = VisitBook(books.connection).of_application(application.ref) if seen else ()
        return parse_facts(
            {
                "matter": application.matter.judged_as,
                "as_of": around.at.astimezone(CHINA).isoformat(),
                "applicant": person_fact(application.applicant),
                "guardian": _guardian(application),
                "context": _context(application, self.city),
                "on_file": [*on_file, *around.promises],
                "earlier_verifications": [
                    earlier.as_facts()
                    for earlier in self.face.earlier_for(application.actor, application.account)
                ],
                "face_results": [result.as_facts() for result in results],
                "counter_checks": [visit.as_facts() for visit in visits],
                "sources_down": list(self.sources_down),
                "handed_in_at": handed_in.astimezone(CHINA).isoformat() if handed_in else None,
            }
        )

    def _on_file(self, application: Application, known: frozenset[str]) -> Iterable[Certificate]:
        """What names whoever acts, and of others what was looked up."""
        actor = application.actor
        with self.archive.reading() as books:
            found = books.register.held_by(actor.id_type, actor.id_number)
            if application.guardian is None:
                found += books.register.naming(actor.name)
            for other in (child_of(application), relative_of(application)):
                if other is not None and other.key in known:
                    found += books.register.held_by("111", other.id_number)
        left_out = _NO_REUSE if application.matter.is_registration else frozenset[str]()
        unique = {c.ref: c for c in found if c.type_code in _RECORD_TYPES - left_out}
        return unique.values()


def _formers(history: History, refs: Iterable[str]) -> Iterable[str]:
    """What these were begun again from, and that in turn."""
    for ref in refs:
        former = history.former(ref)
        while former is not None:
            yield former
            former = history.former(former)


def _is_open(decision: Decision) -> bool:
    """Whether one's own records leave the dwelling open."""
    decided = decision.materials.get(Material.DWELLING)
    return decided is not None and not decided.asks_nothing_again


def _guardian(application: Application) -> dict[str, str] | None:
    guardian, child = application.guardian, application.answers.child
    if guardian is None or child is None:
        return None
    near = {"relation": child.relation} if child.relation in _NEAR_RELATIVES else {}
    return {**person_fact(guardian), **near}


def _context(application: Application, city: str) -> dict[str, Any]:
    """What was said of the home; where it is not asked about, no material looks at it."""
    said = application.answers
    return {
        "dwelling": said.dwelling or ("" if application.matter.asks_home else Dwelling.OWN.value),
        "occupier": said.occupier or ("" if application.matter.asks_home else Occupier.SELF.value),
        "relative": _relative(application),
        "address": said.full_address(city),
    }


def _relative(application: Application) -> dict[str, str] | None:
    said = application.answers.relative if application.answers.occupier == "relative" else None
    if said is None:
        return None
    named = person_fact(Holder(said.name, "111", said.id_number))
    return {**named, "relation": said.relation}
