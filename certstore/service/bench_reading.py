"""Measures how many photographed codes are read, by the server and by the reader in the browser.

Originals: real vouchers and permits, and a code on a telephone's dark page. Each photograph
is a JPEG as a person would hand it in. Ours on the server is the way of a file that was handed
in; in the browser it is the scanner page's own module. Beside them stands what one plain look of
zxing-cpp reads, which is what most would call.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np
import zxingcpp
from PIL import Image

from certstore.clock import Clock, SystemClock
from certstore.service.bench_originals import originals
from certstore.service.browser_reader import browser_reader
from certstore.service.photographed import KINDS, Original, photograph
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.read_file import ShownCode, read_file

MODULES = (2.0, 2.5, 3.0, 4.0)  # pixels a module, at the symbol's farthest edge
PROMISED, FROM = 0.99, 2.5  # of the photographs with at least so many pixels a module
_OF_EACH = 4  # originals of each of the three kinds
_SEED = 20261122  # the same photographs in every run

Reader = Callable[[bytes], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of photograph at one size: how many were taken, and the shares that were read."""

    kind: str
    module: float
    photographs: int
    server: float
    browser: float | None  # None: no Chromium, or Playwright is not installed
    plain: float
    server_ms: float  # CPU time of reading one, on the server


@dataclass(frozen=True, slots=True)
class ReadingBench:
    """Every row, and the shares over all photographs with at least 2.5 pixels a module."""

    rows: tuple[Row, ...]
    server: float
    browser: float | None
    plain: float
    worst_server: float  # of a row
    worst_browser: float | None
    promised: float
    kept: bool


def bench_reading(
    of_each: int,
    *,
    clock: Clock | None = None,
    browser: bool = True,
    say: Callable[[str], None] = lambda _line: None,
) -> ReadingBench:
    """Take and read so many photographs of each kind at each size; `say` gets a line a kind."""
    say("printing and drawing the originals …")
    shown = originals((clock or SystemClock()).now(), _OF_EACH)
    chance = np.random.default_rng(_SEED)
    with _reader(browser=browser) as in_browser:
        if browser and in_browser is None:
            say("no Chromium or no Playwright: the browser is not measured")
        rows = []
        for kind in KINDS:
            say(f"{kind} …")
            rows += [_row(kind, size, of_each, shown, chance, in_browser) for size in MODULES]
    return _summed(tuple(rows))


@contextmanager
def _reader(*, browser: bool) -> Iterator[Reader | None]:
    if not browser:
        yield None
        return
    with browser_reader() as reader:
        yield reader


def _row(
    kind: str,
    module: float,
    count: int,
    shown: list[Original],
    chance: np.random.Generator,
    in_browser: Reader | None,
) -> Row:
    server = browser = plain = 0
    spent = 0.0
    for turn in range(count):
        original = shown[turn % len(shown)]
        picture = photograph(original, KINDS[kind](module, chance), chance)
        began = time.process_time()
        server += _server(picture) == original.text
        spent += time.process_time() - began
        plain += _plain(picture) == original.text
        browser += in_browser is not None and in_browser(picture) == original.text
    return Row(
        kind=kind,
        module=module,
        photographs=count,
        server=round(server / count, 4),
        browser=None if in_browser is None else round(browser / count, 4),
        plain=round(plain / count, 4),
        server_ms=round(1000 * spent / count, 1),
    )


def _server(picture: bytes) -> str | None:
    found = read_file(picture, OpenedHere())
    return found.text if isinstance(found, ShownCode) else None


def _plain(picture: bytes) -> str | None:
    with Image.open(io.BytesIO(picture)) as opened:
        found = zxingcpp.read_barcode(opened)
    return None if found is None else found.text


def _summed(rows: tuple[Row, ...]) -> ReadingBench:
    counted = [row for row in rows if row.module >= FROM]
    server = _share([row.server for row in counted])
    in_browser = [row.browser for row in counted if row.browser is not None]
    browser = _share(in_browser) if in_browser else None
    return ReadingBench(
        rows=rows,
        server=server,
        browser=browser,
        plain=_share([row.plain for row in counted]),
        worst_server=min(row.server for row in counted),
        worst_browser=min(in_browser) if in_browser else None,
        promised=PROMISED,
        kept=server >= PROMISED and (browser is None or browser >= PROMISED),
    )


def _share(shares: list[float]) -> float:
    return round(sum(shares) / len(shares), 4)


def as_json(bench: ReadingBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(bench), ensure_ascii=False, indent=2)


def as_table(bench: ReadingBench) -> str:
    """A line a kind; under each size what the server, the browser and one plain look read."""
    heads = "".join(f"{f'{size} px a module':>24}" for size in MODULES)
    lines = [f"{'share read, in %':<16}{heads}"]
    lines.append(" " * 16 + f"{'server browser  plain':>24}" * len(MODULES))
    for kind in KINDS:
        cells = [_cell(row) for row in bench.rows if row.kind == kind]
        lines.append(f"{kind:<16}{''.join(cells)}")
    count = sum(row.photographs for row in bench.rows)
    lines.append(f"{count} photographs; from {FROM} px a module on:")
    lines.append(f"  server {_percent(bench.server)}, worst line {_percent(bench.worst_server)}")
    lines.append(f"  browser {_percent(bench.browser)}, worst line {_percent(bench.worst_browser)}")
    lines.append(f"  one plain look {_percent(bench.plain)}")
    lines.append(f"promised {_percent(bench.promised)}: {'kept' if bench.kept else 'NOT kept'}")
    return "\n".join(lines)


def _cell(row: Row) -> str:
    shares = (row.server, row.browser, row.plain)
    return f"{'  '.join(f'{_percent(share):>6}' for share in shares):>24}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
