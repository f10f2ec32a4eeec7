"""What tests of letters share: applications that lean on one, and the letters of a person."""

from dataclasses import replace

from certstore.service.wiring import House
from issuance.application import Answers, Application
from issuance.letters.tables import LETTER
from tests.residents import ADDRESS_CHANGE, PEOPLE, REGISTRATION, answers_of, resident, verify_face

WHO = "lin_xiaohe"  # lives in the flat her mother rents
LIN = resident(WHO)
UNSURE = "望江路东段188弄6号1203室"  # may be another place than the one on file


def letters(house: House, key: str = WHO):
    """Every letter of somebody, newest first."""
    holder = resident(key).holder
    with house.archive.reading() as books:
        held = books.register.held_by(holder.id_type, holder.id_number)
    return [c for c in held if c.sealed and c.type_code == LETTER]


def certificates(house: House, key: str = WHO):
    """Every voucher of somebody, newest first."""
    holder = resident(key).holder
    with house.archive.reading() as books:
        held = books.register.held_by(holder.id_type, holder.id_number)
    return [c for c in held if c.sealed and c.type_code == "residence_voucher"]


def signed(house: House, matter=REGISTRATION, **changes: object) -> Application:
    """A draft at her mother's, its letter signed, nothing submitted."""
    desk = house.apply_desk
    ref = desk.begin(LIN, matter).ref
    at_home: Answers = answers_of(PEOPLE[WHO]["declares"])
    desk.answer(LIN, ref, replace(at_home, **changes))
    verify_face(house, WHO, ref)
    if desk.check(LIN, ref).asks_for_letter:
        desk.sign(LIN, ref, LIN.holder.name)
    return desk.get(LIN, ref)


def handed_in(house: House, matter=REGISTRATION, **changes: object) -> Application:
    """An application at her mother's, submitted."""
    return house.apply_desk.submit(LIN, signed(house, matter, **changes).ref)


def moved_away_and_back(house: House) -> tuple[Application, Application]:
    """Registered at her mother's, moved to a flat of her own, and back: leaning on the letter."""
    first = handed_in(house)
    desk = house.apply_desk
    ref = desk.begin(LIN, ADDRESS_CHANGE).ref
    desk.answer(LIN, ref, answers_of(PEOPLE[WHO]["moves_to"]))
    verify_face(house, WHO, ref)
    desk.submit(LIN, ref)
    return first, handed_in(house, ADDRESS_CHANGE)
