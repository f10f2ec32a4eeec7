"""The live check: before a decision leans on a record, its source is asked whether it stands.

Judging stays free of IO: the desk asks for the records a decision leans on, puts the answers
into the facts, and the judging code judges again. A source that does not answer is its own
outcome: its last word counts for a while, labelled as such; after that nothing of its can be
leaned on, and the decision says that the source is down, never that something must be
handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Overdue
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from certstore.certificates import Certificate
from certstore.clock import Clock
from certstore.errors import NotFoundError, UnavailableError
from certstore.tables.books import Archive, Books
from certstore.tables.sources import Key, LastStanding
from verifiers.materials.circuit import Circuit
from verifiers.materials.decisions import Decision
from verifiers.materials.facts import Facts
from verifiers.materials.holdings import (
    Basis,
    Confirmation,
    HeldRecord,
    Holdings,
    SourceAnswer,
)
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import SOURCE_OF, RecordStatus, RecordType, Source

TIME_OUT_S = 2.0
FRESH = timedelta(minutes=10)  # an answer this young is not asked for again
_THREADS = 8


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A source that can be asked; `last_known_for`: how long its last word counts without it."""

    uscc: str
    holdings: Holdings
    last_known_for: timedelta
    circuit: Circuit = field(default_factory=Circuit)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the sources said, by the record's reference in the facts.

    `unusable` are records whose source is silent and whose last word is too old.
    """

    by_record: Mapping[str, Confirmation] = field(default_factory=dict)
    down: frozenset[Source] = frozenset()
    unusable: frozenset[str] = frozenset()

    def joined(self, later: "Confirmed") -> "Confirmed":
        """Both together."""
        return Confirmed(
            {**self.by_record, **later.by_record},
            self.down | later.down,
            self.unusable | later.unusable,
        )

    def applied(self, facts: Facts) -> Facts:
        """The facts as the sources have them: fresh statuses, silent sources named."""
        kept = self.as_said(facts.on_file)
        return replace(facts, on_file=kept, sources_down=facts.sources_down | self.down)

    def as_said(self, records: Iterable[Record]) -> tuple[Record, ...]:
        """The records with the status their sources give them; without those nobody vouches for."""
        usable = (record for record in records if record.record_id not in self.unusable)
        return tuple(self._as_said(record) for record in usable)

    def _as_said(self, record: Record) -> Record:
        said = self.by_record.get(record.record_id)
        if said is None:
            return record
        return replace(record, status=said.status, under_dispute=said.under_dispute)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCheckDesk:
    """Asks the sources that can be asked; keeps what they said, and how they answer."""

    archive: Archive
    sources: Mapping[str, LiveSource]
    clock: Clock
    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, thread_name_prefix="source")
    )

    def judge(
        self,
        facts: Facts,
        judge: Callable[[Facts], Decision],
        promised: frozenset[str] = frozenset(),
    ) -> tuple[Facts, Decision, Confirmed]:
        """Judge, confirm what the decision leans on, and judge again until nothing is new.

        Of records `promised` nobody is asked: they are none yet. Ends because every round
        confirms at least one record more.
        """
        confirmed = Confirmed()
        asked = set(promised)
        while True:
            decision = judge(facts)
            leaned_on = _leaned_on(decision)
            new = [record for record in leaned_on if record.record_id not in asked]
            if not new:
                shown = {r.record_id for r in leaned_on}
                return facts, decision, _only(confirmed, shown)
            asked.update(record.record_id for record in new)
            answers = self.confirm(new)
            facts, confirmed = answers.applied(facts), confirmed.joined(answers)

    def confirm(self, records: Iterable[Record]) -> Confirmed:
        """What the sources of these records say of them today."""
        now = self.clock.now()
        wanted = {record.record_id: record for record in records}
        with self.archive.reading() as books:
            held = books.register.by_refs(wanted)
            for missing in wanted.keys() - held.keys():
                raise NotFoundError("there is no such certificate", where=missing)
            known = self._known(books, held.values())
        asks = self._asks(held, known, now)
        answers = {uscc: self._answer(uscc, future, now) for uscc, future in asks.items()}
        silent = {uscc for uscc, answer in answers.items() if answer is None}
        for uscc, answer in answers.items():
            if answer is not None:
                known |= {(uscc, word.key): word for word in _words(answer)}
        found = {
            ref: self._confirmation(wanted[ref], certificate, known, silent, now)
            for ref, certificate in held.items()
            if certificate.source is not None
        }
        return self._confirmed(wanted, found, silent, now)

    def _confirmed(
        self,
        wanted: Mapping[str, Record],
        found: Mapping[str, Confirmation],
        silent: set[str],
        now: datetime,
    ) -> Confirmed:
        too_old = {
            ref
            for ref, said in found.items()
            if said.basis is Basis.LAST_KNOWN
            and now - said.as_of > self.sources[said.source].last_known_for
        }
        down = {
            SOURCE_OF[wanted[ref].type]
            for ref, said in found.items()
            if said.source in silent and wanted[ref].type in SOURCE_OF
        }
        usable = {ref: said for ref, said in found.items() if ref not in too_old}
        return Confirmed(usable, frozenset(down), frozenset(too_old))

    def _known(
        self, books: Books, held: Iterable[Certificate]
    ) -> dict[tuple[str, Key], LastStanding]:
        keys: dict[str, list[Key]] = {}
        for certificate in held:
            if certificate.source in self.sources:
                keys.setdefault(str(certificate.source), []).append(_key(certificate))
        return {
            (uscc, key): word
            for uscc, wanted in keys.items()
            for key, word in books.sources.last(uscc, wanted).items()
        }

    def _asks(
        self,
        held: Mapping[str, Certificate],
        known: Mapping[tuple[str, Key], LastStanding],
        now: datetime,
    ) -> dict[str, Future[SourceAnswer] | None]:
        """Every source that must be asked, asked at once; None where its circuit is open."""
        by_source: dict[str, list[HeldRecord]] = {}
        for certificate in held.values():
            uscc = certificate.source
            if uscc is None or uscc not in self.sources:
                continue
            last = known.get((uscc, _key(certificate)))
            if last is None or now - last.answered_at > FRESH:
                by_source.setdefault(uscc, []).append(HeldRecord(*_typed(_key(certificate))))
        asks: dict[str, Future[SourceAnswer] | None] = {}
        for uscc, records in by_source.items():
            source = self.sources[uscc]
            may_ask = source.circuit.may_ask(now)
            asks[uscc] = self.pool.submit(source.holdings.ask, records) if may_ask else None
        return asks

    def _answer(
        self, uscc: str, future: Future[SourceAnswer] | None, now: datetime
    ) -> SourceAnswer | None:
        """The answer, kept; None if there is none in time, and the failure kept."""
        if future is None:
            return None
        circuit = self.sources[uscc].circuit
        try:
            answer = future.result(TIME_OUT_S)
        except (UnavailableError, Overdue):
            future.cancel()
            circuit.failed(now)
            with self.archive.writing() as books:
                books.sources.failed(uscc, now)
            return None
        circuit.answered()
        with self.archive.writing() as books:
            books.sources.said(uscc, _words(answer))
            books.sources.answered(uscc, answer.answered_at)
        return answer

    def _confirmation(
        self,
        record: Record,
        certificate: Certificate,
        known: Mapping[tuple[str, Key], LastStanding],
        silent: set[str],
        now: datetime,
    ) -> Confirmation:
        uscc = str(certificate.source)
        last = known.get((uscc, _key(certificate)))
        status, disputed, as_of = record.status, record.under_dispute, certificate.status_changed_at
        basis = Basis.LAST_KNOWN if uscc in silent else Basis.HANDED_IN
        if last is not None and last.answered_at >= as_of:
            status, disputed = RecordStatus(last.status), last.under_dispute
            as_of = last.answered_at
            if uscc not in silent or now - as_of <= FRESH:
                basis = Basis.LIVE
        return Confirmation(record.record_id, uscc, basis, as_of, status, disputed)


def _leaned_on(decision: Decision) -> list[Record]:
    evidence = (decided.satisfied_by for decided in decision.materials.values())
    return [record for record in evidence if isinstance(record, Record)]


def _only(confirmed: Confirmed, refs: set[str]) -> Confirmed:
    """What was said of the records leaned on in the end; what was dropped stands in the facts."""
    shown = {ref: said for ref, said in confirmed.by_record.items() if ref in refs}
    return replace(confirmed, by_record=shown)


def _key(certificate: Certificate) -> Key:
    return (certificate.type_code, str(certificate.record_id), certificate.version)


def _typed(key: Key) -> tuple[RecordType, str, int]:
    return (RecordType(key[0]), key[1], key[2])


def _words(answer: SourceAnswer) -> list[LastStanding]:
    return [
        LastStanding(
            (said.held.type.value, said.held.record_id, said.held.version),
            said.status.value,
            said.under_dispute,
            answer.answered_at,
        )
        for said in answer.standings
    ]
