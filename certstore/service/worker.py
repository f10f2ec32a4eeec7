"""Background work: finish what a crash left, sign checkpoints, tell events, forget what ended.

Every job is safe to run twice and on several machines at once.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from certstore.errors import CertstoreError
from certstore.service.matters import jobs_of
from certstore.service.messenger import Messenger
from certstore.service.postman import Postman
from certstore.service.stamp_room import StampRound
from certstore.service.wiring import House
from certstore.service.witness_round import WitnessRound
from certstore.tables.outbox import OutboxEvent
from certstore.tokens import canonical_json
from issuance.photo_capture import forget_erased

if TYPE_CHECKING:
    from certstore.storage.queue_nats import NatsQueue

log = logging.getLogger("certstore.worker")
PERIOD_S = 2.0
_CHECKPOINT_EVERY = timedelta(seconds=30)
_LEASE = timedelta(minutes=2)
_DAY = timedelta(days=1)
_BATCH = 100


class Worker:
    """Does the jobs of one house in a thread of its own."""

    def __init__(self, house: House) -> None:
        """Nothing runs before `start`."""
        self._house = house
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._queue: NatsQueue | None = None
        self._messenger = Messenger(house)
        self._postman = Postman(house)
        asking = house.witnessing_desk
        self._witnesses = WitnessRound(asking, house.clock) if asking is not None else None
        stamping = house.stamp_desk
        self._stamps = StampRound(stamping, house.clock) if stamping is not None else None

    def start(self) -> None:
        """Begin working in the background."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the job at hand."""
        self._stop.set()
        self._messenger.stop()
        self._postman.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._queue is not None:
            self._queue.close()

    def run(self) -> None:
        """Work until stopped; a job that fails is logged and tried again next time.

        Services are told from threads of their own meanwhile.
        """
        self._messenger.start()
        self._postman.start()
        try:
            while not self._stop.is_set():
                self._round()
                self._stop.wait(PERIOD_S)
        finally:
            self._messenger.stop()
            self._postman.stop()

    def once(self) -> None:
        """Do every job once, and tell services what they are to be told by now."""
        self._round()
        self._try(self._messenger.once)
        self._try(self._postman.once)

    def _round(self) -> None:
        for job in (
            self.judge_waiting,
            self.end_drafts,
            self.recount_clocks,
            self.raise_late,
            self.finish_letters,
            self.approve_together,
            self.finish_issuing,
            self.start_waiting,
            self.finish_orders,
            self.sign_checkpoint,
            self.ask_witnesses,
            self.stamp,
            self.end_consent_requests,
            self.tell_expired,
            self.remind,
            self.spread_messages,
            self.tell,
            self.pull,
            self.forget,
            self.look_at_photos,
            self.erase_uploads,
            self.look_after_purposes,
            *jobs_of(self._house),
        ):
            self._try(job)

    def approve_together(self) -> None:
        """Go on with cases that an officer approved together."""
        self._house.bulk_desk.go_on()

    def raise_late(self) -> None:
        """Put what is late on the supervisor's list."""
        self._house.overdue_desk.raise_late()

    def finish_issuing(self) -> None:
        """Issue what is approved and has no certificate."""
        self._house.issuance_desk.finish(
            lambda ref, error: log.warning("not issued", extra={"ref": ref, "why": error.code})
        )

    def start_waiting(self) -> None:
        """Begin what waited for a certificate that is issued, end what waited for nothing."""
        self._house.start_desk.work()

    def finish_letters(self) -> None:
        """Issue the commitment letters of what was submitted."""
        self._house.letter_desk.finish()

    def judge_waiting(self) -> None:
        """Judge again what waited for a source that answers by now."""
        self._house.upkeep_desk.judge_waiting()

    def end_drafts(self) -> None:
        """Warn of drafts nobody touches, and end them when their time is over."""
        self._house.upkeep_desk.look_after_drafts()
        self._house.upkeep_desk.look_after_supplements()

    def recount_clocks(self) -> None:
        """Count anew the days that an official calendar may have moved."""
        self._house.upkeep_desk.recount()

    def end_consent_requests(self) -> None:
        """End the consent requests nobody answered in time."""
        self._house.consent_request_desk.end_overdue()

    def tell_expired(self) -> None:
        """Tell of the certificates whose validity has ended."""
        self._house.expiry_desk.tell_expired()

    def remind(self) -> None:
        """Write the day's reminders into inboxes."""
        self._house.reminder_desk.remind()

    def spread_messages(self) -> None:
        """Have new notices wait for where their people want to be told."""
        self._house.sending_desk.spread()

    def sign_checkpoint(self) -> None:
        """Sign a checkpoint if the ledger has grown and the last one is old enough."""
        ledger = self._house.ledger_desk
        with self._house.archive.reading() as books:
            last, size = books.ledger.checkpoint(), books.ledger.size()
        grown = size > (last.size if last else 0)
        if last is None or (grown and self._house.clock.now() - last.made_at > _CHECKPOINT_EVERY):
            ledger.checkpoint()

    def ask_witnesses(self) -> None:
        """Have the newest checkpoint cosigned, where witnesses are configured."""
        if self._witnesses is not None:
            self._witnesses.go()

    def stamp(self) -> None:
        """Put time-stamps over documents, where a time authority is named."""
        if self._stamps is not None:
            self._stamps.go()

    def tell(self) -> None:
        """Relay events to JetStream where one is configured; without one they are told here."""
        now = self._house.clock.now()
        with self._house.archive.writing() as books:
            claimed = books.outbox.claim(now, _LEASE, _BATCH)
        if not claimed:
            return
        if self._house.settings.nats_url:
            # Slow to import, and needed where NATS is used only.
            from certstore.storage.queue_nats import Event, NatsQueue  # noqa: PLC0415

            queue = self._queue or NatsQueue(self._house.settings.nats_url)
            self._queue = queue
            queue.publish([Event(e.ref, f"certstore.{e.subject}", _body(e)) for e in claimed])
        with self._house.archive.writing() as books:
            books.outbox.done([event.ref for event in claimed], self._house.clock.now())

    def pull(self) -> None:
        """Do a batch of the pulls that were handed in as jobs."""
        self._house.job_desk.work()

    def erase_uploads(self) -> None:
        """Erase what was handed in and is needed no more; bring keys under the newest."""
        self._house.upload_erasure.erase_ended()
        self._house.upload_erasure.wrap_anew()
        self._house.subscription_desk.wrap_anew()
        self._house.contact_desk.wrap_anew()

    def forget(self) -> None:
        """Drop what has ended: used identifiers, sessions, entries, face verifications."""
        now = self._house.clock.now()
        with self._house.archive.writing() as books:
            books.sharing.forget_used(now)
            books.sessions.forget_ended(now)
            books.entries.forget_ended(now)
            books.use_codes.forget_misses(now - _DAY)
            books.presentations.forget(now - _DAY)
            books.told_scans.forget_before(now - 2 * _DAY)  # later than the codes they tell of
            books.wrong_numbers.forget_before(now - _DAY)
            books.verifier_requests.forget(now - _DAY)
        self._house.claim_desk.forget()
        self._house.bulk_desk.forget()
        self._house.form_desk.forget()
        self._house.job_desk.forget()
        self._house.idempotency_desk.forget()
        self._house.wallet_question_desk.forget()
        self._house.wallet_token_desk.forget()
        self._house.spreading_desk.forget()
        self._house.sending_desk.forget()
        self._house.face_desk.expire_overdue()
        if self._house.demonstration:
            self._house.sandbox_provider.forget_overdue()

    def look_at_photos(self) -> None:
        """Check photos from before there were checks, and look closer where that is installed."""
        self._house.picture_desk.catch_up()
        self._house.picture_desk.raise_level()
        forget_erased(self._house.archive)

    def _try(self, job: Callable[[], object]) -> None:
        try:
            job()
        except CertstoreError as error:
            log.warning("job put off", extra={"job": job.__name__, "why": error.detail})
        except Exception:
            log.exception("job failed", extra={"job": job.__name__})

    def look_after_purposes(self) -> None:
        """Let quotas begin anew, open what was shown on the sandbox, forget old refusals."""
        self._house.approval_desk.look_after()
        self._house.refusal_desk.forget()

    def finish_orders(self) -> None:
        """Issue what authorities asked for in batches, and what a crash left of their orders."""
        self._house.for_others_desk.finish()


def _body(event: OutboxEvent) -> bytes:
    return canonical_json({**event.body, "at": event.created_at.isoformat()})
