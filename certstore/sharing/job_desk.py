"""Many pulls under one token: taken in, done in the background, each on record by itself.

An item is answered in the transaction that records its access. So a crash loses none and records
none twice: what is not answered was not recorded, and is done again. What is asked and answered
is enciphered under a key of the job's own, and erased with it a day later.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import (
    CertstoreError,
    ConflictError,
    NotFoundError,
    PurposeError,
    RateLimitedError,
    UnavailableError,
)
from certstore.safekeeping import DataKey, Safe, Wrapped
from certstore.sharing.desk import SharingDesk
from certstore.sharing.grants import Actor, LegalBasis, Operator, PullRequest
from certstore.tables.books import Archive, Books
from certstore.tables.pull_jobs import DONE, REFUSED, WAITING, JobItem, PullJob
from certstore.tokens import canonical_json

MOST_ITEMS: Final = 1000
KEPT_FOR: Final = timedelta(hours=24)
MOST_OPEN: Final = 5  # jobs of one client that are not finished
_BATCH: Final = 50
_MOST_TRIES: Final = 50
_SHOWN: Final = ("paths", "cause", "status", "expected")


class _TakenError(ConflictError):
    """Another worker answered this item first; the transaction is rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDesk:
    """Takes jobs in, does them, and gives their answers to the client they are of."""

    archive: Archive
    clock: Clock
    sharing: SharingDesk
    open_safe: Callable[[], Safe]  # opened where there is a job, and not before

    def take(self, service: Service, requests: Sequence[PullRequest]) -> dict[str, Any]:
        """Keep a job; nothing is pulled yet. RateLimitedError while too many are unfinished."""
        _judge_token(service, requests)
        now, ref = self.clock.now(), reference()
        key, wrapped = self.open_safe().new_key(_context(ref))
        job = PullJob(
            ref=ref,
            client_id=service.client_id,
            service=asdict(service),
            key_id=wrapped.key_id,
            wrapped=wrapped.sealed,
            total=len(requests),
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        asked = [
            key.seal(canonical_json(_written(request)), _context(ref, at, "asked"))
            for at, request in enumerate(requests)
        ]
        with self.archive.writing() as books:
            books.turns.take("pull-jobs", service.client_id)
            if books.pull_jobs.open_jobs(service.client_id) >= MOST_OPEN:
                raise RateLimitedError(
                    f"{MOST_OPEN} jobs of this client are not finished",
                    where="pull-jobs",
                    remedy="wait for one of them",
                    limit=MOST_OPEN,
                    retry_after=60,
                )
            books.pull_jobs.add(job, asked)
        return _progress(job, {WAITING: len(requests)})

    def progress(self, service: Service, ref: str, after: int, limit: int) -> dict[str, Any]:
        """How far a job is, and a page of its answers; NotFoundError for another client's."""
        with self.archive.reading() as books:
            job = books.pull_jobs.get(ref)
            now = self.clock.now()
            if job is None or not _is_of(job, service) or job.expires_at <= now:
                raise NotFoundError("there is no such job", where=ref)
            states = books.pull_jobs.states(ref)
            items = books.pull_jobs.answered(ref, after, limit)
        key = self._key(job)
        results = [json.loads(key.open(item.answer or b"", _answer_of(item))) for item in items]
        return _progress(job, states) | {
            "results": results,
            "next_after": items[-1].position if len(items) == limit else None,
        }

    def work(self) -> int:
        """Do a batch of what waits, how many were answered; what cannot be done now is put off."""
        with self.archive.reading() as books:
            items = books.pull_jobs.waiting(_BATCH)
            jobs = {ref: books.pull_jobs.get(ref) for ref in {item.job_ref for item in items}}
        keys = {ref: self._key(job) for ref, job in jobs.items() if job is not None}
        done = 0
        for item in items:
            job = jobs[item.job_ref]
            if job is not None:
                done += self._do(job, item, keys[item.job_ref])
        return done

    def forget(self) -> None:
        """Erase the jobs whose day is over."""
        with self.archive.writing() as books:
            books.pull_jobs.erase(self.clock.now())

    def _do(self, job: PullJob, item: JobItem, key: DataKey) -> int:
        """Do one item; 1 if it is answered by this."""
        request = _read(json.loads(key.open(item.asked, _context(job.ref, item.position, "asked"))))
        service = _service(job)

        def beside(books: Books, found: dict[str, Any] | CertstoreError) -> None:
            self._settle(books, item, key, request, found)

        try:
            self.sharing.pull(service, request, beside=beside)
        except _TakenError:
            return 0
        except UnavailableError as error:
            return self._put_off(item, key, request, error)
        except CertstoreError as error:
            self._refuse(item, key, request, error)
        except Exception:  # a fault of ours: it goes to the end, and holds nobody else up
            fault = UnavailableError("this item could not be done", where=request.ref)
            self._put_off(item, key, request, fault)
            raise
        return 1

    def _refuse(
        self, item: JobItem, key: DataKey, request: PullRequest, error: CertstoreError
    ) -> None:
        """Answer with what was refused outside the pull's own transaction, unless it is done."""
        with self.archive.writing() as books:
            answer = _answer(item.position, request, error)
            sealed = key.seal(canonical_json(answer), _answer_of(item))
            self._answered(books, item, REFUSED, sealed)

    def _put_off(
        self, item: JobItem, key: DataKey, request: PullRequest, error: UnavailableError
    ) -> int:
        if item.attempts + 1 >= _MOST_TRIES:
            self._refuse(item, key, request, error)
            return 1
        with self.archive.writing() as books:
            books.pull_jobs.put_off(item)
        return 0

    def _settle(
        self,
        books: Books,
        item: JobItem,
        key: DataKey,
        request: PullRequest,
        found: dict[str, Any] | CertstoreError,
    ) -> None:
        answer = _answer(item.position, request, found)
        sealed = key.seal(canonical_json(answer), _answer_of(item))
        state = REFUSED if isinstance(found, CertstoreError) else DONE
        if not self._answered(books, item, state, sealed):
            raise _TakenError("answered by another worker", where=item.job_ref)

    def _answered(self, books: Books, item: JobItem, state: str, sealed: bytes) -> bool:
        """Keep an answer, with the last one say that the job is done; False if it is answered."""
        books.pull_jobs.hold(item.job_ref)
        if not books.pull_jobs.settle(item, state, sealed):
            return False
        if WAITING not in books.pull_jobs.states(item.job_ref):
            job = books.pull_jobs.get(item.job_ref)
            if job is not None:
                said = {"client": job.client_id, "job": job.ref}
                books.outbox.add("pull_job.done", said, self.clock.now())
        return True

    def _key(self, job: PullJob) -> DataKey:
        return self.open_safe().open_key(Wrapped(job.key_id, job.wrapped), _context(job.ref))


def _judge_token(service: Service, requests: Sequence[PullRequest]) -> None:
    """Whether the token is for pulls of this purpose at all; an item is judged when it is done."""
    first = requests[0]
    if first.purpose_id != service.purpose_id:
        raise PurposeError("the token is for another purpose", where="purpose_id")
    if first.matter_code != service.matter_code:
        raise PurposeError("the token is for another matter", where="matter_code")
    if "pull" not in service.actions:
        raise PurposeError(
            "the token was not asked for with the action pull",
            where="actions",
            cause="action_not_granted",
        )


def _is_of(job: PullJob, service: Service) -> bool:
    own = (job.client_id, job.service.get("purpose_id"))
    return own == (service.client_id, service.purpose_id)


def _progress(job: PullJob, states: dict[str, int]) -> dict[str, Any]:
    waiting = states.get(WAITING, 0)
    return {
        "ref": job.ref,
        "state": "working" if waiting else "done",
        "total": job.total,
        "answered": states.get(DONE, 0),
        "refused": states.get(REFUSED, 0),
        "waiting": waiting,
        "created_at": job.created_at.isoformat(),
        "expires_at": job.expires_at.isoformat(),
    }


def _answer(
    position: int, request: PullRequest, found: dict[str, Any] | CertstoreError
) -> dict[str, Any]:
    """An item as its client reads it: the answer of a pull, or the problem in its place."""
    named = {"position": position, "ref": request.ref, "case_no": request.case_no}
    if not isinstance(found, CertstoreError):
        return {**named, "answer": found}
    said = {"detail": found.detail, "where": found.where, "remedy": found.remedy}
    facts = {name: found.facts[name] for name in _SHOWN if name in found.facts}
    kept = {name: value for name, value in said.items() if value is not None}
    return {**named, "problem": {"type": f"urn:certstore:problem:{found.code}", **kept, **facts}}


def _service(job: PullJob) -> Service:
    said = dict(job.service)
    fields = {kind: tuple(paths) for kind, paths in said.pop("fields").items()}
    return Service(fields=fields, actions=tuple(said.pop("actions")), **said)


def _written(request: PullRequest) -> dict[str, Any]:
    return {**asdict(request), "fields": list(request.fields)}


def _read(said: dict[str, Any]) -> PullRequest:
    basis, actor = said.pop("legal_basis"), said.pop("actor")
    return PullRequest(
        operator=Operator(**said.pop("operator")),
        legal_basis=None if basis is None else LegalBasis(**basis),
        actor=None if actor is None else Actor(**actor),
        **said,
    )


def _context(ref: str, position: int | None = None, part: str = "") -> str:
    return f"pull-job/{ref}" if position is None else f"pull-job/{ref}/{position}/{part}"


def _answer_of(item: JobItem) -> str:
    return _context(item.job_ref, item.position, "answer")
