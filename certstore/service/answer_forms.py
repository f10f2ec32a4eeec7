"""In which forms this house answers pulls: put together from keys, stores and the press."""

from typing import TYPE_CHECKING

from certstore.keys import Purpose
from certstore.sharing.copies import CopyMaker
from certstore.sharing.credentials import CredentialMaker
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.own_copies import OwnCopyDesk
from issuance.annotated_copies import AnnotatedCopies
from issuance.document.copy_press import CopyPress

if TYPE_CHECKING:
    from certstore.service.issuing_floor import IssuingFloor
    from certstore.service.sharing_floor import SharingFloor


def form_desk(house: "SharingFloor", copy_maker: CopyMaker | None) -> FormDesk:
    """Documents and credentials of what was granted."""
    return FormDesk(
        archive=house.archive,
        objects=house.objects,
        clock=house.clock,
        credentials=_credentials(house),
        public_url=house.settings.public_url,
        copies=copy_maker,
    )


def copies(house: "IssuingFloor") -> CopyMaker:
    """Annotated copies, from the press; the fonts are opened when the first is made."""
    return AnnotatedCopies(
        press=CopyPress(fonts=house.fonts, signer=house.keys.signer(Purpose.DOCUMENT)),
        authority=house.authority,
        public_url=house.settings.public_url,
        specimen=house.keys.demonstration,
    )


def own_copy_desk(house: "IssuingFloor") -> OwnCopyDesk:
    """Annotated copies for holders, from the same press."""
    return OwnCopyDesk(
        archive=house.archive,
        objects=house.objects,
        clock=house.clock,
        credentials=_credentials(house),
        copies=copies(house),
        origin=house.settings.ledger_origin,
    )


def _credentials(house: "SharingFloor") -> CredentialMaker:
    return CredentialMaker(
        objects=house.objects,
        signer=house.keys.signer(Purpose.CREDENTIAL),
        issuer=house.settings.public_url,
        specimen=house.keys.demonstration,
    )
