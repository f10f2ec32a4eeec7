"""What `certstore bench pull` found, and how it is printed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import orjson

FLOOR_RATIO, BARE_RATIO, P99_MS = 0.5, 0.3, 50.0
"""What is promised: half of a bare durable insert, 0.3 of a bare pull's CPU, p99 in ms."""


@dataclass(frozen=True, slots=True)
class PullFigures:
    """What was measured on one database; medians over rounds that took turns."""

    database: str
    pulls_per_second: float
    durable_inserts_per_second: float
    ratio_to_durable_insert: float
    p50_ms: float  # at half the load
    p99_ms: float
    pulls_per_cpu_second: float
    bare_pulls_per_cpu_second: float
    ratio_to_bare_pull: float
    pulls: int


@dataclass(frozen=True, slots=True)
class PullBench:
    """Both databases, as far as they were measured; `left_out` says why one was not."""

    measured: Sequence[PullFigures]
    left_out: str = ""

    @property
    def lower(self) -> PullFigures:
        """The database with the lower ratio, by which the promise is judged."""
        return min(self.measured, key=lambda each: each.ratio_to_durable_insert)


def as_json(found: PullBench) -> str:
    """The lower database's figures, and each database's."""
    said = {
        **asdict(found.lower),
        "databases": [asdict(each) for each in found.measured],
        "left_out": found.left_out,
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def as_table(found: PullBench) -> str:
    """A line a figure, ours beside the limit."""
    lines = ["Pulls with record and leaf committed: one worker, 64 connections, DPoP checked", ""]
    for each in found.measured:
        lines += [each.database, *(_line(*row) for row in _rows(each)), ""]
    return "\n".join([*lines, *([found.left_out] if found.left_out else [])])


def _rows(each: PullFigures) -> list[tuple[str, float, str]]:
    floor = "one connection, one committed row a transaction"
    return [
        ("pulls a second", each.pulls_per_second, ""),
        ("durable inserts a second", each.durable_inserts_per_second, floor),
        ("ratio", each.ratio_to_durable_insert, f"promised: {FLOOR_RATIO}"),
        ("p50 at half that load, ms", each.p50_ms, ""),
        ("p99 at half that load, ms", each.p99_ms, f"aim: {P99_MS:.0f}"),
        ("pulls a CPU-second", each.pulls_per_cpu_second, ""),
        ("bare pulls a CPU-second", each.bare_pulls_per_cpu_second, "no token, proof or record"),
        ("ratio", each.ratio_to_bare_pull, f"promised: {BARE_RATIO}"),
    ]


def _line(name: str, value: float, beside: str) -> str:
    return f"  {name:28}{value:12,.2f}   {beside}".rstrip()
