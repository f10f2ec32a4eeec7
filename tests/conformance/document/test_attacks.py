"""What was done to a document is named rightly, whatever it was."""

import pytest

from tests.conformance.document.attacks.make_attacks import every_attack
from tests.unit.certstore.codes.sealed_house import NOW, house
from tests.unit.verifiers.scanning.signed_document import genuine
from verifiers.scanning.account import Finding
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.verdict import ScanResult
from verifiers.scanning.verify import verify

STATUSES = [house().status_cwt()]
TRUST = house().trust_jws()


def judged(data: bytes, opener=None) -> ScanResult:
    return verify(
        data,
        root_pem=house().root_pem,
        trust_jws=TRUST,
        status_files=STATUSES,
        at=NOW,
        opener=opener or OpenedHere(),
    )


@pytest.mark.parametrize("name", every_attack())
def test_an_attack_is_named_rightly(name):
    attack = every_attack()[name]
    data = attack.make(genuine())
    assert data != genuine()
    result = judged(data)
    account = result.document
    told = {change.kind for change in account.changes}
    assert (account.finding, result.verdict) == (attack.finding, attack.verdict), (account, result)
    assert attack.kinds <= told, told
    assert account.obstacle is attack.obstacle
    assert (account.finding is Finding.CHANGED) == bool(told)
    assert account.total_bytes == len(data)


def test_there_are_enough_attacks():
    assert len(every_attack()) >= 90
