from datetime import timedelta

from tests.unit.certstore.codes.sealed_house import NOW
from verifiers.scanning.replay import ScannerMemory, Showing

MINUTE = timedelta(minutes=1)
ONE, TWO = Showing("MB0T00015", b"1" * 8), Showing("MB0T00015", b"2" * 8)


def test_a_showing_is_new_once_until_it_is_dead():
    memory = ScannerMemory()
    assert memory.first_time(ONE, until=NOW + MINUTE, now=NOW) is True
    assert memory.first_time(ONE, until=NOW + MINUTE, now=NOW + MINUTE) is False
    assert memory.first_time(TWO, until=NOW + MINUTE, now=NOW) is True
    assert memory.first_time(ONE, until=NOW + 3 * MINUTE, now=NOW + 2 * MINUTE) is True


def test_the_same_cti_of_another_issuer_or_moment_or_nonce_is_another_showing():
    memory = ScannerMemory()
    others = (
        Showing("MB0T00023", ONE.cti),
        Showing(ONE.issuer, ONE.cti, 15),
        Showing(ONE.issuer, ONE.cti, 15, b"nonce678"),
    )
    for showing in (ONE, *others):
        assert memory.first_time(showing, until=NOW + MINUTE, now=NOW) is True


def test_a_full_memory_says_so_and_forgets_nothing_that_lives():
    memory = ScannerMemory(capacity=1)
    assert memory.first_time(ONE, until=NOW + MINUTE, now=NOW) is True
    assert memory.first_time(TWO, until=NOW + MINUTE, now=NOW) is None
    assert memory.first_time(ONE, until=NOW + MINUTE, now=NOW) is False
    assert memory.first_time(TWO, until=NOW + 3 * MINUTE, now=NOW + 2 * MINUTE) is True
