"""Puts the records about the simulated people on file, as sources do: by signed batches."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from certstore import keys
from certstore.batches import sign_batch
from certstore.clock import local_date
from certstore.collection import CollectionDesk
from certstore.errors import CertstoreError
from certstore.pictures import PhotoVerdict, PictureDesk
from certstore.service.demo_city.record_book import RecordBook
from certstore.service.demo_city.sources import EMPLOYER, SOURCES, SourceAuthority
from certstore.service.wiring import House
from certstore.tables.books import Books
from certstore.tables.pictures import PhotoCheck
from certstore.trust import TrustedKey, TrustList


class SharedPortraits(PictureDesk):
    """Judges each portrait once, and doubts nobody who has the same one: here many have."""

    def same_picture(
        self,
        books: Books,  # noqa: ARG002 - what the ordinary desk would look in
        check: PhotoCheck,  # noqa: ARG002 - as above
        jpeg: bytes | None = None,  # noqa: ARG002 - as above
    ) -> PhotoCheck | None:
        """Nobody's."""
        return None


class HandIns:
    """The sources of the city, each with a key of its own that the house trusts."""

    def __init__(self, house: House, book: RecordBook) -> None:
        """Sign what stands in this book; the keys live as long as this does."""
        now = house.clock.now()
        self._book = book
        self._signers = {
            source.word: keys.KeySigner(keys.Purpose.SOURCE, keys.generate("ES256"))
            for source in SOURCES
        }
        until = local_date(now) + timedelta(days=730)
        names = (EMPLOYER.name_zh, EMPLOYER.name_en)
        house.organisation_desk.enrol(EMPLOYER.uscc, names, "employer", until)
        listed = [self._listed(source, house) for source in SOURCES]
        known: TrustList = house.trust
        trust = replace(known, keys={**known.keys, **{key.kid: key for key in listed}})
        desk = house.picture_desk
        portraits = SharedPortraits(
            archive=desk.archive,
            objects=desk.objects,
            clock=desk.clock,
            judge=_once(desk.judge),
        )
        self._desk: CollectionDesk = replace(
            house.collection_desk, trust=lambda: trust, pictures=portraits
        )

    def hand_in(self) -> int:
        """Hand in what the book holds by now, a batch a source; how many records."""
        count = 0
        for source in SOURCES:
            lines, self._book.lines[source.word] = self._book.lines[source.word], []
            if not lines:
                continue
            jsonl = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
            signature = sign_batch(jsonl, self._signers[source.word])
            report = self._desk.hand_in(jsonl, signature, self._book.photos.__getitem__)
            if report.refusals:
                first = report.refusals[0]
                raise CertstoreError(f"a record of {source.word} was refused: {first.detail}")
            count += report.accepted
        self._book.photos.clear()
        return count

    def _listed(self, source: SourceAuthority, house: House) -> TrustedKey:
        now = house.clock.now()
        return TrustedKey(
            purpose=keys.Purpose.SOURCE,
            authority_uscc=source.uscc,
            authority_name=source.name_zh,
            public_key=self._signers[source.word].public_key,
            valid_from=now.replace(microsecond=0) - timedelta(days=1),
            valid_to=now.replace(microsecond=0) + timedelta(days=730),
        )


def _once(judge: Callable[[bytes], PhotoVerdict]) -> Callable[[bytes], PhotoVerdict]:
    known: dict[bytes, PhotoVerdict] = {}

    def look(jpeg: bytes) -> PhotoVerdict:
        if jpeg not in known:
            known[jpeg] = judge(jpeg)
        return known[jpeg]

    return look
