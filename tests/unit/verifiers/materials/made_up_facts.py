"""Made-up people, records and facts for the tests of reuse decisions."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from certstore.clock import CHINA
from verifiers.materials.facts import Claims, Context, FaceResult, Facts, Person, Record
from verifiers.materials.vocabulary import (
    ComparisonSource,
    Dwelling,
    Matter,
    PhotoQuality,
    RecordStatus,
    RecordType,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=CHINA)
ADDRESS = "示范市海港区长乐路88弄6号1203室"
ELSEWHERE = "示范市梧桐区望江路188号12幢501室"
CHEN = Person("陈一鸣", "111", "340199199803140119")
ZHOU = Person("周兰", "111", "340199197001020247")
WU = Person("吴桐", "111", "340199198605050468")
CHILD = Person("陈小满", "111", "310199201609200557")


def record(kind: RecordType, holder: Person = CHEN, claims: Claims | None = None, **changes):
    made = Record(
        record_id=f"{kind.value}-1",
        version=1,
        type=kind,
        holders=(holder,),
        issuer_uscc="11310000MB0T00015W",
        number="N1",
        issued_on=date(2024, 3, 1),
        valid_from=date(2024, 3, 1),
        valid_to=None,
        status=RecordStatus.VALID,
        under_dispute=False,
        claims=claims or Claims(),
    )
    return replace(made, **changes)


def own_home(holder: Person = CHEN, address: str = ADDRESS, **changes):
    return record(RecordType.PROPERTY, holder, Claims(address=address), **changes)


def photo(holder: Person = CHEN, **claims):
    said = {"taken_on": date(2024, 5, 20), "quality": PhotoQuality.PASS} | claims
    return record(RecordType.PHOTO, holder, Claims(**said))


def voucher(registered_on: date, holder: Person = CHEN, **changes):
    claims = Claims(address=ADDRESS, registered_on=registered_on)
    return record(RecordType.VOUCHER, holder, claims, valid_from=registered_on, **changes)


def insurance(months: int = 8, paid_through: date = date(2026, 11, 1), **changes):
    claims = Claims(consecutive_months=months, paid_through=paid_through)
    return record(RecordType.INSURANCE, claims=claims, **changes)


def face(subject: Person = CHEN, **changes):
    made = FaceResult(
        subject=subject,
        result="pass",
        verified_at=NOW - timedelta(minutes=5),
        mode="1:1",
        comparison_source=ComparisonSource.POLICE,
        fmr=0.0001,
        pad=True,
        iad=True,
        device_risk=(),
        channel="app",
        provider="sandbox",
    )
    return replace(made, **changes)


def facts(**changes):
    made = Facts(
        matter=Matter.REGISTRATION,
        as_of=NOW,
        applicant=CHEN,
        context=Context(Dwelling.OWN, ADDRESS),
        on_file=(own_home(), photo()),
        face_results=(face(),),
    )
    return replace(made, **changes)
