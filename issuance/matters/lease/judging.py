"""Whether a lease can be filed: values in, every reason out. No IO.

A reason refuses, or leaves it to an officer, or waits for a source. What is unknown is told
first: while a source is silent nothing is refused, so that a refusal has every reason in it.
Whether somebody else has let the dwelling is looked at only once the landlord is its owner by
the store: an address typed by anybody tells nobody anything.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from certstore.catalogue import add_months
from issuance.matters.lease.reasons import Code, Finding, Judged, Weight
from issuance.matters.lease.rules import LeaseRules
from issuance.matters.lease.terms import Contract, Party, Role
from verifiers.materials.addresses import AddressMatch, compare_addresses
from verifiers.materials.candidates import standing
from verifiers.materials.persons import Likeness, Person
from verifiers.materials.records import Record, newest_versions
from verifiers.materials.vocabulary import Reason

_DAY: Final = timedelta(days=1)
_ALL: Final = 100
_OF_STANDING: Final[Mapping[Reason, Code]] = {
    Reason.UNDER_DISPUTE: Code.TITLE_UNDER_DISPUTE,
}
ABOUT_TITLE: Final = frozenset(
    {
        *(Code.NO_TITLE, Code.TITLE_ENDED, Code.TITLE_UNDER_DISPUTE, Code.TITLE_NAME_DIFFERS),
        *(Code.TITLE_NOT_ASKED, Code.LANDLORD_NOT_OWNER),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """A filing in force of perhaps the same dwelling; a room of None: it does not say."""

    address: str
    room: str | None
    first: date
    last: date | None
    confirmed: bool = True  # False: its source is silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A signed lease and what the store knows: titles that name a landlord, other filings."""

    contract: Contract
    parties: tuple[Party, ...]
    city: str
    today: date
    titles: tuple[Record, ...] = ()
    lets: tuple[Let, ...] = ()
    titles_unknown: bool = False  # their source is silent


def judge_lease(case: Case, rules: LeaseRules) -> Judged:
    """Judge by the rules of the day; the order of the reasons is that of `Code`."""
    found = _said(case, rules)
    about_title = _title(case, rules)
    found += about_title
    if not ABOUT_TITLE & {finding.code for finding in about_title}:
        found += _let(case)
    return _in_order(found)


def judge_what_is_said(case: Case, rules: LeaseRules) -> Judged:
    """Judge what the page alone shows, before anybody signs it: no source is needed for that."""
    return _in_order(_said(case, rules))


def _said(case: Case, rules: LeaseRules) -> list[Finding]:
    return [*_term(case, rules), *_ages(case, rules), *_room_to_live(case, rules)]


def _in_order(found: Iterable[Finding]) -> Judged:
    order = list(Code)
    return Judged(tuple(sorted(found, key=lambda each: (order.index(each.code), each.who or 0))))


# -- the term and the people -------------------------------------------------------------------


def _term(case: Case, rules: LeaseRules) -> list[Finding]:
    first, last = case.contract.first, case.contract.last
    found = []
    longest = add_months(first, 12 * rules.longest_term_years) - _DAY
    if last > longest:
        found.append(Finding(Code.TERM_TOO_LONG, rules.longest_term_years, longest))
    if last < case.today or last < first:
        found.append(Finding(Code.TERM_OVER, day=last))
    if first > case.today + rules.begins_within_days * _DAY:
        day = first - rules.begins_within_days * _DAY
        found.append(Finding(Code.BEGINS_TOO_LATE, rules.begins_within_days, day))
    if first < case.today - rules.begun_at_most_days * _DAY:
        found.append(Finding(Code.BEGUN_LONG_AGO, rules.begun_at_most_days, first))
    return found


def _ages(case: Case, rules: LeaseRules) -> list[Finding]:
    return [
        Finding(Code.PARTY_UNDER_AGE, rules.adult_age, who=place)
        for place, party in enumerate(case.parties)
        if (Person.of(party.holder).age_on(case.today) or 0) < rules.adult_age
    ]


def _room_to_live(case: Case, rules: LeaseRules) -> list[Finding]:
    contract, found = case.contract, []
    fit = contract.area // (rules.least_m2_per_person * 100)
    if contract.occupants > fit:
        found.append(Finding(Code.AREA_TOO_SMALL, fit))
    if not contract.whole and contract.occupants > rules.most_people_in_room:
        found.append(Finding(Code.TOO_MANY_IN_ROOM, rules.most_people_in_room))
    return found


# -- the title -----------------------------------------------------------------------------------


def _title(case: Case, rules: LeaseRules) -> list[Finding]:
    """What is wrong with the best title of this address; nothing, if one serves."""
    address = case.contract.full_address(case.city)
    judged = []
    for title in newest_versions(case.titles):
        match = compare_addresses(title.claims.address or "", address).match
        if title.claims.address is None or match is AddressMatch.UNSURE:
            judged.append([Finding(Code.TITLE_ADDRESS_UNSURE), *_of_title(title, case, rules)])
        elif match is AddressMatch.SAME:
            judged.append(_of_title(title, case, rules))
    if not judged:
        judged = [[Finding(Code.NO_TITLE)]]
    best = min(judged, key=_badness)
    if case.titles_unknown and _badness(best) >= (1, 0):
        return [Finding(Code.TITLE_NOT_ASKED)]
    return best


def _badness(found: list[Finding]) -> tuple[int, int]:
    refusing = sum(each.weight is Weight.REFUSES for each in found)
    return refusing, len(found)


def _of_title(title: Record, case: Case, rules: LeaseRules) -> list[Finding]:
    found = [
        Finding(_OF_STANDING.get(reason, Code.TITLE_ENDED))
        for reason in standing(title, case.today)
    ]
    found = list(dict.fromkeys(found))
    found += _owners(title, case, rules)
    use = title.claims.further.get("use")
    if isinstance(use, str) and use and not any(word in use for word in rules.living_uses):
        found.append(Finding(Code.NOT_TO_LIVE_IN))
    area = _hundredths(title.claims.further.get("area"))
    if area is not None and case.contract.area > area:
        found.append(Finding(Code.AREA_BEYOND_TITLE))
    return found


def _owners(title: Record, case: Case, rules: LeaseRules) -> list[Finding]:
    found, signed = [], set()
    for place, party in enumerate(case.parties):
        if party.role is not Role.LANDLORD:
            continue
        alike = [(n, Person.of(party.holder).likeness(o)) for n, o in enumerate(title.holders)]
        same = {n for n, likeness in alike if likeness is Likeness.SAME}
        named = {n for n, likeness in alike if likeness is Likeness.NAME_DIFFERS}
        signed |= same | named
        if not same:
            code = Code.TITLE_NAME_DIFFERS if named else Code.LANDLORD_NOT_OWNER
            found.append(Finding(code, who=place))
    missing = len(title.holders) - len(signed)
    if len(signed) * _ALL < rules.owners_who_sign_percent * len(title.holders):
        found.append(Finding(Code.CO_OWNER_MISSING, missing))
    return found


def _hundredths(value: object) -> int | None:
    try:
        return round(float(str(value)) * 100) if value is not None else None
    except (ValueError, OverflowError):
        return None


# -- let before ------------------------------------------------------------------------------


def _let(case: Case) -> list[Finding]:
    """Whether what is let is let already, in a part of the term at least."""
    mine, found, rooms = case.contract, set(), set()
    for let in case.lets:
        if let.first > mine.last or (let.last is not None and let.last < mine.first):
            continue
        match = compare_addresses(let.address, mine.full_address(case.city)).match
        if match is AddressMatch.DIFFERENT:
            continue
        if let.room and match is AddressMatch.SAME:
            rooms.add(_room(let.room))
        if let.room and mine.room and _room(let.room) != _room(mine.room):
            continue
        unsure = match is AddressMatch.UNSURE or let.room is None
        code = Code.LET_PERHAPS if unsure else Code.LET_ALREADY
        found.add(code if let.confirmed else Code.LET_NOT_ASKED)
    most = _most_rooms(case)
    if mine.room and most is not None and len(rooms | {_room(mine.room)}) > most:
        found.add(Code.ROOMS_ALL_LET)
    return [Finding(code, most if code is Code.ROOMS_ALL_LET and most else 0) for code in found]


def _most_rooms(case: Case) -> int | None:
    """How many rooms the title of this address counts, if it does."""
    address = case.contract.full_address(case.city)
    counts = [
        title.claims.further.get("rooms")
        for title in newest_versions(case.titles)
        if compare_addresses(title.claims.address or "", address).match is AddressMatch.SAME
    ]
    known = [n for n in counts if isinstance(n, int) and not isinstance(n, bool) and n > 0]
    return max(known, default=None)


def _room(name: str) -> str:
    """A room's name without what is written or left out at will: 主卧, 主卧室."""
    plain = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return plain.rstrip("室间房号") or plain
