"""Storage keys of a house of its own: made beside the others, added, and never by themselves."""

import pytest

from certstore.errors import CertstoreError, NotFoundError
from certstore.safekeeping import key_ids
from certstore.service.worker import Worker
from tests.integration.test_production_keys import prepared, run
from tests.integration.test_production_keys import production as production


def made(folder):
    assert run("keys", "root", str(folder / "offline")).exit_code == 0
    assert run("keys", "make", "--root", str(folder / "offline")).exit_code == 0


def test_the_first_is_made_with_the_others_and_a_further_one_on_request(production):
    made(production)
    (first,) = key_ids(production / "keys")
    again = run("keys", "make", "--root", str(production / "offline"))
    assert again.exit_code == 0
    assert key_ids(production / "keys") == [first]
    added = run("keys", "storage")
    assert added.exit_code == 0
    assert key_ids(production / "keys")[0] == first
    second = key_ids(production / "keys")[1]
    assert second in added.output
    listed = run("keys", "list").output
    assert listed.index(first) < listed.index(second)
    house = prepared(production)
    assert house.safe.newest == second
    house.close()


def test_without_one_nothing_is_taken_and_all_else_goes_on(production):
    made(production)
    (production / "keys" / "storage-001.key.json").unlink()
    house = prepared(production)
    with pytest.raises(NotFoundError) as missing:
        _ = house.upload_desk
    assert "certstore keys storage" in missing.value.remedy
    worker = Worker(house)
    worker.once()  # the other jobs are done, this one is put off
    with pytest.raises(CertstoreError):
        worker.erase_uploads()
    assert house.ledger_desk.latest()
    assert key_ids(production / "keys") == []
    house.close()
