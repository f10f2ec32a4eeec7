"""What of records is read, how often, and what of it the person is told."""

from dataclasses import dataclass, field, replace

import pytest

from certstore.errors import MalformedError
from tests.unit.verifiers.matters.cases import (
    CHILD,
    FATHER,
    STRANGER,
    document,
    evidence,
    facts,
    material,
    matter,
    record,
)
from verifiers.materials.persons import Person
from verifiers.materials.vocabulary import RecordType
from verifiers.matters.comparing import Comparing
from verifiers.matters.conditions import HolderIs
from verifiers.matters.day_conditions import Remaining
from verifiers.matters.declared import Who
from verifiers.matters.finding import HOLDS
from verifiers.matters.judging import judge_matter
from verifiers.matters.matter import MOST_CONDITIONS, MOST_PIECES, AgencyMatter, Evidence

PROPERTY = "property_certificate"
HOME = "示范市海港区长乐路88弄6号1203室"
IN_DISTRICT = {"is": "district", "parameter": "district"}
AT_HOME = {"is": "address", "parameter": "home"}
TOLD = {"district": "海港区", "home": HOME}
HELD = record(PROPERTY, claims={"address": HOME, "kind": "house"})


def judged(*materials, on_file=(HELD,), **case):
    return judge_matter(matter(*materials), facts(*on_file, **{"parameters": TOLD, **case}))


def compared(answer):
    return {(c.question, c.answer, c.told) for c in answer.compared}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (IN_DISTRICT, {("district_is", "yes", "海港区")}),
        (AT_HOME, {("address_equals", "yes", HOME)}),
        ({"is": "field", "name": "kind", "equals": "house"}, {("kind", "yes", None)}),
        ({"is": "field", "name": "kind", "equals": "flat"}, {("kind", "no", None)}),
        ({"is": "field", "name": "kind", "parameter": "home"}, {("kind", "no", HOME)}),
        ({"is": "remaining", "months": 1}, {("valid_on", "yes", None)}),
        ({"is": "held_since", "since": "registered_on", "months": 6}, {("held_since", "no", None)}),
        ({"is": "held_since", "since": "issued_on", "months": 6}, set()),
        ({"is": "document_age", "at_least_months": 1}, set()),
        (
            {"is": "parent", "who": "guardian"},
            {("parent_is", "no", f"{FATHER.name}\x00{FATHER.id_number}")},
        ),
        ({"is": "age", "of": "subject", "at_least": 6}, set()),
    ],
)
def test_what_was_compared_is_told_with_its_answer(condition, found):
    assert compared(judged(material([evidence(PROPERTY, condition)]))) == found


def test_where_only_a_person_can_tell_the_answer_is_unknown():
    vague = record(PROPERTY, claims={"address": "示范市海港区长乐路88弄6号"})
    answer = judged(material([evidence(PROPERTY, AT_HOME)]), on_file=[vague])
    assert compared(answer) == {("address_equals", "unknown", HOME)}


def test_of_somebody_elses_record_nothing_more_is_read():
    others = record(PROPERTY, holders=(STRANGER,), claims={"address": HOME})
    answer = judged(material([evidence(PROPERTY, IN_DISTRICT, AT_HOME)]), on_file=[others])
    assert compared(answer) == set()


def test_a_name_that_does_not_agree_is_a_guess():
    other = Person("何雨", CHILD.id_type, CHILD.id_number)
    answer = judged(material([evidence(PROPERTY)]), subject=other)
    assert compared(answer) == {("holder_is", "no", "何雨")}


def test_what_is_not_granted_is_not_read():
    proof = material([evidence(PROPERTY, IN_DISTRICT)])
    bare = {RecordType.PROPERTY: frozenset({"address_equals"})}
    answer = judged(proof, granted=bare)
    assert compared(answer) == set()
    assert [r.value for r in answer.materials[0].reasons] == ["PURPOSE_NOT_ALLOWED"]
    for path in ("district_is", "residence_district", "address", "residence_address"):
        enough = {RecordType.PROPERTY: frozenset({path})}
        assert compared(judged(proof, granted=enough)) == {("district_is", "yes", "海港区")}


def test_what_comes_after_proof_that_serves_is_not_read():
    answer = judged(material([evidence(PROPERTY)], [evidence(PROPERTY, IN_DISTRICT)]))
    assert compared(answer) == set()


@dataclass(frozen=True)
class Counted:
    """A condition that says how often it was judged."""

    calls: list = field(default_factory=list, compare=False)

    @property
    def reads(self):
        return ()

    def judge(self, record, _facts):
        self.calls.append(record.record_id)
        return HOLDS


def test_a_condition_is_judged_once_of_each_record():
    counted, case = Counted(), facts(HELD, record(PROPERTY, record_id="another"))
    bench = Comparing.of(case)
    for n in range(1, 5):  # other evidence each time, the same condition
        piece = Evidence(RecordType.PROPERTY, (HolderIs(Who.SUBJECT), Remaining(n), counted))
        assert len(list(bench.meant(piece))) == 2
        bench = bench.again(replace(case))
    assert sorted(counted.calls) == ["another", "r-property_certificate"]


# -- sizes ---------------------------------------------------------------------------------


def refused(*materials, **changes):
    with pytest.raises(MalformedError) as found:
        AgencyMatter.read(document(*materials, **changes))
    assert found.value.where == "matter.materials"
    return found.value.detail


def parameters(count):
    titles = {"title_zh": "住址", "title_en": "Home"}
    return [{"name": f"home_{n}", "kind": "text", **titles} for n in range(count)]


def test_a_matter_has_so_many_pieces_and_conditions_and_no_more():
    one = [evidence(PROPERTY)]
    full = [material(*[one] * 10, code=f"m{n}") for n in range(6)]
    AgencyMatter.read(document(*full))
    assert str(MOST_PIECES) in refused(*full, material(one, code="more"))
    nine = [{"is": "remaining", "months": n} for n in range(1, 10)]
    full = [material(*[[evidence(PROPERTY, *nine)]] * 10, code=f"m{n}") for n in range(2)]
    AgencyMatter.read(document(*full))
    assert str(MOST_CONDITIONS) in refused(*full, material(one, code="more"))


@pytest.mark.parametrize(("word", "most"), [("address", 2), ("district", 5)])
def test_a_case_cannot_bring_many_values_to_compare(word, most):
    def asking(count):
        conditions = [{"is": word, "parameter": f"home_{n}"} for n in range(count)]
        return material([evidence(PROPERTY, *conditions)])

    AgencyMatter.read(document(asking(most), parameters=parameters(most)))
    assert str(most) in refused(asking(most + 1), parameters=parameters(most + 1))


def test_an_address_is_not_compared_as_a_text():
    for name in ("address", "residence_address"):
        condition = {"is": "field", "name": name, "equals": HOME}
        with pytest.raises(MalformedError) as found:
            AgencyMatter.read(document(material([evidence(PROPERTY, condition)])))
        assert found.value.remedy == "use the condition address or district"
