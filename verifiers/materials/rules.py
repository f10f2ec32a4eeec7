"""Reuse rules: data with a version and a day, read strictly, several sets side by side.

An application is judged by the rules of its day; a stored decision by the version it names. An
amendment changes every set alike from a day that an installation sets; a set as amended has a
version of its own, and is known by it whether or not the amendment is in force.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Self

from certstore.errors import MalformedError, NotFoundError
from verifiers.materials.rule_parts import (
    BasisRule,
    CounterRule,
    DwellingRule,
    FaceRule,
    GuardianRule,
    HalfYearRule,
    MatterRule,
    PhotoRule,
)
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Dwelling, Matter, RecordType

LATER = "later-1"  # the set whose first day is a setting
_EARLIER = "earlier_verification.toml"  # the amendment whose first day is a setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One set of rules; `effective_from` None means that its day has not been set."""

    version: str
    title_zh: str
    title_en: str
    effective_from: date | None
    matters: Mapping[Matter, MatterRule]
    face: FaceRule
    counter: CounterRule
    photo: PhotoRule
    dwelling: DwellingRule
    kinship: frozenset[RecordType]
    guardianship: GuardianRule
    half_year: HalfYearRule
    basis: BasisRule

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one set; raise MalformedError naming the path of what is wrong."""
        members.only(*cls.__dataclass_fields__)
        kinship = members.inner("kinship")
        kinship.only("proven_by")
        return cls(
            version=members.text("version", 40),
            title_zh=members.text("title_zh", 100),
            title_en=members.text("title_en", 100),
            effective_from=_day_or_none(members, "effective_from"),
            matters=_matters(members.inner("matters")),
            face=FaceRule.read(members.inner("face")),
            counter=CounterRule.read(members.inner("counter")),
            photo=PhotoRule.read(members.inner("photo")),
            dwelling=DwellingRule.read(members.inner("dwelling")),
            kinship=frozenset(kinship.words("proven_by", RecordType)),
            guardianship=GuardianRule.read(members.inner("guardianship")),
            half_year=HalfYearRule.read(members.inner("half_year")),
            basis=BasisRule.read(members.inner("basis")),
        )

    def dwelling_proofs(self, dwelling: Dwelling) -> frozenset[RecordType]:
        """The kinds of record that show a dwelling held by this right."""
        return self.dwelling.proofs[dwelling]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All sets known, in force or not, and each of them as amended from `amended_from` on."""

    sets: tuple[Rules, ...]
    amended: Mapping[str, Rules]  # by the version of the set as it was
    amended_from: date | None = None  # None: the amendment is not in force

    def in_force(self, on: date, *, later_from: date | None = None) -> Rules:
        """The set with the latest first day not after `on`; NotFoundError before the first.

        `later_from` is the day a set without one of its own begins, where a caller asks
        "what if"; None leaves such a set out.
        """
        begun = [
            (first, rules)
            for rules in self.sets
            if (first := rules.effective_from or later_from) is not None and first <= on
        ]
        if not begun:
            raise NotFoundError(
                "no set of reuse rules was in force on that day",
                where="as_of",
                remedy="ask about a day from the first set's on, or add the set of that time",
            )
        found = max(begun, key=lambda pair: pair[0])[1]
        amended = self.amended_from is not None and self.amended_from <= on
        return self.amended[found.version] if amended else found

    def by_version(self, version: str) -> Rules:
        """The set of this version, in force or not; NotFoundError if there is none."""
        for rules in (*self.sets, *self.amended.values()):
            if rules.version == version:
                return rules
        raise NotFoundError(
            "no set of reuse rules has that version",
            where="rule_version",
            remedy="restore the rule file the decision was made by; sets are never deleted",
        )


def load_rules(later_from: date | None = None, earlier_from: date | None = None) -> RuleBook:
    """Read the sets that come with the service.

    `later_from` is the first day of the later one, `earlier_from` the day from which an earlier
    verification by the platform does in place of a face result; None: not in force.
    """
    folder = files("verifiers.materials").joinpath("rules")
    texts = {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")}
    book = read_rules(texts, later_from)
    amendment = files("verifiers.materials").joinpath(_EARLIER).read_text("utf-8")
    return _amended(book, Members(_toml(_EARLIER, amendment), _EARLIER), earlier_from)


def _amended(book: RuleBook, amendment: Members, first: date | None) -> RuleBook:
    amendment.only("version", "title_zh", "title_en", "face")
    version, face = amendment.text("version", 20), amendment.inner("face")
    titles = amendment.text("title_zh", 50), amendment.text("title_en", 50)
    face.only("earlier_verification_max_age_days")
    age = timedelta(days=face.whole("earlier_verification_max_age_days", 1))
    amended = {
        rules.version: replace(
            rules,
            version=f"{rules.version}+{version}",
            title_zh=f"{rules.title_zh}（{titles[0]}）",
            title_en=f"{rules.title_en} ({titles[1]})",
            face=replace(rules.face, earlier_verification_max_age=age),
        )
        for rules in book.sets
    }
    return RuleBook(book.sets, amended, first)


def read_rules(texts: Mapping[str, str], later_from: date | None = None) -> RuleBook:
    """Read sets from TOML texts by file name; MalformedError names the file and the path."""
    sets = [_read_one(name, text) for name, text in sorted(texts.items())]
    dated = [
        replace(s, effective_from=later_from) if s.version == LATER and later_from else s
        for s in sets
    ]
    _check_distinct(dated)
    return RuleBook(tuple(dated), {})


def _read_one(name: str, text: str) -> Rules:
    return Rules.read(Members(_toml(name, text), name))


def _toml(name: str, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"{name} is not TOML: {error}", where=name) from error


def _check_distinct(sets: Iterable[Rules]) -> None:
    versions: set[str] = set()
    days: set[date] = set()
    for rules in sets:
        if rules.version in versions or rules.effective_from in days:
            raise MalformedError(
                "two sets of rules have the same version or the same first day",
                where=rules.version,
                remedy="give each its own version, and set another first day for the later one",
            )
        versions.add(rules.version)
        days |= {rules.effective_from} - {None}  # type: ignore[arg-type]  # None is taken out


def _matters(members: Members) -> Mapping[Matter, MatterRule]:
    members.only(*Matter)
    return {matter: MatterRule.read(members.inner(matter)) for matter in Matter}


def _day_or_none(members: Members, name: str) -> date | None:
    value = members.values.get(name)
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        members.refuse(name, "must be a day, such as 2018-01-01 without quotes")
    return value
