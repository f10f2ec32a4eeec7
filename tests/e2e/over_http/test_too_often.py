"""What a stranger could do without an end: fill a holder's list, try numbers one by one."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from certstore.erasure import erase_person
from certstore.service.app import create_app
from certstore.tables.usage import more_scans
from tests.residents import Browser, resident, submitted, vouchers
from verifiers.scanning.telling import MOST_OF_ONE_PRINT
from verifiers.scanning.typed_numbers import MOST_OF_ALL, MOST_OF_ONE

WHO, ME = "chen_yiming", resident("chen_yiming")


@pytest.fixture
def voucher(house):
    submitted(house, WHO)
    return vouchers(house, WHO)[0]


def scans(house):
    return [u for u in house.holdings_desk.usage(ME) if u.kind == "scan"]


def presented(house, voucher):
    return house.presentation_desk.present(ME, voucher.ref)


@pytest.fixture
def often():
    """A house of its own counts: as many scanners as there are addresses."""
    return lambda house, address: TestClient(
        create_app(house), base_url=house.settings.public_url, client=(address, 4711)
    )


def test_scanning_one_print_again_and_again_does_not_fill_its_holder_s_list(house, voucher, often):
    code = house.objects.get(voucher.file("code").sha256).decode()
    one, other = often(house, "203.0.113.1"), often(house, "203.0.113.2")
    for n in range(20):
        assert verdict_of(one, code, f"door {n}") == "valid"
    pdf = house.objects.get(voucher.file("document").sha256)
    sent = one.post("/v1/verify/document", files={"file": ("x.pdf", pdf)})
    assert sent.json()["verdict"] == "valid"  # a print as well
    assert len(scans(house)) == MOST_OF_ONE_PRINT
    assert [u.more_scans for u in scans(house)] == [21 - MOST_OF_ONE_PRINT, 0, 0]
    assert verdict_of(other, code, "望江酒店") == "valid"
    assert len(scans(house)) == MOST_OF_ONE_PRINT + 1  # a real one is not lost among them
    house.clock.skip(timedelta(hours=1))
    assert verdict_of(one, code, "an hour later") == "valid"
    assert len(scans(house)) == MOST_OF_ONE_PRINT + 2
    mine = Browser(house, ME)
    listed = [u.get("more_scans", 0) for u in mine.http.get("/v1/me/usage").json()]
    assert sum(listed) == 21 - MOST_OF_ONE_PRINT
    assert "另有 18 次" in mine.get("/usage").text
    with house.archive.reading() as books:
        rows = books.connection.execute(select(more_scans)).all()
    assert len(rows) == 1
    assert "203.0.113" not in str(rows)
    with house.archive.writing() as books:
        erase_person(books, "x", books.people.known(ME.holder), house.clock.now())
        assert books.connection.execute(select(more_scans)).all() == []


def verdict_of(client, code, verifier=""):
    answer = client.post("/v1/verify/code", json={"code": code, "verifier": verifier})
    assert answer.status_code == 200, answer.text
    return answer.json()["verdict"]


def typed(client, number):
    return client.post("/v1/verify/code", json={"code": number})


def test_numbers_are_not_found_by_trying_many(house, voucher, often):
    guesser, honest = often(house, "203.0.113.1"), often(house, "203.0.113.2")
    made = presented(house, voucher)
    number = house.presentation_desk.number(ME, voucher.ref, made.cti)
    wrong = str((int(number) + 1) % 10**9).zfill(9)
    codes = [typed(guesser, wrong).status_code for _ in range(MOST_OF_ONE + 1)]
    assert codes == [200] * MOST_OF_ONE + [429]
    refused = typed(guesser, number)  # a right one is not looked at either
    assert (refused.status_code, refused.json()["cause"]) == (429, "numbers")
    assert 500 <= int(refused.headers["retry-after"]) <= 601
    assert verdict_of(guesser, made.code_text) == "valid"  # codes go on
    assert typed(honest, wrong).status_code == 200


def test_the_whole_house_looks_at_no_number_after_too_many_wrong_ones(house, voucher, often):
    made = presented(house, voucher)
    number = house.presentation_desk.number(ME, voucher.ref, made.cti)
    now = house.clock.now()
    with house.archive.writing() as books:
        for _ in range(MOST_OF_ALL):
            books.wrong_numbers.add(now)
    client = often(house, "203.0.113.9")
    assert typed(client, number).status_code == 429
    page = Browser(house, None).post("/scan", code=number)
    assert (page.status_code, "retry-after" in page.headers) == (429, True)
    assert "请对方出示二维码" in page.text
    assert verdict_of(client, made.code_text) == "valid"
    house.clock.skip(timedelta(minutes=10))
    again = presented(house, voucher)
    number = house.presentation_desk.number(ME, voucher.ref, again.cti)
    assert verdict_of(client, number) == "valid"
