"""Measures status lists of a city: to build them all, what they weigh, and to publish one change.

A city of ten million has twelve lists of a million places, each about four fifths full; one in a
hundred certificates is not plainly valid. A change signs the one list anew that it lies in. Beside
it, the same city as one list that is made anew from everything, and the limit: compressing and
signing one list whose bits are known. Wall-clock time, SQLite written through on every commit.

Of the list that changes every certificate is in the database, the valid ones too; of the others
those that the list says something of, for of a plainly valid one no query reads a row.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from certstore.certificates import Status
from certstore.chance import random_below
from certstore.clock import Clock, SystemClock
from certstore.keys import KeySigner, Purpose, generate
from certstore.status_desk import CAPACITY, StatusDesk, published_value
from certstore.status_list import Publication, StatusList, issue_cwt, issue_jwt, read_status_list
from certstore.storage.database import Database
from certstore.storage.migrations import upgrade
from certstore.tables.books import Archive, Books
from certstore.trust import TrustedKey, TrustList

SIZES = (100_000, 1_000_000, 10_000_000)
MAX_BYTES = 200_000  # promised for ten million with one in a hundred set
MAX_UPDATE_S = 5.0  # promised from a change to the list that says so
_USCC = "11310000MB0T00015W"
_IN_A_LIST = CAPACITY * 4 // 5
_CHANGES = 9
_ENDED = (Status.SUPERSEDED, Status.SUPERSEDED, Status.REVOKED, Status.SUSPENDED)
_INSERT = (
    "INSERT INTO certificates (id, ref, type_code, version, number, issuer_uscc, issued_on,"
    " valid_from, status, status_changed_at, under_dispute, fields, files, status_list,"
    " status_index, state) VALUES (?, ?, 'residence_voucher', 1, ?, ?, '2026-01-05', '2026-01-05',"
    " ?, '2026-01-05 00:00:00', 0, '{}', '[]', ?, ?, 'sealed')"
)


@dataclass(frozen=True, slots=True)
class CityLists:
    """What was measured for a city of so many certificates; seconds, milliseconds, bytes."""

    certificates: int
    lists: int
    set_entries: int
    build_s: float  # every list, from the database to both signed forms
    jwt_bytes: int  # all lists
    cwt_bytes: int
    update_ms: float  # one change, from its transaction to the list that says so; the median
    slowest_update_ms: float
    one_list_ms: float  # the alternative: one list of everybody made anew at each change
    limit_ms: float  # compressing and signing one list whose bits are known


@dataclass(frozen=True, slots=True)
class StatusBench:
    """The figures of each size, and whether what is promised is kept by the largest."""

    cities: tuple[CityLists, ...]
    max_bytes: int
    max_update_s: float
    kept: bool


def bench_status(
    sizes: Sequence[int] = SIZES,
    *,
    clock: Clock | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> StatusBench:
    """Measure cities of these sizes, one after the other; `say` gets a line before each."""
    cities = []
    for size in sizes:
        say(f"{size:,} certificates …")
        with TemporaryDirectory() as folder:
            cities.append(_measure(size, Path(folder), clock or SystemClock()))
    largest = cities[-1]
    kept = largest.cwt_bytes <= MAX_BYTES and largest.slowest_update_ms <= MAX_UPDATE_S * 1000
    return StatusBench(tuple(cities), MAX_BYTES, MAX_UPDATE_S, kept)


def as_json(bench: StatusBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(bench), ensure_ascii=False, indent=2)


def as_table(bench: StatusBench) -> str:
    """The figures for a person to read, a column for each size."""
    rows: tuple[tuple[str, Callable[[CityLists], str]], ...] = (
        ("certificates", lambda c: f"{c.certificates:,}"),
        ("lists of 1,048,576 places, 4/5 full", lambda c: f"{c.lists}"),
        ("entries that are not plainly valid", lambda c: f"{c.set_entries:,}"),
        ("all lists built and signed, s", lambda c: f"{c.build_s:.2f}"),
        ("all lists as CWT, bytes", lambda c: f"{c.cwt_bytes:,}"),
        ("all lists as JWT, bytes", lambda c: f"{c.jwt_bytes:,}"),
        ("one change published, ms, median", lambda c: f"{c.update_ms:.1f}"),
        ("one change published, ms, slowest", lambda c: f"{c.slowest_update_ms:.1f}"),
        ("instead: one list of all, made anew, ms", lambda c: f"{c.one_list_ms:.1f}"),
        ("limit: one list compressed and signed, ms", lambda c: f"{c.limit_ms:.1f}"),
    )
    lines = [
        f"{label:<44}" + "".join(f"{spell(city):>14}" for city in bench.cities)
        for label, spell in rows
    ]
    promise = f"promised: {bench.max_bytes:,} bytes, {bench.max_update_s:.0f} s"
    return "\n".join([*lines, f"{promise}: {'kept' if bench.kept else 'NOT kept'}"])


def _measure(size: int, folder: Path, clock: Clock) -> CityLists:
    database = Database(f"sqlite:///{folder / 'city.db'}")
    upgrade(database)
    signer = KeySigner(Purpose.STATUS, generate("ES256"))
    desk = StatusDesk(
        archive=Archive(database), signer=signer, clock=clock, issuer="https://juzhu.example.gov.cn"
    )
    numbers = range(1, -(-size // _IN_A_LIST) + 1)
    with desk.archive.writing() as books:
        for number in numbers:
            books.statuses.open(number, CAPACITY)
            here = min(_IN_A_LIST, size - (number - 1) * _IN_A_LIST)
            _fill(books, number, here, whole=number == 1)
    began = time.perf_counter()
    lists = [desk.current(number) for number in numbers]
    build_s = time.perf_counter() - began
    trust, valid = _trust(signer, clock.now()), min(_IN_A_LIST, size) // 100
    updates = [_update(desk, valid + turn, trust) for turn in range(_CHANGES)]
    with desk.archive.reading() as books:
        entries = [books.register.not_valid(number) for number in numbers]
    found = CityLists(
        certificates=size,
        lists=len(lists),
        set_entries=sum(map(len, entries)),
        build_s=round(build_s, 3),
        jwt_bytes=sum(len(row.jwt or "") for row in lists),
        cwt_bytes=sum(len(row.cwt or b"") for row in lists),
        update_ms=round(median(updates) * 1000, 1),
        slowest_update_ms=round(max(updates) * 1000, 1),
        one_list_ms=round(_one_list(entries, signer, clock) * 1000, 1),
        limit_ms=round(_signed(_bits(entries[:1]), signer, clock) * 1000, 1),
    )
    database.close()
    return found


def _fill(books: Books, number: int, count: int, *, whole: bool) -> None:
    """Write a list's certificates: all of them, or those that are not plainly valid."""
    ended = count // 100

    def rows() -> Iterator[tuple[object, ...]]:
        for turn, place in enumerate(_places(count if whole else ended)):
            row = number * CAPACITY + turn
            status = _ENDED[turn % len(_ENDED)] if turn < ended else Status.VALID
            yield (row, f"r{row}", f"SF{row:012d}", _USCC, status.value, number, place)

    books.connection.exec_driver_sql(_INSERT, list(rows()))


def _places(count: int) -> list[int]:
    found: dict[int, None] = {}
    while len(found) < count:
        found[random_below(CAPACITY)] = None
    return list(found)


def _update(desk: StatusDesk, turn: int, trust: TrustList) -> float:
    """Seconds from a certificate's end to the signed list that says so, which is read again."""
    ref = f"r{CAPACITY + turn}"  # one of the valid ones of list 1
    with desk.archive.reading() as books:
        place = books.register.get(ref).status_entry
    began = time.perf_counter()
    with desk.archive.writing() as books:
        books.register.set_status(ref, Status.REVOKED, desk.clock.now(), only_from={Status.VALID})
        books.statuses.changed(1)
    published = desk.current(1).cwt or b""
    took = time.perf_counter() - began
    value = published_value(Status.REVOKED, under_dispute=False)
    if place is None or read_status_list(published, trust).statuses.value(place.index) != value:
        raise AssertionError("the published list does not say what became of the certificate")
    return took


def _bits(entries: list[list[tuple[int, Status, bool]]]) -> StatusList:
    values = {
        position * CAPACITY + index: published_value(status, under_dispute=disputed)
        for position, found in enumerate(entries)
        for index, status, disputed in found
    }
    return StatusList.build(values, len(entries) * CAPACITY)


def _one_list(
    entries: list[list[tuple[int, Status, bool]]], signer: KeySigner, clock: Clock
) -> float:
    began = time.perf_counter()
    whole = _bits(entries)
    return time.perf_counter() - began + _signed(whole, signer, clock)


def _signed(statuses: StatusList, signer: KeySigner, clock: Clock) -> float:
    began = time.perf_counter()
    publication = Publication(
        uri="https://juzhu.example.gov.cn/status-lists/1",
        now=clock.now(),
        lifetime=timedelta(hours=12),
    )
    issue_jwt(statuses, publication, signer)
    issue_cwt(statuses, publication, signer)
    return time.perf_counter() - began


def _trust(signer: KeySigner, now: datetime) -> TrustList:
    key = TrustedKey(
        purpose=Purpose.STATUS,
        authority_uscc=_USCC,
        authority_name="示范市公安局",
        public_key=signer.public_key,
        valid_from=now - timedelta(days=1),
        valid_to=now + timedelta(days=1),
    )
    return TrustList(
        issuer=_USCC,
        seq=1,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        keys={key.kid: key},
    )
