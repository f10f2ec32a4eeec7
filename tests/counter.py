"""Somebody at a counter: their card compared, their application taken in; over HTTP or not."""

from certstore.callers import Officer
from certstore.service.wiring import House
from issuance.application import Application, Matter
from issuance.counter.presence import Arrival
from issuance.counter.visit import Visit
from tests.residents import GAO, PEOPLE, REGISTRATION, Browser, answers_of

CARD = "resident_identity_card"
ELSEWHERE = Officer("苏民警", "2001", "海港派出所")


def arrival(key: str, **changes: object) -> Arrival:
    """What an officer types of somebody's card."""
    person = PEOPLE[key]
    said = {
        "name": person["name"],
        "id_number": person["id_number"],
        "document": CARD,
        "compared": True,
    }
    return Arrival(**{**said, **changes})


def here(house: House, key: str, officer: Officer = GAO) -> Visit:
    """Somebody whose card was compared just now."""
    return house.presence_desk.arrive(officer, arrival(key))


def begun(
    house: House,
    key: str,
    matter: Matter = REGISTRATION,
    home: str | None = "declares",
    officer: Officer = GAO,
) -> Application:
    """A draft taken in at the counter, with its questions answered."""
    visit = here(house, key, officer)
    draft = house.intake_desk.begin(officer, visit.ref, matter)
    if home is None:
        return draft
    return house.intake_desk.answer(officer, draft.ref, answers_of(PEOPLE[key][home]))


def sent(house: House, ref: str, officer: Officer = GAO) -> Application:
    """It, sent as it stands."""
    desk = house.intake_desk
    return desk.submit(officer, ref, desk.look(officer, ref).seal)


def arrived(browser: Browser, key: str, **changes: str) -> str:
    """The path of the page of somebody whose card was compared, over HTTP."""
    person = PEOPLE[key]
    form = {
        "person_name": person["name"],
        "person_number": person["id_number"],
        "identity_document": CARD,
        "identity_checked": "yes",
    }
    answer = browser.post("/desk/counter", **{**form, **changes})
    assert answer.status_code == 303, answer.text[:3000]
    return answer.headers["location"]
