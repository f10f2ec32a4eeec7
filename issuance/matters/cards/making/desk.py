"""The card maker's side: fetching files, and what the maker says of the cards in them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.callers import Service
from certstore.clock import Clock
from certstore.errors import (
    CertstoreError,
    ConflictError,
    FieldNotGrantedError,
    MalformedError,
    PurposeError,
)
from certstore.jcs import canonical
from certstore.ledger import Access, record_accesses
from certstore.objects import ObjectStore
from certstore.onboarding.quotas import count_call
from certstore.tables.books import Archive, Books
from issuance.matters.cards.judging import FACE, PERMIT
from issuance.matters.cards.keeping import CardKeepingDesk
from issuance.matters.cards.making.tables import CardFile, FileLine, MakingBook
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.stages import Role, stage_table
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import tell_event

MAKE_CARDS: Final = "make_cards"
PHOTO: Final = "photo"
_LISTED: Final = 100
_STOPPED_LISTED: Final = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What the maker says of one card: taken or refused; made or spoiled."""

    card_no: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingDesk:
    """Gives files to the card maker and takes the maker's word."""

    archive: Archive
    objects: ObjectStore
    keeping: CardKeepingDesk
    clock: Clock
    origin: str

    def files(self, maker: Service, after: int) -> tuple[list[CardFile], list[str]]:
        """Files after a number, in order; and the numbers of cards that must not be made."""
        judge_maker(maker)
        with self.archive.reading() as books:
            book = MakingBook(books.connection)
            return book.files(after, _LISTED), book.stopped(_STOPPED_LISTED)

    def file(self, maker: Service, number: int) -> bytes:
        """A file's bytes, the same each time; on record with everybody whose card is in it.

        Raises NotFoundError for a number not given yet.
        """
        judge_maker(maker)
        now = self.clock.now()
        with self.archive.writing() as books:
            beyond = count_call(books, maker, now)
            book = MakingBook(books.connection)
            found = book.file(number)
            if beyond is None:
                lines = book.lines(number)
                record_accesses(books, self.origin, self._accesses(books, maker, lines, now))
                book.fetched(number, now)
        if beyond is not None:
            raise beyond
        return self.objects.get(found.sha256)

    def _accesses(
        self, books: Books, maker: Service, lines: Sequence[FileLine], now: datetime
    ) -> list[Access]:
        orders = [CardBook(books.connection).get(line.order_ref) for line in lines]
        return [
            Access(
                kind="pull",
                at=now,
                client=maker.client_id,
                agency=maker.agency_uscc,
                purpose=maker.purpose_id,
                person=books.people.get(order.person_id),
                record=_record(maker, order, line.card_no),
                given_of=order.certificate_ref,
            )
            for order, line in zip(orders, lines, strict=True)
        ]

    def acknowledge(
        self, maker: Service, number: int, said: Sequence[Said]
    ) -> list[tuple[FileLine, bool]]:
        """Take the maker's word on every card of a file: each with whether to go on with it.

        The same word again is answered as before. Raises MalformedError unless every card of the
        file stands there once, ConflictError where the file was acknowledged otherwise.
        """
        judge_maker(maker)
        digest = _digest(said)
        now = self.clock.now()
        with self.archive.writing() as books:
            book = MakingBook(books.connection)
            found, lines = book.file(number), book.lines(number)
            if found.acknowledgement is None:
                _check_cover(said, lines)
                by_no = {each.card_no: each for each in said}
                for line in lines:
                    self._taken(books, maker, line, by_no[line.card_no], now)
                book.acknowledged(number, digest, now)
            elif found.acknowledgement != digest:
                raise ConflictError(
                    "this file was acknowledged in other words before",
                    where=str(number),
                    remedy="what became of a card later is told by a report",
                    cause="acknowledged_otherwise",
                )
            return [(line, self._goes_on(books, line)) for line in book.lines(number)]

    def _taken(
        self, books: Books, maker: Service, line: FileLine, said: Said, now: datetime
    ) -> None:
        MakingBook(books.connection).said(line, said.outcome, said.reason)
        book = CardBook(books.connection)
        order = book.locked(line.order_ref)
        if order.attempt != line.attempt or order.stage != "in_file":
            return  # stopped meanwhile
        step = "take" if said.outcome == "taken" else "refuse"
        note = {"file": line.file_number} | ({"reason": said.reason} if said.reason else {})
        moved = book.move(order, step, (Role.CARD_MAKER, maker.client_id), now, note=note)
        tell_event(books, moved, now)

    def _goes_on(self, books: Books, line: FileLine) -> bool:
        order = CardBook(books.connection).get(line.order_ref)
        return order.attempt == line.attempt and order.stage != "stopped"

    def report(self, maker: Service, number: int, said: Sequence[Said]) -> Mapping[str, Any]:
        """Take a numbered report: what became of each card. The same again is answered as before.

        Raises ConflictError for other words under a number that was used.
        """
        judge_maker(maker)
        digest, now = _digest(said), self.clock.now()
        with self.archive.writing() as books:
            book = MakingBook(books.connection)
            before = book.take_report(number, digest, now)
            if before is not None:
                if before["digest"] != digest:
                    raise ConflictError(
                        "a report with this number said something else",
                        where="report",
                        remedy="give each report a number of its own",
                        cause="report_no_used",
                    )
                answer: Mapping[str, Any] = before["answer"]
                return answer
            told = [(each.card_no, self._reported(books, maker, each, now)) for each in said]
            answer = {"report": number, "cards": [{"card_no": n, "answer": a} for n, a in told]}
            book.answered(number, answer)
        return answer

    def _reported(self, books: Books, maker: Service, said: Said, now: datetime) -> str:
        line = MakingBook(books.connection).line(said.card_no)
        if line is None:
            return "unknown"
        book = CardBook(books.connection)
        order = book.locked(line.order_ref)
        if order.attempt != line.attempt:
            return "replaced"
        if order.stage in {"stopped", "in_file"}:
            return "stopped" if order.stage == "stopped" else "not_acknowledged"
        step = "make" if said.outcome == "made" else "spoil"
        if not stage_table().allows(step, order.stage):
            return "known"
        clock = self.keeping.clock_for(step, now)
        note = {"reason": said.reason} if said.reason else {}
        who = (Role.CARD_MAKER, maker.client_id)
        tell_event(books, book.move(order, step, who, now, note=note, **clock), now)
        return "noted"


def judge_maker(service: Service) -> None:
    """Raise PurposeError or FieldNotGrantedError unless the token is a card maker's."""
    if MAKE_CARDS not in service.actions:
        raise PurposeError(
            "the token was not asked for with the action make_cards",
            where="actions",
            remedy="get a token that names it in authorization_details",
            cause="action_not_granted",
        )
    granted = service.fields.get(PERMIT, ())
    lacking = [f"{PERMIT}.{name}" for name in (*FACE, PHOTO) if name not in granted]
    if lacking:
        error: CertstoreError = FieldNotGrantedError(
            "the token does not cover the face of a card", where="fields", paths=lacking
        )
        raise error


def _record(maker: Service, order: CardOrder, card_no: str) -> dict[str, Any]:
    return {
        "agency": maker.agency,
        "agency_en": maker.agency_en,
        "agency_uscc": maker.agency_uscc,
        "client": maker.client_id,
        "purpose": maker.purpose_id,
        "matter": maker.matter_code,
        "matter_zh": maker.title_zh,
        "matter_en": maker.title_en,
        "case_no": card_no,
        "operator": "api",
        "ground": maker.legal_basis.get("kind", ""),
        "legal_basis": dict(maker.legal_basis),
        "certificate": PERMIT,
        "certificate_ref": order.certificate_ref,
        "fields": [*FACE, PHOTO],
        "refused_fields": [],
        "other_fields": [],
    }


def _check_cover(said: Sequence[Said], lines: Sequence[FileLine]) -> None:
    named = sorted(each.card_no for each in said)
    if named != sorted(line.card_no for line in lines):
        raise MalformedError(
            "an acknowledgement names every card of its file once, and no other",
            where="cards",
            remedy="send one entry for each card of the file",
            cause="cards_differ",
        )


def _digest(said: Sequence[Said]) -> str:
    lines = sorted([each.card_no, each.outcome, each.reason] for each in said)
    return hashlib.sha256(canonical(lines)).hexdigest()
