"""A father, his daughter, and others who name her: the walk of an application for a child."""

from dataclasses import replace

from certstore.callers import Resident
from certstore.check_characters import mod_11_2
from certstore.service.wiring import House
from face_auth.sandbox import Behaviour
from issuance.application import Answers, Application, Child, Matter, Relative
from tests.residents import PEOPLE, REGISTRATION, resident

FATHER, MOTHER, STRANGER = (resident(k) for k in ("he_zhiyuan", "song_yaqin", "chen_yiming"))
DAUGHTER = Child("何雨桐", PEOPLE["he_yutong"]["id_number"], "parent", consented=True)


def number(born: str, sequence: int = 999) -> str:
    """An identity number of somebody born on that day (YYYYMMDD), whom nothing is on file about."""
    digits = f"340199{born}{sequence:03}"
    return digits + mod_11_2(digits)


def unknown_child(born: str = "20190321") -> Child:
    """A child nobody has ever heard of."""
    return Child("何雨桐", number(born), "parent", consented=True)


def home_of(guardian: Resident) -> Answers:
    """The father's flat, as the home of whoever acts."""
    said = PEOPLE["he_zhiyuan"]["declares"]
    own = Relative(guardian.holder.name, guardian.holder.id_number, "parent")
    return Answers("own", "relative", own, said["district"], said["address"])


def answered(
    house: House,
    guardian: Resident = FATHER,
    child: Child = DAUGHTER,
    matter: Matter = REGISTRATION,
    **changes: object,
) -> Application:
    """A draft for a child with every question answered."""
    desk = house.apply_desk
    ref = desk.begin(guardian, matter, child).ref
    return desk.answer(guardian, ref, replace(home_of(guardian), **changes))


def verified(
    house: House, guardian: Resident, ref: str, behaviour: Behaviour = Behaviour.PASS
) -> None:
    """The guardian's own face, verified by the sandbox."""
    challenge = house.apply_desk.verify_face(guardian, ref, f"/applications/{ref}/face")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], behaviour)
    house.face_desk.accept(ending.token, guardian.account)


def registered(house: House) -> Application:
    """The daughter's registration, applied for by her father."""
    ref = answered(house).ref
    verified(house, FATHER, ref)
    return house.apply_desk.submit(FATHER, ref)
