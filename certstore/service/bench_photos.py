"""`certstore bench photos`: what the photo check catches of what can be wrong, and what not.

Sound portraits are spoilt in known ways at known strengths, and judged at both levels. Caught
means: a reason that the sound portrait did not have, or a worse outcome. Every row is printed,
also those of which nothing is caught.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from certstore.service.bench_faces import Sitter, drawn_sitters, photographed_sitter
from certstore.service.bench_photo_kinds import KINDS, Kind, saved
from certstore.service.bench_same_picture import SamePicture, bench_same_picture
from certstore.service.bench_same_picture import as_table as same_as_table
from verifiers.materials.dlib_faces import open_face_finder
from verifiers.materials.face_photo import FaceFinder
from verifiers.materials.photo import PhotoFinding, PhotoLevel, judge_photo
from verifiers.materials.photo_profile import PhotoProfile, read_profile
from verifiers.materials.vocabulary import PhotoQuality

DRAWN = 20
_ORDER = (PhotoQuality.PASS, PhotoQuality.MANUAL_REVIEW, PhotoQuality.RETAKE)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of some spoilt portraits were caught, and of those, must be taken again."""

    of: int
    caught: int
    again: int

    def __str__(self) -> str:
        """`17/20`, and how many of them a person need not even look at."""
        if not self.of:
            return "–"
        return f"{self.caught}/{self.of}" + (f" ({self.again})" if self.again else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One way of spoiling at one strength, at every level and for every sort of portrait."""

    kind: str
    strength: str
    tallies: Mapping[tuple[PhotoLevel, bool], Tally]  # (level, drawn)
    reasons: tuple[str, ...]  # the most frequent ones, at the highest level


@dataclass(frozen=True, slots=True)
class PhotoBench:
    """The figures of one run; `levels` has the face level only where it is installed."""

    levels: tuple[PhotoLevel, ...]
    sound: Row
    rows: tuple[Row, ...]
    same: SamePicture

    @property
    def missed(self) -> tuple[Row, ...]:
        """What is caught in less than half of the cases at the highest level."""
        return tuple(row for row in self.rows if _share(row, self.levels[-1]) < 1 / 2)


def bench_photos(drawn: int = DRAWN) -> PhotoBench:
    """Spoil and judge: some three minutes of one core with the face level, one without."""
    profile, finder = read_profile(), open_face_finder()
    sitters = [*drawn_sitters(drawn), photographed_sitter(profile)]
    bench = _Bench(profile, finder, sitters)
    sound = bench.sound()
    return PhotoBench(bench.levels, sound, tuple(bench.rows()), bench_same_picture())


class _Bench:
    """One run: the sitters, and what is said of them before they are spoilt."""

    def __init__(
        self, profile: PhotoProfile, finder: FaceFinder | None, sitters: Sequence[Sitter]
    ) -> None:
        self._profile = profile
        self._finders: dict[PhotoLevel, FaceFinder | None] = {PhotoLevel.BASIC: None}
        if finder is not None:
            self._finders[PhotoLevel.FACE] = finder
        self._sitters = sitters
        self._before = {
            (level, sitter.name): self._judge(saved(sitter.picture), level)
            for level in self.levels
            for sitter in sitters
        }

    @property
    def levels(self) -> tuple[PhotoLevel, ...]:
        """The levels there are, the highest last."""
        return tuple(self._finders)

    def sound(self) -> Row:
        """The false alarms: what is said against portraits that nothing was done to."""
        tallies = {
            (level, drawn): _tally([(f, None) for f in self._findings_before(level, drawn=drawn)])
            for level in self.levels
            for drawn in (True, False)
        }
        found = [
            f
            for drawn in (True, False)
            for f in self._findings_before(self.levels[-1], drawn=drawn)
        ]
        return Row("nothing done", "", tallies, _frequent(f.reasons for f in found))

    def rows(self) -> Iterator[Row]:
        """Every kind at every strength."""
        for kind in KINDS:
            for strength in kind.strengths:
                yield self._row(kind, strength)

    def _row(self, kind: Kind, strength: float) -> Row:
        spoilt = [(s, kind.spoil(s, strength)) for s in self._sitters]
        tallies: dict[tuple[PhotoLevel, bool], Tally] = {}
        new: list[frozenset[str]] = []
        for level in self.levels:
            for drawn in (True, False):
                judged = [
                    (self._judge(jpeg, level), self._before[level, s.name])
                    for s, jpeg in spoilt
                    if s.drawn is drawn
                ]
                tallies[level, drawn] = _tally(judged)
                if level is self.levels[-1]:
                    new += [frozenset(f.reasons) - frozenset(b.reasons) for f, b in judged]
        return Row(kind.name, kind.unit.format(strength), tallies, _frequent(new))

    def _findings_before(self, level: PhotoLevel, *, drawn: bool) -> list[PhotoFinding]:
        return [self._before[level, s.name] for s in self._sitters if s.drawn is drawn]

    def _judge(self, jpeg: bytes, level: PhotoLevel) -> PhotoFinding:
        return judge_photo(jpeg, profile=self._profile, finder=self._finders[level])


def as_table(bench: PhotoBench) -> str:
    """The figures as a table in Markdown, as docs/photos.md has it."""
    heads = ["kind", "strength"]
    columns = [(level, drawn) for level in bench.levels for drawn in (True, False)]
    heads += [f"{level}, {'drawn' if drawn else 'photograph'}" for level, drawn in columns]
    heads += ["what is said"]
    lines = [" | ".join(heads), " | ".join("---" for _ in heads)]
    for row in (bench.sound, *bench.rows):
        cells = [row.kind, row.strength, *(str(row.tallies[c]) for c in columns)]
        lines.append(" | ".join([*cells, " ".join(row.reasons)]))
    table = "\n".join(f"| {line} |" for line in lines)
    missed = "; ".join(f"{row.kind} {row.strength}".strip() for row in bench.missed)
    said = f"Not caught in most cases at the {bench.levels[-1]} level: {missed}."
    return f"{table}\n\n{said}\n\n{same_as_table(bench.same)}"


def as_json(bench: PhotoBench) -> str:
    """The figures as JSON."""
    rows = [
        {
            "kind": row.kind,
            "strength": row.strength,
            "reasons": list(row.reasons),
            "levels": {
                f"{level}/{'drawn' if drawn else 'photograph'}": {
                    "of": tally.of,
                    "caught": tally.caught,
                    "again": tally.again,
                }
                for (level, drawn), tally in row.tallies.items()
            },
        }
        for row in (bench.sound, *bench.rows)
    ]
    same = {**asdict(bench.same), "found": dict(bench.same.found)}
    plain = {"levels": list(bench.levels), "rows": rows, "same_picture": same}
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _tally(judged: Sequence[tuple[PhotoFinding, PhotoFinding | None]]) -> Tally:
    caught = [f for f, before in judged if _is_caught(f, before)]
    again = sum(f.outcome is PhotoQuality.RETAKE for f in caught)
    return Tally(len(judged), len(caught), again)


def _is_caught(finding: PhotoFinding, before: PhotoFinding | None) -> bool:
    """Whether more is said than before it was spoilt; of a sound one, whether anything is."""
    if before is None:
        return bool(finding.reasons)
    worse = _ORDER.index(finding.outcome) > _ORDER.index(before.outcome)
    return worse or bool(set(finding.reasons) - set(before.reasons))


def _frequent(reasons: Iterator[Sequence[str]] | Sequence[frozenset[str]]) -> tuple[str, ...]:
    """The three reasons named most often."""
    counted = Counter(str(word) for found in reasons for word in found)
    return tuple(word for word, _ in sorted(counted.items(), key=lambda c: (-c[1], c[0]))[:3])


def _share(row: Row, level: PhotoLevel) -> float:
    found = [row.tallies[level, drawn] for drawn in (True, False)]
    return sum(t.caught for t in found) / max(sum(t.of for t in found), 1)
