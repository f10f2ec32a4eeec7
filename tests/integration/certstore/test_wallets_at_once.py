"""Many wallets with one code, many tries at one offer: one wins, and each try is counted."""

import threading
from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from certstore.erasure import erase_person
from certstore.service.app import create_app
from certstore.tables.metadata import metadata
from certstore.wallets.metadata import PRE_AUTHORIZED
from certstore.wallets.refusal import WalletRefusedError
from certstore.wallets.tokens import MOST_TRIES
from tests.sealed import LIN, resident, voucher
from tests.wallets import Wallet

AT_ONCE = 8
TABLES = ("wallet_offers", "wallet_grants", "wallet_copies")


def wallet_of(house):
    return Wallet(house, TestClient(create_app(house), base_url=house.settings.public_url))


def rows(house, name):
    count = select(func.count()).select_from(metadata.tables[name])
    with house.archive.reading() as books:
        return books.connection.execute(count).scalar_one()


def together(act):
    """Do it in eight threads that start as one; what each got."""
    start, found = threading.Barrier(AT_ONCE), []

    def one(number):
        start.wait(30)
        try:
            found.append(act(number))
        except WalletRefusedError as refused:
            found.append(refused.error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_of_many_that_take_an_offer_at_once_one_gets_it(house):
    wallet, held = wallet_of(house), voucher(house)
    offer, digits = wallet.offer(held.ref)
    code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    desk = house.wallet_token_desk
    form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, "tx_code": digits}

    def take(number):
        with house.archive.writing() as books:
            found = desk._pre_authorized(books, form, house.clock.now())
        return "taken" if not isinstance(found, WalletRefusedError) else found.error

    found = together(take)
    assert sorted(found) == ["invalid_grant"] * (AT_ONCE - 1) + ["taken"]


def test_of_many_wrong_digits_at_once_each_is_counted(house):
    wallet, held = wallet_of(house), voucher(house)
    offer, digits = wallet.offer(held.ref)
    code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    desk = house.wallet_token_desk
    form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, "tx_code": "x"}

    def try_it(number):
        with house.archive.writing() as books:
            desk._pre_authorized(books, form, house.clock.now())

    together(try_it)
    table = metadata.tables["wallet_offers"]
    with house.archive.reading() as books:
        (row,) = books.connection.execute(select(table.c.tries, table.c.used_at)).all()
    assert (row.tries, row.used_at) == (MOST_TRIES, None)
    assert wallet.redeem(offer, digits).json()["error"] == "invalid_grant"


def test_of_many_that_ask_with_one_nonce_one_is_given_something(house):
    """Each with a proof of possession of its own, so that the nonce alone stands in the way."""
    wallet, held = wallet_of(house), voucher(house)
    assert wallet.redeem(*wallet.offer(held.ref)).status_code == 200
    nonce = wallet.c_nonce()
    bodies = [[wallet.proof(nonce)] for _ in range(AT_ONCE)]
    found = together(lambda number: wallet.ask(bodies[number]).status_code)
    assert sorted(found) == [200] + [400] * (AT_ONCE - 1)
    ((copy, _),) = house.wallet_desk.copies(resident())
    assert len(copy.key_thumbprints) == 1


def test_of_somebody_erased_nothing_is_left_and_the_token_opens_nothing(house):
    wallet, held = wallet_of(house), voucher(house)
    wallet.redeem(*wallet.offer(held.ref))
    assert wallet.ask([wallet.proof(wallet.c_nonce())]).status_code == 200
    with house.archive.writing() as books:
        person = books.people.known(LIN)
        erase_person(books, house.settings.ledger_origin, person, house.clock.now())
    assert {rows(house, name) for name in TABLES} == {0}
    assert wallet.ask([wallet.proof(wallet.c_nonce())]).status_code == 401


def test_a_pushed_request_that_nobody_took_to_a_holder_is_forgotten_when_it_is_over(house):
    wallet = wallet_of(house)
    for seconds, left in ((0, 1), (91, 0)):
        if left:
            assert wallet.push().status_code == 201
        house.clock.skip(timedelta(seconds=seconds))
        house.wallet_token_desk.forget()
        assert rows(house, "wallet_requests") == left


def test_what_is_over_is_forgotten_after_a_day_and_copies_are_not(house):
    wallet, held = wallet_of(house), voucher(house)
    wallet.redeem(*wallet.offer(held.ref))
    assert wallet.ask([wallet.proof(wallet.c_nonce())]).status_code == 200
    assert wallet.push().status_code == 201
    for hours, left in ((0, 1), (26, 0)):
        house.clock.skip(timedelta(hours=hours))
        house.wallet_token_desk.forget()
        for name in ("wallet_offers", "wallet_requests", "wallet_grants"):
            assert rows(house, name) == left, name
    assert rows(house, "wallet_copies") == 1
