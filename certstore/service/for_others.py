"""Sealing for enrolled authorities: each with keys of its own, put together for the house."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from certstore.authority import AuthorityName
from certstore.errors import UnavailableError
from certstore.keys import KeySigner, Purpose
from issuance.document.attestation_press import AttestationPress
from issuance.document.layout import A4_VOUCHER
from issuance.document.letter_press import LetterPress
from issuance.document.permit_press import PermitPress
from issuance.document.press import Press
from issuance.for_others.desk import ForOthersDesk
from issuance.for_others.making import Maker
from issuance.sealing import Sealer

if TYPE_CHECKING:
    from certstore.service.issuing_floor import IssuingFloor


class IssuerSealers:
    """The sealer of each authority: the house's own, or one with the authority's keys."""

    def __init__(self, house: "IssuingFloor") -> None:
        """Nothing is opened before an authority issues."""
        self._house = house
        self._lock = threading.Lock()
        self._made: dict[AuthorityName, Sealer] = {}

    def __call__(self, issuer: AuthorityName) -> Sealer:
        """The sealer; UnavailableError if the key folder lacks the authority's keys."""
        if issuer.uscc == self._house.authority.uscc:
            return self._house.sealer
        with self._lock:
            if issuer not in self._made:
                self._made[issuer] = self._make(issuer)
            return self._made[issuer]

    def _make(self, issuer: AuthorityName) -> Sealer:
        document, fonts = self._key(issuer, Purpose.DOCUMENT), self._house.fonts
        return replace(
            self._house.sealer,
            press=Press(layout=A4_VOUCHER, fonts=fonts, signer=document),
            permit_press=PermitPress(fonts=fonts, signer=document),
            letter_press=LetterPress(fonts=fonts, signer=document),
            attestation_press=AttestationPress(fonts=fonts, signer=document),
            code_signer=self._key(issuer, Purpose.CODE),
            credential_signer=self._key(issuer, Purpose.CREDENTIAL),
            authority=issuer,
            sealed_by=self._house.authority,
        )

    def _key(self, issuer: AuthorityName, purpose: Purpose) -> KeySigner:
        found = self._house.issuer_keys.find(issuer.uscc, purpose)
        if found is None:
            raise UnavailableError(
                "the key folder lacks a key of this authority",
                where=purpose,
                remedy="make its keys with `certstore issuers enrol`",
            )
        return found


def for_others_desk(house: "IssuingFloor") -> ForOthersDesk:
    """Certificates of enrolled authorities."""
    maker = Maker(
        archive=house.archive,
        objects=house.objects,
        statuses=house.status_desk,
        sealer_for=IssuerSealers(house),
        clock=house.clock,
        origin=house.settings.ledger_origin,
    )
    return ForOthersDesk(
        archive=house.archive, maker=maker, clock=house.clock, origin=house.settings.ledger_origin
    )
