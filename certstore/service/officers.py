"""What seals, and the desks of officers and of commitment letters: put together for the house."""

from datetime import timedelta
from typing import TYPE_CHECKING

from certstore.keys import Purpose
from issuance.bulk.desk import BulkDesk
from issuance.claims.desk import ClaimDesk
from issuance.document.attestation_press import AttestationPress
from issuance.document.layout import A4_VOUCHER
from issuance.document.letter_press import LetterPress
from issuance.document.permit_press import PermitPress
from issuance.document.press import Press
from issuance.findings.desk import FindingDesk
from issuance.four_eyes.desk import SecondDesk
from issuance.four_eyes.proposing import FourEyes
from issuance.four_eyes.rules import bundled_rules, read_rules
from issuance.letters.desk import LetterDesk
from issuance.looks import Lookers
from issuance.overdue.desk import OverdueDesk
from issuance.review import ReviewDesk
from issuance.sealing import Sealer

if TYPE_CHECKING:
    from certstore.service.issuing_floor import IssuingFloor


def sealer(house: "IssuingFloor") -> Sealer:
    """Signs what is issued."""
    document = house.keys.signer(Purpose.DOCUMENT)
    return Sealer(
        press=Press(layout=A4_VOUCHER, fonts=house.fonts, signer=document),
        permit_press=PermitPress(fonts=house.fonts, signer=document),
        letter_press=LetterPress(fonts=house.fonts, signer=document),
        attestation_press=AttestationPress(fonts=house.fonts, signer=document),
        fonts=house.fonts,
        code_signer=house.keys.signer(Purpose.CODE),
        credential_signer=house.keys.signer(Purpose.CREDENTIAL),
        authority=house.authority,
        public_url=house.settings.public_url,
        specimen=house.keys.demonstration,
    )


def letter_desk(house: "IssuingFloor") -> LetterDesk:
    """Commitment letters as certificates."""
    return LetterDesk(
        archive=house.archive,
        objects=house.objects,
        sealer=house.sealer,
        statuses=house.status_desk,
        trust=house.trust_file,
        clock=house.clock,
        origin=house.settings.ledger_origin,
        city=house.settings.city,
    )


def finding_desk(house: "IssuingFloor") -> FindingDesk:
    """Letters found false."""
    return FindingDesk(archive=house.archive, clock=house.clock, lookers=lookers(house))


def review_desk(house: "IssuingFloor") -> ReviewDesk:
    """Reviews."""
    return ReviewDesk(
        archive=house.archive,
        issuance=house.issuance_desk,
        checklist=house.checklist_desk,
        findings=house.finding_desk,
        conduct=house.conduct,
        clock=house.clock,
        lookers=lookers(house),
        claims=house.claim_desk,
        four_eyes=four_eyes(house),
    )


def claim_desk(house: "IssuingFloor") -> ClaimDesk:
    """Cases in officers' hands."""
    life = timedelta(minutes=house.settings.desk_claim_minutes)
    return ClaimDesk(archive=house.archive, clock=house.clock, life=life)


def four_eyes(house: "IssuingFloor") -> FourEyes:
    """Which decisions two officers make; a file that cannot be read is told at the start."""
    own = house.settings.four_eyes_file
    return FourEyes(bundled_rules() if own is None else read_rules(own.read_text("utf-8")))


def second_desk(house: "IssuingFloor") -> SecondDesk:
    """Second officers."""
    return SecondDesk(reviewing=house.review_desk)


def bulk_desk(house: "IssuingFloor") -> BulkDesk:
    """Approving together."""
    return BulkDesk(reviewing=house.review_desk)


def overdue_desk(house: "IssuingFloor") -> OverdueDesk:
    """What is late."""
    after = house.settings.desk_raise_after_days
    return OverdueDesk(
        archive=house.archive, calendar=house.calendar, clock=house.clock, after=after
    )


def lookers(house: "IssuingFloor") -> Lookers:
    """How a look of an officer is recorded."""
    return Lookers(house.settings.ledger_origin, house.settings.authority_uscc)
