"""The desks of sharing: tokens, pulls in every form, grounds, the citizen's side, other cities."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from certstore.authorization.access_token import TOKEN_LIFETIME_S, TokenMint
from certstore.authorization.client_keys import ClientKeyDesk
from certstore.authorization.debugging import DebugDesk
from certstore.authorization.details import USABLE
from certstore.authorization.metadata import MetadataDesk
from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import TokenDesk
from certstore.cases.desk import CaseDesk
from certstore.consent.desk import ConsentDesk
from certstore.consent.request_desk import ConsentRequestDesk
from certstore.counter.desk import CounterDesk
from certstore.disputes.answering import AnswerDesk
from certstore.disputes.desk import DisputeDesk
from certstore.entrustment.code_desk import UseCodeDesk
from certstore.entrustment.desk import EntrustmentDesk
from certstore.federation.desk import FederationDesk
from certstore.federation.peer_line import PeerLine
from certstore.key_rotation import KeySuccession
from certstore.keys import Purpose
from certstore.questions.desk import QuestionDesk
from certstore.service.answer_forms import form_desk
from certstore.service.ground_floor import GroundFloor
from certstore.service.passphrase import passphrase
from certstore.service.peer_file import open_peer_lines
from certstore.sharing.desk import SharingDesk
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.verify_desk import VerifyDesk
from verifiers.materials.addresses import same_place


class SharingFloor(GroundFloor):
    """Tokens, pulls, and what citizens say to them."""

    @cached_property
    def token_desk(self) -> TokenDesk:
        """Access tokens, given."""
        usable = USABLE | ({"approved"} if self.demonstration else set())
        return TokenDesk(
            archive=self.archive, mint=self.token_mint, clock=self.clock, usable=usable
        )

    @cached_property
    def token_keys(self) -> KeySuccession:
        """The keys that sign access tokens, one after the other."""
        lifetime = timedelta(seconds=TOKEN_LIFETIME_S)
        return KeySuccession(self.keys, passphrase(self.settings), Purpose.TOKEN, lifetime)

    @cached_property
    def token_mint(self) -> TokenMint:
        """Writes and opens access tokens."""
        return TokenMint(self.token_keys, self.settings.public_url)

    @cached_property
    def resource_gate(self) -> ResourceGate:
        """Access tokens, used."""
        return ResourceGate(archive=self.archive, mint=self.token_mint, clock=self.clock)

    @cached_property
    def token_standing_desk(self) -> TokenStandingDesk:
        """Access tokens, asked about and revoked."""
        return TokenStandingDesk(
            archive=self.archive, mint=self.token_mint, tokens=self.token_desk, clock=self.clock
        )

    @cached_property
    def client_key_desk(self) -> ClientKeyDesk:
        """The keys that clients sign with."""
        return ClientKeyDesk(archive=self.archive)

    @cached_property
    def debug_desk(self) -> DebugDesk:
        """Why a token is refused."""
        return DebugDesk(archive=self.archive, tokens=self.token_desk, clock=self.clock)

    @cached_property
    def metadata_desk(self) -> MetadataDesk:
        """What machines read about the token endpoints."""
        return MetadataDesk(
            tokens=self.token_desk,
            standing=self.token_standing_desk,
            keys=self.token_keys,
            clock=self.clock,
        )

    @cached_property
    def sharing_desk(self) -> SharingDesk:
        """Pulls."""
        return SharingDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            gate=self.resource_gate,
            forms=self.form_desk,
        )

    @cached_property
    def peer_lines(self) -> Mapping[str, PeerLine]:
        """Lines to other cities; none where no file names any."""
        s = self.settings
        return open_peer_lines(s.peers_file, passphrase(s), s.public_url, self.clock)

    @cached_property
    def federation_desk(self) -> FederationDesk:
        """Pulls from other cities."""
        return FederationDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            lines=self.peer_lines,
        )

    @cached_property
    def verify_desk(self) -> VerifyDesk:
        """Yes-or-no questions."""
        return VerifyDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            same_place=same_place,
        )

    @cached_property
    def form_desk(self) -> FormDesk:
        """Forms of an answer; the floor with the press makes copies, too."""
        return form_desk(self, None)

    @cached_property
    def case_desk(self) -> CaseDesk:
        """What an agency did under a case number."""
        return CaseDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
        )

    @cached_property
    def counter_desk(self) -> CounterDesk:
        """Pulls by clerks of agencies without a system of their own."""
        return CounterDesk(archive=self.archive, sharing=self.sharing_desk, cases=self.case_desk)

    @cached_property
    def consent_request_desk(self) -> ConsentRequestDesk:
        """Consent, asked for by services."""
        return ConsentRequestDesk(
            archive=self.archive,
            clock=self.clock,
            issuer=self.settings.public_url,
            demonstration=self.demonstration,
        )

    @cached_property
    def consent_desk(self) -> ConsentDesk:
        """Consent, given and taken back by holders."""
        return ConsentDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def question_desk(self) -> QuestionDesk:
        """Questions about accesses."""
        return QuestionDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def dispute_desk(self) -> DisputeDesk:
        """Disputes, for whose records they are about."""
        return DisputeDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def answer_desk(self) -> AnswerDesk:
        """Disputes, for the authorities that answer them."""
        return AnswerDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def entrustment_desk(self) -> EntrustmentDesk:
        """Entrusting certificates."""
        return EntrustmentDesk(
            archive=self.archive, clock=self.clock, origin=self.settings.ledger_origin
        )

    @cached_property
    def use_code_desk(self) -> UseCodeDesk:
        """Codes for one use."""
        return UseCodeDesk(
            archive=self.archive, clock=self.clock, origin=self.settings.ledger_origin
        )

    def close(self) -> None:
        """Give back connections and files, and the lines to other cities."""
        if "peer_lines" in self.__dict__:  # asked for
            for line in self.peer_lines.values():
                line.close()
        super().close()
