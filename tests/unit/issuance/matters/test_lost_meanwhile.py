"""What is lost while its holder moves: the card stays lost, a voucher is another document."""

import pytest

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError
from issuance.application import Matter, State
from tests.residents import GAO, LI, resident, submitted, vouchers
from tests.unit.issuance.matters.test_permit import permit_asked, permits, registered

WHO = "lin_xiaohe"


def test_a_new_address_leaves_the_card_lost_and_makes_another_voucher(house):
    registered(house, WHO)
    house.review_desk.approve(GAO, permit_asked(house, WHO).ref)
    me, desk = resident(WHO), house.loss_desk
    (card,), (paper,) = permits(house, WHO), vouchers(house, WHO)
    reported = desk.report(me, card.ref).loss
    desk.report(me, paper.ref)
    moved = submitted(house, WHO, Matter.ADDRESS_CHANGE, "moves_to")
    if moved.state is not State.ISSUED:
        judged = {d.material.value: "yes" for d in house.review_desk.to_judge(moved)[1]}
        house.review_desk.approve(LI, moved.ref, judged)
    house.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    now = {c.version: c for c in permits(house, WHO)}
    assert (now[1].status, now[2].status) == (Status.SUPERSEDED, Status.LOST)
    assert desk.state(me, now[2].ref).loss.placed_at == reported.placed_at
    papers = {c.version: c.status for c in vouchers(house, WHO)}
    assert papers == {1: Status.SUPERSEDED, 2: Status.VALID}
    for former in (card, paper):
        with pytest.raises(CertificateRevokedError):
            desk.lift(me, former.ref)
    assert desk.lift(me, now[2].ref).status is Status.VALID
