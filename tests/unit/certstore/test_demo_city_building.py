"""Building the city: the same day gives the same city, and only the keys are new."""

import json
from datetime import date
from pathlib import Path

import pytest

from certstore.batches import FaultCode
from certstore.errors import CertstoreError
from certstore.service.demo_city.build_city import BATCHES, City, build_city, main, write_city
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.record_book import RecordBook

TODAY = date(2026, 11, 22)
FEATURED = 17


@pytest.fixture(scope="module")
def city() -> City:
    return build_city(TODAY, lambda _: None, residents=FEATURED + 1)


def committed(word: str) -> list[dict[str, object]]:
    text = (BATCHES / f"{word}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_committed_batches_are_what_the_script_builds(city: City) -> None:
    for word, lines in city.book.lines.items():
        drawn = [line for line in lines if line["type"] != "id_photo"]  # pictures: see below
        assert all(line in committed(word) for line in drawn)


def test_the_pictures_are_drawn_alike_each_time(city: City) -> None:
    again = build_city(TODAY, lambda _: None, residents=FEATURED)
    for path, jpeg in again.book.photos.items():
        assert city.book.photos[path] == jpeg


def test_writing_it_twice_changes_the_keys_and_signatures_only(city: City, tmp_path: Path) -> None:
    write_city(city, tmp_path / "one")
    write_city(city, tmp_path / "two")
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file():
            same = (
                path.read_bytes()
                == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
            )
            signed = path.suffix == ".jws" or path.name == "sources.json"
            assert same is not signed, path.name


def test_photos_of_an_earlier_city_are_cleared_away(city: City, tmp_path: Path) -> None:
    stray = tmp_path / "photos" / "zp999999-1.jpg"
    stray.parent.mkdir()
    stray.write_bytes(b"old")
    write_city(city, tmp_path)
    assert not stray.exists()
    assert {f"photos/{p.name}" for p in stray.parent.iterdir()} == set(city.book.photos)


def test_a_line_that_would_be_refused_is_never_written(city: City, tmp_path: Path) -> None:
    spoilt = RecordBook(TODAY)
    line = {**city.book.lines["housing"][0], "issuer_uscc": "11310000MB0T00015W"}
    spoilt.lines["housing"].append(line)
    with pytest.raises(CertstoreError, match=FaultCode.ISSUER_NOT_SOURCE):
        write_city(City(city.cast, (), spoilt), tmp_path)
    assert not (tmp_path / "housing.jsonl").exists()


def test_another_day_gives_a_city_that_is_sound_then(tmp_path: Path) -> None:
    later = build_city(date(2028, 2, 29), lambda _: None, residents=FEATURED + 1)
    write_city(later, tmp_path)
    insured = later.book.lines["human_resources"][0]["claims"]
    assert isinstance(insured, dict)
    assert insured["paid_through"] == "2028-01"


def test_the_command_writes_where_it_is_told(tmp_path: Path) -> None:
    told = ["--out", str(tmp_path), "--today", "2026-11-22", "--residents", str(FEATURED)]
    assert main(told) == 0
    assert len(json.loads((tmp_path / "people.json").read_text("utf-8"))["people"]) == FEATURED


def test_dice_give_the_same_draws_for_the_same_name_and_others_for_another() -> None:
    draws = [Dice("a", 1).fork("b").below(1 << 30) for _ in range(2)]
    assert draws[0] == draws[1] != Dice("a", 1).fork("c").below(1 << 30)
    dice = Dice("ends")
    assert {dice.between(2, 4) for _ in range(200)} == {2, 3, 4}
    weighted = [dice.weighted((("x", 3), ("y", 0))) for _ in range(50)]
    assert set(weighted) == {"x"}
    grain = dice.grain(200, 200)
    assert abs(float(grain.mean())) < 0.05
    assert 0.9 < float(grain.std()) < 1.1
