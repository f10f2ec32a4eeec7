"""`certstore bench photos`: what it prints is counted, and what is missed is printed, too."""

import json

import pytest
from typer.testing import CliRunner

from certstore.service import bench_photos as module
from certstore.service.bench_photo_kinds import KINDS
from certstore.service.bench_photos import PhotoBench, as_json, as_table, bench_photos
from certstore.service.bench_same_picture import bench_same_picture
from certstore.service.cli import main
from verifiers.materials.photo import PhotoLevel


@pytest.fixture(scope="module")
def basic() -> PhotoBench:
    """A run at the basic level with one drawn portrait and the photograph."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "open_face_finder", lambda: None)
        return bench_photos(1)


def caught(bench: PhotoBench, kind: str, level: PhotoLevel) -> list[int]:
    rows = [row for row in bench.rows if row.kind == kind]
    return [row.tallies[level, True].caught for row in rows]


def test_there_are_many_more_kinds_than_fifteen_most_at_several_strengths() -> None:
    assert len(KINDS) >= 35
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert sum(len(kind.strengths) > 1 for kind in KINDS) >= 25


def test_the_basic_level_catches_what_it_says_and_misses_what_it_says(basic: PhotoBench) -> None:
    level = PhotoLevel.BASIC
    assert basic.levels == (level,)
    assert basic.sound.tallies[level, True].caught == 0
    assert caught(basic, "out of focus", level)[-1] == 1
    assert caught(basic, "cut short", level) == [1, 1]
    assert caught(basic, "mirrored", level) == [0]
    assert caught(basic, "sunglasses", level) == [0, 0, 0]
    missed = {row.kind for row in basic.missed}
    assert {"sunglasses", "mask", "head leaning", "eyes shut", "retouched"} <= missed
    assert not {"cut short", "wrong size", "data behind the end"} & missed


def test_the_table_has_every_row_and_names_what_is_missed(basic: PhotoBench) -> None:
    table = as_table(basic)
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len([r for r in rows if "basic" not in r]) >= sum(len(k.strengths) for k in KINDS)
    assert "Not caught in most cases at the basic level" in table
    assert "eyes shut" in table.split("Not caught")[1]
    plain = json.loads(as_json(basic))
    assert len(plain["rows"]) == 1 + sum(len(k.strengths) for k in KINDS)
    assert plain["same_picture"]["alike"] == 0


def test_no_two_people_of_the_city_are_taken_for_one_and_the_same_picture_is_found() -> None:
    figures = bench_same_picture()
    assert figures.pairs == 325 * 324 // 2
    assert figures.alike == 0
    assert figures.near > 500  # drawn portraits look alike: the hash alone would not do
    for name in ("saved at quality 50", "half the size", "295 × 413", "grey", "darker by a fifth"):
        found, of = figures.found[name]
        assert found >= 0.95 * of, name
    assert figures.found["mirrored"][0] == 0  # said in the docs


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch, basic: PhotoBench) -> None:
    monkeypatch.setattr(module, "bench_photos", lambda _drawn: basic)
    told = CliRunner().invoke(main, ["bench", "photos", "--drawn", "1"])
    assert told.exit_code == 0
    assert "| mirrored |" in told.output
    plain = CliRunner().invoke(main, ["bench", "photos", "--json"])
    assert json.loads(plain.output)["levels"] == ["basic"]
