"""What tests of agencies' matters stand on: the demonstration's matters, and purposes for them."""

from datetime import date
from importlib.resources import files

from certstore.callers import Service
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.chance import random_bytes, reference
from certstore.tables.sharing import Client, Purpose
from verifiers.matters.matter import read_file
from verifiers.matters.wanted import DecisionIn

SCHOOL_USCC = "11310000MB0T00058A"
CHILD = {"name": "何雨桐", "id_number": "340199201903210241"}
FATHER = {"name": "何志远", "id_number": "340199198610110314"}
MOTHER = {"name": "宋雅琴", "id_number": "340199198802020487"}
STRANGER = {"name": "周敏", "id_number": "340199197109230625"}
CASE = "RX-2026-00017"
GRANTED = {
    "residence_voucher": ("name", "residence_district", "held_since"),
    "residence_permit": ("district_is",),
    "birth_certificate": ("parent_is",),
    "property_certificate": ("district_is",),
    "lease_filing": ("district_is", "valid_on"),
}
TYPES = (
    *("residence_voucher", "birth_certificate", "property_certificate", "lease_filing"),
    "residence_permit",
)


def demonstrations(name="school_enrolment"):
    """A matter of the demonstration, as data."""
    folder = files("certstore.service").joinpath("demo_matters")
    return dict(read_file(folder.joinpath(f"{name}.toml").read_bytes(), toml=True))


def enrol_purpose(house, *, types=TYPES, actions=("search", "pull"), keys=(), **changes):
    """The school's client and one purpose of its; `changes` are members of the purpose."""
    client = Client(
        client_id="school-service",
        agency="示范市教育局",
        agency_en="Education Bureau",
        agency_uscc=SCHOOL_USCC,
        keys=keys,
        state="active",
        dpop_bound=False,
        agency_key=random_bytes(32),
    )
    said = {
        "purpose_id": "enrolment-2026",
        "client_id": client.client_id,
        "matter_code": "school_enrolment",
        "title_zh": "义务教育入学报名",
        "title_en": "School enrolment",
        "legal_basis": {"kind": "statutory_duty", "ref": "义务教育法第十二条"},
        "fields": {kind: GRANTED.get(kind, ()) for kind in types},
        "state": "active",
        "actions": actions,
    }
    with house.archive.writing() as books:
        books.sharing.enrol(client, Purpose(**said | changes))


def filed(house, kind, *people, **fields):
    """A record of a source about these people, in force since 2020."""
    certificate = Certificate(
        ref=reference(),
        type_code=kind,
        version=1,
        number=reference(),
        identifier=None,
        holders=tuple(holder(person) for person in people),
        issuer_uscc="11310000MB0T00015W",
        issued_on=date(2020, 1, 1),
        validity=Validity(date(2020, 1, 1), None),
        status=Status.VALID,
        status_changed_at=house.clock.now(),
        fields=fields,
        source="11310000MB0T00015W",
        record_id=reference(),
    )
    with house.archive.writing() as books:
        assert books.register.hand_in(certificate)
    return certificate


def holder(person):
    """A person as certificates name one."""
    return Holder(person["name"], "111", person["id_number"])


def prepare(house, **purpose):
    """The family's records on file, the school's purpose, and its matter registered."""
    parents = [{"id_type": "111", **parent} for parent in (FATHER, MOTHER)]
    filed(house, "birth_certificate", CHILD, parents=parents)
    filed(house, "property_certificate", FATHER, address="示范市海港区长乐路88弄6号1203室")
    enrol_purpose(house, **purpose)
    house.matter_desk.register(demonstrations())


def service(*, types=TYPES, actions=("search", "pull"), **changes):
    """The school as a token speaks for it."""
    said = {
        "client_id": "school-service",
        "agency": "示范市教育局",
        "agency_en": "Education Bureau",
        "agency_uscc": SCHOOL_USCC,
        "purpose_id": "enrolment-2026",
        "matter_code": "school_enrolment",
        "title_zh": "义务教育入学报名",
        "title_en": "School enrolment",
        "fields": {kind: GRANTED.get(kind, ()) for kind in types},
        "legal_basis": {"kind": "statutory_duty", "ref": "义务教育法第十二条"},
        "actions": actions,
    }
    return Service(**said | changes)


def wanted(**changes):
    """The question about the child, with the father acting."""
    return DecisionIn.model_validate(wanted_body(**changes))


def wanted_body(**changes):
    """The same as it is sent."""
    said = {
        "purpose_id": "enrolment-2026",
        "matter_code": "school_enrolment",
        "case_no": CASE,
        "operator": {"number": "3021", "terminal": "窗口 2"},
        "subject": CHILD,
        "guardian": FATHER,
        "parameters": {"district": "海港区"},
    } | changes
    return {name: value for name, value in said.items() if value is not ...}
