"""Several matters in one go: who does what, and the walks up to the one click that submits."""

from dataclasses import replace
from datetime import timedelta

from certstore.chance import reference
from face_auth.sandbox import Behaviour
from issuance.application import Child, Matter, State
from issuance.joint.choosing import PERMIT, REGISTRATION
from tests.guardians import DAUGHTER, FATHER, number
from tests.matters import FATHER as FATHERS_RECORD
from tests.matters import filed
from tests.residents import EVERYWHERE, PEOPLE, answers_of, resident, submitted

YEAR = timedelta(days=365)
SON = Child("何雨泽", number("20210812"), "parent", consented=True)


def with_history(house, key: str = "chen_yiming") -> None:
    """Somebody whose registration of a year ran out yesterday: half a year is full."""
    former = submitted(house, key)
    if former.state is not State.ISSUED:
        house.review_desk.approve(EVERYWHERE, former.ref, {"dwelling": "yes"})
    house.clock.skip(YEAR)


def verify(house, me, ref: str) -> None:
    """Pass the sandbox's face verification for one application of a joint submission."""
    challenge = house.apply_desk.verify_face(me, ref, f"/applications/{ref}/face")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], Behaviour.PASS)
    house.face_desk.accept(ending.token, me.account)


def begun(house, key: str = "chen_yiming", matters=(REGISTRATION, PERMIT), **changes) -> str:
    """A joint submission whose home is answered and whose applicant's face is verified, once."""
    me, desk = resident(key), house.joint_desk
    ref = desk.begin(me, matters)
    first = member(house, key, ref).ref
    house.apply_desk.answer(me, first, replace(answers_of(PEOPLE[key]["declares"]), **changes))
    verify(house, me, first)
    return ref


def member(house, key: str, ref: str, matter: Matter = REGISTRATION, child: str = ""):
    """One application of it, as it stands."""
    found = [m.application for m in house.joint_desk.get(resident(key), ref).members]
    (one,) = (a for a in found if a.matter is matter and a.answers.subject_key == child)
    return one


def family(house) -> str:
    """A father and two children, the home answered once and one face verified."""
    with house.archive.reading() as books:
        held = books.register.held_by("111", DAUGHTER.id_number)
    photo = next(c for c in held if c.type_code == "id_photo")
    son = {"name": SON.name, "id_number": SON.id_number}
    parents = [{"id_type": "111", **FATHERS_RECORD}]
    filed(house, "birth_certificate", son, parents=parents)
    taken = replace(photo, ref=reference(), holders=(SON.holder,), record_id=reference())
    with house.archive.writing() as books:
        assert books.register.hand_in(taken)
    ref = house.joint_desk.begin(FATHER, (REGISTRATION,))
    for child in (DAUGHTER, SON):
        house.joint_desk.add_child(FATHER, ref, child)
    own = member(house, "he_zhiyuan", ref)
    house.apply_desk.answer(FATHER, own.ref, answers_of(PEOPLE["he_zhiyuan"]["declares"]))
    verify(house, FATHER, own.ref)
    return ref


def states(house, key: str, ref: str) -> dict[tuple[str, str], str]:
    """Where each application of it stands."""
    found = [m.application for m in house.joint_desk.get(resident(key), ref).members]
    return {(a.matter.value, a.answers.subject_key): a.state.value for a in found}


def told(house, me) -> list[str]:
    """The kinds of the notices in somebody's inbox, the newest first."""
    return [notice.kind for notice in house.holdings_desk.notices(me)]
