"""Records, people and matters for tests of agencies' matters: short ways to write them."""

from datetime import date, datetime

from verifiers.materials.persons import Person
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import RecordType
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.matter import AgencyMatter

CHILD = Person("何雨桐", "111", "340199201903210241")
FATHER = Person("何志远", "111", "340199198610110314")
STRANGER = Person("周敏", "111", "340199197109230625")
AGENCY = "11310000MB0T00058A"


def record(kind="property_certificate", holders=(CHILD,), claims=None, **changes):
    """A record in force since long."""
    said = {
        "record_id": f"r-{kind}",
        "version": 1,
        "type": kind,
        "holders": [h.as_json() for h in holders],
        "issuer_uscc": AGENCY,
        "number": "1",
        "issued_on": "2020-03-31",
        "valid_from": "2020-03-31",
        "valid_to": None,
        "status": "valid",
        "under_dispute": False,
        "claims": claims or {},
    }
    return Record.read(Members(said | changes, "record"))


def born(day):
    """Somebody born on a day; the check character is not looked at by rules."""
    return Person("某人", "111", f"340199{day:%Y%m%d}0241")


def facts(*on_file, today="2026-11-25", allowed=frozenset(RecordType), **changes):
    """A case of the child's with the father acting."""
    at = datetime.fromisoformat(f"{today}T10:00:00+08:00")
    said = {"as_of": at, "subject": CHILD, "guardian": FATHER} | changes
    return CaseFacts(on_file=tuple(on_file), allowed=allowed, **said)


def evidence(kind, *conditions, who="subject"):
    """One piece of evidence as data."""
    own = [] if kind == "person" else [{"is": "holder", "who": who}]
    return {"type": kind, "conditions": [*own, *conditions]}


def material(*accept, code="proof", otherwise="must_upload", **changes):
    """One material as data; `accept` are groups."""
    return {
        "code": code,
        "title_zh": "材料",
        "title_en": "Proof",
        "basis_zh": "依据",
        "basis_en": "Basis",
        "accept": [list(group) for group in accept],
        "otherwise": otherwise,
    } | changes


def document(*materials, **changes):
    """A whole matter as data."""
    return {
        "code": "some_matter",
        "version": "1",
        "effective_from": "2026-01-01",
        "title_zh": "某事",
        "title_en": "Something",
        "agency_uscc": AGENCY,
        "legal_basis": "某法第一条",
        "guardian": "may",
        "parameters": [
            {
                "name": "district",
                "kind": "word",
                "title_zh": "区",
                "title_en": "District",
                "one_of": ["海港区", "梧桐区"],
                "required": False,
            },
            {
                "name": "home",
                "kind": "text",
                "title_zh": "住址",
                "title_en": "Home",
                "required": False,
            },
            {"name": "begins", "kind": "day", "title_zh": "开始", "title_en": "Begins"},
        ],
        "materials": list(materials) or [material([evidence("property_certificate")])],
    } | changes


def matter(*materials, **changes):
    """The matter itself."""
    return AgencyMatter.read(document(*materials, **changes))


def day(text):
    """A day."""
    return date.fromisoformat(text)
