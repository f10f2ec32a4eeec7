"""What seals, and the desks of officers and of commitment letters: put together for the house."""

from typing import TYPE_CHECKING

from certstore.keys import Purpose
from issuance.document.attestation_press import AttestationPress
from issuance.document.layout import A4_VOUCHER
from issuance.document.letter_press import LetterPress
from issuance.document.press import Press
from issuance.findings.desk import FindingDesk
from issuance.letters.desk import LetterDesk
from issuance.looks import Lookers
from issuance.review import ReviewDesk
from issuance.sealing import Sealer

if TYPE_CHECKING:
    from certstore.service.issuing_floor import IssuingFloor


def sealer(house: "IssuingFloor") -> Sealer:
    """Signs what is issued."""
    document = house.keys.signer(Purpose.DOCUMENT)
    return Sealer(
        press=Press(layout=A4_VOUCHER, fonts=house.fonts, signer=document),
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
        calendar=house.calendar,
        clock=house.clock,
        lookers=lookers(house),
    )


def lookers(house: "IssuingFloor") -> Lookers:
    """How a look of an officer is recorded."""
    return Lookers(house.settings.ledger_origin, house.settings.authority_uscc)
