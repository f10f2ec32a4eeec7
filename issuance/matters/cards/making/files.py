"""Making files of cards: numbered without gaps, signed, kept.

A file is numbered, signed and kept in the transaction that moves its cards: a crash leaves
either all of it or nothing, and whoever fetches it again is given the same bytes.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.authority import AuthorityName
from certstore.clock import Clock
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import Signer
from certstore.objects import ObjectStore
from certstore.tables.books import Archive, Books
from issuance.matters.cards.judging import stop_reason
from issuance.matters.cards.keeping import SYSTEM
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.making.card_file import FaceOfCard, signed_file
from issuance.matters.cards.making.tables import CardFile, MakingBook
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.stages import stage_table
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import tell_event

log = logging.getLogger("certstore.cards")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFileDesk:
    """Closes files of cards for the card maker."""

    archive: Archive
    objects: ObjectStore
    signer: Signer
    authority: AuthorityName
    specimen: bool
    clock: Clock

    def make_file(self) -> int | None:
        """Close a file of what waits, if it is full or the oldest has waited long; its number."""
        sheet, now = stage_table().sheet, self.clock.now()
        with self.archive.reading() as books:
            waiting = CardLists(books.connection).at_stage(["ordered"], sheet.file_of)
        patience = timedelta(minutes=sheet.file_after)
        full = len(waiting) >= sheet.file_of
        if not waiting or not (full or min(o.stage_since for o in waiting) <= now - patience):
            return None
        with self.archive.writing() as books:
            return self._make(books, sheet.file_of, now)

    def _make(self, books: Books, limit: int, now: datetime) -> int | None:
        book = MakingBook(books.connection)
        number = book.next_number()
        waiting = CardLists(books.connection).at_stage(["ordered"], limit)
        cards = self._faces(books, waiting, now)
        if not cards:
            return None
        issuer = (self.authority.uscc, self.specimen)
        data = signed_file(number, cards, issuer, self.signer, now)
        made = CardFile(number, now, len(cards), self.objects.put(data), len(data))
        lines = [
            {
                "position": place,
                "order_id": card.order.id,
                "attempt": card.order.attempt,
                "card_no": card.order.card_no,
            }
            for place, card in enumerate(cards, start=1)
        ]
        if not book.add(made, lines):
            raise ConflictError("another has just made this file", where=str(number))
        for card in cards:
            note = {"file": number}
            moved = CardBook(books.connection).move(
                card.order, "put_in_file", SYSTEM, now, note=note
            )
            tell_event(books, moved, now)
        return number

    def _faces(self, books: Books, waiting: Sequence[CardOrder], now: datetime) -> list[FaceOfCard]:
        """The cards of a file, up to its size; what cannot be printed is set aside for officers."""
        found: list[FaceOfCard] = []
        room = stage_table().sheet.file_bytes
        for order in waiting:
            try:
                face = self._face(books, order)
            except (NotFoundError, MalformedError) as error:
                note = {"reason": error.detail}
                CardBook(books.connection).move(order, "set_aside", SYSTEM, now, note=note)
                log.warning("a card was set aside", extra={"card": order.ref, "why": error.detail})
                continue
            if face is None:
                continue
            room -= face.size
            if room < 0 and found:
                break
            found.append(face)
        return found

    def _face(self, books: Books, order: CardOrder) -> FaceOfCard | None:
        permit = books.register.get(order.certificate_ref)
        if stop_reason(permit):
            return None  # it is stopped in a moment
        photo = permit.file("photo")
        if photo is None:
            raise NotFoundError("the permit has no photo")
        picture = self.objects.get(photo.sha256)
        if len(picture) > stage_table().sheet.photo_bytes:
            raise MalformedError("the photo is larger than a card may have")
        return FaceOfCard(order, permit, photo, picture)
