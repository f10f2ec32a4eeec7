"""Yes-or-no questions over HTTP: answered without content, within the grant, on record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.errors import ConsentRequiredError
from certstore.sharing.grants import Operator, PullRequest
from certstore.sharing.predicates import Question
from tests.integration.certstore.answers import HOLDER, body, enrol, issued, records, service
from tests.residents import copied
from tests.sealed import ZHOU, become

OFFICE, NARROW = "housing-office", "age-office"
FIELDS = ("name", "birth_date", "residence_address", "valid_until")


class Rooms:
    """A voucher, an office that may see four fields, and one that may put one question alone."""

    def __init__(self, house):
        self.house, self.held = house, issued(house)
        self.keys = {
            OFFICE: enrol(house, OFFICE, FIELDS),
            NARROW: enrol(house, NARROW, ("age_over",)),
        }

    def ask(self, client_id=OFFICE, ref=None, case_no="FW-1", subject=None, **predicates):
        fields = FIELDS if client_id == OFFICE else ("age_over",)
        http = service(self.house, client_id, self.keys[client_id], fields)
        sent = body(client_id, [], case_no=case_no, predicates=predicates)
        del sent["fields"]
        if subject is not None:
            sent["subject"] = {"id_number": subject}
        return http.post(f"/v1/certificates/{ref or self.held.ref}:verify", json=sent)


@pytest.fixture
def rooms(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path) as house:
        yield Rooms(house)


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:certstore:problem:{slug}"
    assert HOLDER.name not in answer.text
    return answer.json()


def test_each_question_is_answered_by_yes_or_no_and_nothing_else(rooms):
    address = rooms.held.fields["residence_address"]
    answer = rooms.ask(
        valid_on="2026-12-01", address_equals=address, age_over=18, holder_is=HOLDER.name
    )
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["answers"].values()) == {"yes"}
    for told in (address, HOLDER.name, rooms.held.fields["birth_date"]):
        assert told not in answer.text
    other = address.replace("海港区", "梧桐区")
    assert other != address
    no = rooms.ask(valid_on="2031-01-01", address_equals=other, age_over=90, holder_is="某某")
    assert set(no.json()["answers"].values()) == {"no"}
    entry = records(rooms.house)[0]
    asked = ["valid_on", "address_equals", "age_over", "holder_is"]
    assert (entry["kind"], entry["fields"], entry["case_no"]) == ("verify", asked, "FW-1")
    assert other not in str(entry)


def test_widths_spaces_and_punctuation_make_no_other_address(rooms):
    written = rooms.held.fields["residence_address"]
    wide = written.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    wide = f" {wide[:3]}， {wide[3:]}。"
    assert rooms.ask(address_equals=wide).json()["answers"] == {"address_equals": "yes"}


def test_an_address_is_compared_as_reuse_decisions_compare_it(rooms):
    """Written by another office it is the same place; what only a person can tell is unknown."""
    written = rooms.held.fields["residence_address"]
    assert written == "示范市海港区长乐路88弄6号1203室"
    for other, said in (
        ("海港区长乐路八十八弄6号12楼1203室", "yes"),
        ("中国某某省示范市海港区长乐路88弄6号-1203", "yes"),
        ("示范市海港区长乐路88弄6号1204室", "no"),
        ("示范市海港区长乐路88弄6号", "unknown"),
    ):
        answer = rooms.ask(case_no=f"FW-{said}-{len(other)}", address_equals=other).json()
        assert answer["answers"] == {"address_equals": said}, other


def test_a_grant_of_a_question_alone_covers_that_question_alone(rooms):
    assert rooms.ask(NARROW, age_over=16).json()["answers"] == {"age_over": "yes"}
    said = refused(rooms.ask(NARROW, age_over=16, holder_is="某某"), 403, "field-not-granted")
    assert said["paths"] == ["holder_is"]
    assert records(rooms.house)[0]["refused"] == "field-not-granted"


def test_guessing_ends_after_five_questions_in_a_case_and_twenty_in_all(rooms):
    for number in range(5):
        assert rooms.ask(address_equals=f"梧桐路{number}号").status_code == 200
    refused(rooms.ask(address_equals="梧桐路6号"), 429, "rate-limited")
    assert records(rooms.house)[0]["refused"] == "rate-limited"
    assert rooms.ask(valid_on="2026-12-01").status_code == 200  # there is nothing to guess
    assert rooms.ask(NARROW, age_over=16).status_code == 200  # another client's own questions
    for number in range(15):
        assert rooms.ask(case_no=f"FW-{number + 2}", age_over=20 + number).status_code == 200
    refused(rooms.ask(case_no="FW-99", holder_is="某某"), 429, "rate-limited")
    rooms.house.clock.skip(timedelta(days=31))
    assert rooms.ask(address_equals="梧桐路6号").status_code == 200


def test_of_a_revoked_certificate_it_is_said_only_that_it_is_not_valid(rooms):
    become(rooms.house, rooms.held, Status.REVOKED)
    assert rooms.ask(valid_on="2026-12-01").json()["answers"] == {"valid_on": "no"}
    refused(rooms.ask(valid_on="2026-12-01", age_over=18), 409, "certificate-revoked")


def test_another_person_is_not_talked_about(rooms):
    refused(rooms.ask(age_over=18, subject=ZHOU.id_number), 409, "subject-mismatch")
    refused(rooms.ask(ref="2" * 20, age_over=18), 404, "not-found")


@pytest.mark.parametrize(
    "predicates",
    [
        {},
        {"age_over": 0},
        {"age_over": 151},
        {"valid_on": "soon"},
        {"holder_is": ""},
        {"address_equals": "x" * 201},
        {"address_equals": "\u202e"},
        {"more": 1},
    ],
)
def test_a_question_that_is_none_changes_nothing(rooms, predicates):
    before = len(records(rooms.house))
    refused(rooms.ask(**predicates), 422, "invalid-request")
    assert len(records(rooms.house)) == before


@pytest.mark.parametrize("state", ["suspended", "retired", "draft"])
def test_a_purpose_that_stands_no_more_asks_nothing_with_a_token_from_before(rooms, state):
    http = service(rooms.house, OFFICE, rooms.keys[OFFICE], FIELDS)
    with rooms.house.archive.writing() as books:
        books.connection.execute(text(f"UPDATE purposes SET state = '{state}'"))
    sent = body(OFFICE, [], case_no="FW-9", predicates={"valid_on": "2026-12-01"})
    del sent["fields"]
    answer = http.post(f"/v1/certificates/{rooms.held.ref}:verify", json=sent)
    assert refused(answer, 403, "insufficient-purpose")["cause"] == "purpose_inactive"


def test_on_the_ground_of_consent_even_a_yes_or_no_needs_one(rooms):
    http = service(rooms.house, OFFICE, rooms.keys[OFFICE], FIELDS)
    request = PullRequest(
        ref=rooms.held.ref,
        purpose_id="p",
        matter_code="m",
        case_no="FW-2",
        fields=["valid_on"],
        subject_type=HOLDER.id_type,
        subject_number=HOLDER.id_number,
        operator=Operator("1"),
    )
    token = http.headers["Authorization"].partition(" ")[2]
    opened = rooms.house.resource_gate.mint.open(token, rooms.house.clock.now()).service
    on_consent = replace(opened, legal_basis={"kind": "consent", "ref": "r"})
    asked = replace(request, purpose_id=on_consent.purpose_id, matter_code=on_consent.matter_code)
    with pytest.raises(ConsentRequiredError):
        rooms.house.verify_desk.answer(
            on_consent, Question(asked=asked, valid_on=date(2026, 12, 1))
        )
    (entry,) = records(rooms.house)[:1]
    assert (entry["kind"], entry["fields"]) == ("verify", [])
    assert entry["refused"] == "consent-required"
