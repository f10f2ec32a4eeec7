"""Asking an applicant for what is missing, once and in full; and what comes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certstore.callers import Officer, Resident
from certstore.errors import ConflictError, MalformedError
from issuance.application import Application, State
from issuance.checklist import ChecklistDesk
from issuance.conduct import APPLICANT, Hand
from issuance.handed_in import read_kept
from issuance.notices import tell_asked, tell_in_review
from issuance.officers_hand import accepted, hand_of
from issuance.own_applications import OwnApplications
from issuance.procedure import Action
from issuance.review import ReviewDesk
from issuance.sentences import MAX_SENTENCE, as_read
from issuance.supplement import Notice
from issuance.tables import ApplicationBook
from issuance.upload import Upload, UploadState
from issuance.upload_tables import UploadBook


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementDesk(OwnApplications):
    """The officer's notice of what is missing, and the applicant's answer to it."""

    checklist: ChecklistDesk
    reviewing: ReviewDesk

    def ask(
        self, officer: Officer, ref: str, materials: Sequence[str], sentence: str
    ) -> Application:
        """Ask the applicant for everything that is missing, once; the clocks stand still.

        Only what was handed in can be asked for anew: nobody hands in what is on file. Raises
        MalformedError where nothing, something else, or no reason is given; ConflictError (cause
        ASKED_BEFORE) the second time, and as `ReviewDesk.approve` where the case is another's.
        """
        now, sentence = self.clock.now(), as_read(sentence)
        with self.archive.writing() as books:
            application = self.reviewing.to_decide(books, officer, ref, now)
            if application.asked is not None:
                raise ConflictError(
                    "everything that was missing has been told once",
                    where=ref,
                    remedy="approve it, or refuse it for every reason there is",
                    cause="ASKED_BEFORE",
                )
            wanted = tuple(m for m in may_ask(application) if m in set(materials))
            if not wanted or set(materials) - set(wanted):
                raise MalformedError("choose what is missing from the list", where="ask")
            if not sentence or len(sentence) > MAX_SENTENCE or not sentence.isprintable():
                detail = f"say what is wrong in at most {MAX_SENTENCE} characters"
                raise MalformedError(detail, where="sentence")
            hand = hand_of(officer)
            asked = self.conduct.act(
                books,
                accepted(self.conduct, books, application, hand, now),
                Action.ASK,
                hand,
                now,
                ",".join(wanted),
                asked=Notice(wanted, sentence, officer.number, now).as_json(),
                touched_at=now,
            )
            tell_asked(books, asked, now)
            self.reviewing.claims.end(books, ref)
        return asked

    def given(self, resident: Resident, ref: str) -> frozenset[str]:
        """The materials for which something new was handed in since they were asked for."""
        application = self.get(resident, ref)
        if application.asked is None:
            return frozenset()
        with self.archive.reading() as books:
            return given_since(UploadBook(books.connection).of(ref), application.asked)

    def supply(self, resident: Resident, ref: str, hand: Hand = APPLICANT) -> Application:
        """Send what was asked for; sent twice, it stays the one application it is.

        Raises ConflictError, naming in `facts["missing"]` the materials for which nothing new was
        handed in.
        """
        application = self.get(resident, ref)
        asked = application.asked
        if application.state is not State.SUPPLEMENT or asked is None:
            return application
        checked = self.checklist.check(application, whole=True, as_of=application.submitted_at)
        now = self.clock.now()
        with self.archive.writing() as books:
            found = ApplicationBook(books.connection).locked(ref)
            if found.state is not State.SUPPLEMENT:
                return found  # the other click was first
            kept = UploadBook(books.connection)
            if kept.counting(found, checked.decision) != checked.handed_in:
                raise ConflictError(
                    "something was handed in or taken back in another window meanwhile",
                    where=ref,
                    remedy="look at it once more and send it again",
                    missing=[],
                )
            given = given_since(kept.of(ref), asked)
            missing = [material for material in asked.materials if material not in given]
            if missing:
                raise ConflictError(
                    "still to be handed in: " + ", ".join(missing),
                    where=ref,
                    remedy="hand in what was asked for",
                    missing=missing,
                )
            supplied = self.conduct.act(
                books, found, Action.SUPPLY, hand, now, decision=checked.as_json()
            )
            tell_in_review(books, supplied, now)
        return supplied


def given_since(uploads: Iterable[Upload], asked: Notice) -> frozenset[str]:
    """The materials for which a file that counts was begun after the notice."""
    new = (u for u in uploads if u.state is UploadState.KEPT and u.begun_at >= asked.at)
    return frozenset(u.material.value for u in new)


def may_ask(application: Application) -> tuple[str, ...]:
    """The materials that can be asked for: what the applicant handed in, in its order; once."""
    if application.asked is not None:
        return ()
    return tuple(dict.fromkeys(f.material.value for f in read_kept(application.decision)))
