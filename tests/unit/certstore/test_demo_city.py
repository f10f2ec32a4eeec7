"""The demonstration city as it is committed: genuine, sound, invented, and as promised."""

import hashlib
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from certstore.batches import BatchReading, Record, read_batch
from certstore.errors import MalformedError
from certstore.identifiers import CreditCode, ResidentId
from certstore.jwk import from_jwk
from certstore.keys import Purpose
from certstore.service.demo_city.build_city import BATCHES
from certstore.trust import TrustedKey
from verifiers.materials.photo import judge_photo
from verifiers.materials.photo_profile import read_profile
from verifiers.materials.vocabulary import PhotoQuality

TODAY = date(2026, 11, 22)
SOURCES = json.loads((BATCHES / "sources.json").read_text("utf-8"))["sources"]
PEOPLE = json.loads((BATCHES / "people.json").read_text("utf-8"))
PHOTO_BYTES = 6_000_000


def public_key(source: dict[str, Any]) -> TrustedKey:
    key = source["key"]
    return TrustedKey(
        purpose=Purpose(key["purpose"]),
        authority_uscc=key["authority_uscc"],
        authority_name=key["authority_name"],
        public_key=from_jwk(key["jwk"]),
        valid_from=datetime.fromtimestamp(key["valid_from"], UTC),
        valid_to=datetime.fromtimestamp(key["valid_to"], UTC),
    )


@cache
def reading(word: str) -> BatchReading:
    source = next(s for s in SOURCES if s["source"] == word)
    keys = {public_key(s).kid: public_key(s) for s in SOURCES}
    types = {s["key"]["authority_uscc"]: s["types"] for s in SOURCES}
    return read_batch(
        (BATCHES / source["batch"]).read_bytes(),
        (BATCHES / f"{source['batch']}.jws").read_text("ascii"),
        find_key=keys.get,
        may_hand_in=lambda uscc, kind: kind in types[uscc],
    )


@cache
def records() -> tuple[Record, ...]:
    return tuple(record for source in SOURCES for record in reading(source["source"]).records)


def people_on_file() -> dict[str, set[str]]:
    """The names each number is written with, over all records."""
    found: dict[str, set[str]] = {}
    for record in records():
        for holder in record.holders:
            found.setdefault(holder.id_number, set()).add(holder.name)
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s["source"])
def test_each_batch_is_genuine_by_the_public_key_alone_and_no_line_is_refused(
    source: dict[str, Any],
) -> None:
    read = reading(source["source"])
    assert read.refusals == ()
    assert len(read.records) == source["records"] > 0
    assert read.source_uscc == source["key"]["authority_uscc"]
    assert CreditCode.parse(read.source_uscc).value == read.source_uscc
    key = public_key(source)
    assert (key.kid, key.algorithm) == (source["key"]["kid"], source["key"]["alg"])
    for year in (2026, 2029, 2035):
        assert key.usable_at(datetime(year, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s["source"])
def test_one_changed_byte_makes_a_batch_nobodys(source: dict[str, Any]) -> None:
    jsonl = bytearray((BATCHES / source["batch"]).read_bytes())
    jsonl[len(jsonl) // 2] ^= 1
    jws = (BATCHES / f"{source['batch']}.jws").read_text("ascii")
    with pytest.raises(MalformedError):
        read_batch(bytes(jsonl), jws, find_key=lambda _: public_key(source))


def test_a_batch_is_not_its_neighbours() -> None:
    jsonl = (BATCHES / "housing.jsonl").read_bytes()
    jws = (BATCHES / "police.jsonl.jws").read_text("ascii")
    police = next(s for s in SOURCES if s["source"] == "police")
    with pytest.raises(MalformedError):
        read_batch(jsonl, jws, find_key=lambda _: public_key(police))


def test_the_city_is_as_large_as_promised() -> None:
    kinds = Counter(record.type for record in records())
    assert len(people_on_file()) >= 320
    assert kinds["household_register"] >= 320
    assert kinds["id_photo"] >= 300
    assert kinds["property_certificate"] >= 40
    assert kinds["lease_filing"] >= 40
    assert kinds["birth_certificate"] >= 40
    assert kinds["social_insurance"] >= 80
    assert kinds["enrolment"] >= 30
    assert kinds["dormitory_certificate"] >= 5
    assert kinds["lease_contract"] >= 3


def test_every_sort_of_fault_is_to_be_met() -> None:
    statuses = Counter(record.status.value for record in records())
    for status in ("valid", "cancelled", "suspended_loss", "superseded", "withdrawn"):
        assert statuses[status] >= 2, status
    assert sum(r.under_dispute for r in records()) >= 5
    assert sum(r.valid_to is not None and r.valid_to < TODAY for r in records()) >= 3
    assert sum(r.version > 1 for r in records()) >= 10


def test_every_number_is_invented_and_has_its_check_character() -> None:
    for number in people_on_file():
        parsed = ResidentId.parse(number, today=TODAY)
        assert parsed.value == number
        assert parsed.area in {"310199", "340199"}
    kin = re.findall(r'"id_number":"([^"]+)"', (BATCHES / "police.jsonl").read_text("utf-8"))
    assert {ResidentId.parse(number).area for number in kin} == {"310199", "340199"}


def test_a_number_has_one_name_but_for_the_one_misspelt_on_purpose() -> None:
    twice = [names for names in people_on_file().values() if len(names) > 1]
    assert twice == [{"刘海燕", "刘海艳"}]


def test_names_of_every_kind_are_there() -> None:
    names = {name for found in people_on_file().values() for name in found}
    assert {"王䶮", "张𬭎", "李㛃", "阿依古丽·买买提", "欧阳明月"} <= names
    assert sum("·" in name for name in names) >= 5
    assert sum(any(ord(c) > 0xFFFF for c in name) for name in names) >= 4
    births = [ResidentId.parse(number).birth_date for number in people_on_file()]
    ages = sorted((TODAY - born).days // 365 for born in births)
    assert ages[0] <= 1
    assert ages[-1] >= 75
    assert sum(age < 16 for age in ages) >= 50


def test_no_date_lies_after_the_day_of_the_hand_in() -> None:
    for record in records():
        assert record.issued_on < TODAY
        assert record.source_time.date() < TODAY


def photos() -> list[tuple[Record, Path]]:
    return [(r, BATCHES / str(r.files[0].path)) for r in records() if r.type == "id_photo"]


def test_every_photo_is_the_one_signed_for_and_no_two_are_alike() -> None:
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for _, path in photos()]
    assert digests == [record.files[0].sha256 for record, _ in photos()]
    pixels = {hashlib.sha256(Image.open(path).tobytes()).hexdigest() for _, path in photos()}
    assert len(set(digests)) == len(pixels) == len(digests)
    assert {path for _, path in photos()} == set((BATCHES / "photos").iterdir())
    assert sum(path.stat().st_size for _, path in photos()) <= PHOTO_BYTES


def test_every_photo_passes_the_basic_check() -> None:
    profile = read_profile()
    findings = {path.name: judge_photo(path.read_bytes(), profile=profile) for _, path in photos()}
    assert {n: f.reasons for n, f in findings.items() if f.outcome is not PhotoQuality.PASS} == {}


def test_a_photo_carries_nothing_but_the_picture() -> None:
    for _, path in photos()[::20]:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
            assert len(image.getexif()) == 0


def test_no_private_key_lies_about() -> None:
    for path in BATCHES.rglob("*"):
        if path.is_file() and path.suffix != ".jpg":
            text = path.read_text("utf-8")
            assert "PRIVATE" not in text
            assert '"d"' not in text
    for source in SOURCES:
        assert set(source["key"]["jwk"]) == {"kty", "crv", "x", "y"}
    assert not [p for p in BATCHES.rglob("*") if p.suffix in {".pem", ".key", ".p12", ".der"}]


def test_officers_and_the_pulling_agency_are_no_residents() -> None:
    assert {(o["name"], o["number"]) for o in PEOPLE["officers"]} == {
        ("高民警", "1047"),
        ("李民警", "1052"),
    }
    assert {o["station_zh"] for o in PEOPLE["officers"]} == {"梧桐派出所"}
    (agency,) = PEOPLE["agencies"]
    assert agency["name_zh"] == "示范市教育局"
    assert CreditCode.parse(agency["uscc"]).value == agency["uscc"]
    names = {name for found in people_on_file().values() for name in found}
    assert names.isdisjoint({o["name"] for o in PEOPLE["officers"]})
