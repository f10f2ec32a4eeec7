"""A help desk as an installation has it, with the workflows of the matters."""

from datetime import UTC, datetime

import pytest

from certstore.clock import MovedClock
from certstore.service.guide_figures import MatterFigures
from issuance.guides.desk import GuideDesk
from issuance.matters.endorsement.rules import load_rules as endorsing
from verifiers.materials.rules import load_rules

TODAY = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


def desk_on(moment=TODAY, *, rules=None, grace_from=None, matters=True):
    told = MatterFigures(rules=endorsing(grace_from), lease_open_days=15)
    return GuideDesk(
        rules=rules or load_rules(),
        clock=MovedClock(moment),
        sources=(told.on,) if matters else (),
    )


@pytest.fixture(scope="session")
def help_desk():
    return desk_on()
