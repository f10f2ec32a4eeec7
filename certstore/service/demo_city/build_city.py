"""Builds the invented city's signed batches: `python -m certstore.service.demo_city.build_city`.

Everything but the keys follows from the seed and the day, so a second run changes only the
signatures. Each source's private key lives for one run and is never written; what stays is
its public key in `sources.json`.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from certstore import keys
from certstore.batches import read_batch, sign_batch
from certstore.clock import SystemClock, local_date
from certstore.errors import CertstoreError
from certstore.service.demo_city.declared_homes import homes_json
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.family_records import FamilyRecords
from certstore.service.demo_city.featured import Cast, FeaturedRecords, people_json, read_cast
from certstore.service.demo_city.names import NameBook
from certstore.service.demo_city.places import AddressBook
from certstore.service.demo_city.record_book import RecordBook
from certstore.service.demo_city.residents import Books, Family, IdNumbers, Settlement
from certstore.service.demo_city.sources import SOURCES, SourceAuthority
from certstore.trust import TrustedKey

BATCHES = Path(__file__).parent / "batches"
SEED = "示范市"
RESIDENTS = 332  # at least; the last family is settled whole
_KEY_YEARS = 10
Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class City:
    """The city before it is signed."""

    cast: Cast
    families: tuple[Family, ...]
    book: RecordBook

    @property
    def residents(self) -> int:
        """How many people live in it."""
        return len(self.cast.people) + sum(len(family.members) for family in self.families)


def build_city(today: date, progress: Progress, *, residents: int = RESIDENTS) -> City:
    """Settle the city as it is on a day and write its records; the same day, the same city."""
    cast = read_cast()
    dice = Dice(SEED)
    people = cast.people.values()
    books = Books(
        names=NameBook(frozenset(person.name for person in people)),
        numbers=IdNumbers(frozenset(person.id_number for person in people)),
        homes=AddressBook(cast.addresses),
    )
    book = RecordBook(today)
    FeaturedRecords(cast, book, dice).write()
    writer, settlement = FamilyRecords(book, dice), Settlement(today, books, dice)
    families: list[Family] = []
    count = len(cast.people)
    while count < residents:
        family = settlement.family(len(families) + 1)
        writer.write(family)
        families.append(family)
        count += len(family.members)
        progress(f"{count} of {residents} residents, {len(book.photos)} portraits")
    return City(cast, tuple(families), book)


def write_city(city: City, folder: Path) -> None:
    """Sign a batch for each source and write everything; raise if a line would be refused."""
    for name, jpeg in city.book.photos.items():
        _write(folder / name, jpeg)
    sources = [_write_batch(source, city.book, folder) for source in SOURCES]
    _write(folder / "sources.json", _pretty({"sources": sources}))
    _write(folder / "people.json", _pretty(people_json(city.cast)))
    _write(folder / "homes.json", _pretty(homes_json(city.cast, city.families, city.book.today)))
    for stray in set((folder / "photos").glob("*.jpg")) - {folder / p for p in city.book.photos}:
        stray.unlink()  # of an earlier, larger city


def _write_batch(source: SourceAuthority, book: RecordBook, folder: Path) -> dict[str, object]:
    lines = book.lines[source.word]
    jsonl = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    ).encode()
    signer = keys.KeySigner(keys.Purpose.SOURCE, keys.generate("ES256"))
    begins = datetime.combine(book.today - timedelta(days=30), time(), UTC)
    trusted = TrustedKey(
        purpose=keys.Purpose.SOURCE,
        authority_uscc=source.uscc,
        authority_name=source.name_zh,
        public_key=signer.public_key,
        valid_from=begins,
        valid_to=begins.replace(year=begins.year + _KEY_YEARS, day=1),
    )
    signature = sign_batch(jsonl, signer)
    refusals = read_batch(jsonl, signature, find_key=lambda _: trusted).refusals
    if refusals:
        raise CertstoreError(f"{source.word}: {len(refusals)} lines refused, first {refusals[0]}")
    _write(folder / f"{source.word}.jsonl", jsonl)
    _write(folder / f"{source.word}.jsonl.jws", f"{signature}\n".encode())
    return {
        "source": source.word,
        "name_zh": source.name_zh,
        "name_en": source.name_en,
        "types": list(source.types),
        "batch": f"{source.word}.jsonl",
        "records": len(lines),
        "key": trusted.to_json(),
    }


def _pretty(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main(arguments: list[str] | None = None) -> int:
    """Build the city and write it; 0 when done."""
    parser = argparse.ArgumentParser(description="Build the demonstration city's signed batches.")
    parser.add_argument("--out", type=Path, default=BATCHES, help="where to (default: committed)")
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the city's day, YYYY-MM-DD (default: today)"
    )
    parser.add_argument("--residents", type=int, default=RESIDENTS, help="at least so many people")
    chosen = parser.parse_args(arguments)
    today = chosen.today or local_date(SystemClock().now())
    city = build_city(
        today, lambda line: sys.stderr.write(f"\r{line}  "), residents=chosen.residents
    )
    write_city(city, chosen.out)
    counts = ", ".join(f"{word} {len(lines)}" for word, lines in city.book.lines.items())
    sys.stderr.write(f"\n{city.residents} residents; records: {counts}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
