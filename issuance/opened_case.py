"""A case as an officer sees it: frozen values, no IO."""

from dataclasses import dataclass
from typing import Literal

from certstore.certificates import Certificate
from issuance.application import Application, Matter
from issuance.claims.claim import Claim
from issuance.findings.tables import Finding
from issuance.four_eyes.proposal import Proposal
from issuance.waiting.queue import HeldUp

Ended = Literal["withdrawn", "unanswered", "ended"]


@dataclass(frozen=True, slots=True)
class Case:
    """An application as the officer sees it, and the records its decision looked at.

    `held_up` is why an approved one has no certificate yet; `letter_ref` the letter it leans on,
    once that is issued; `false_letters` are findings about letters it leans on. `claim` is who
    has it in hand, `proposal` what waits for a second officer, `sent_back` what came back last;
    `ends_too` is what waits for it, and ends where it is refused. `ended` is how it came to
    nothing without a decision: withdrawn, unanswered, or ended with what it rested on. `ends`
    are the types that end for good with an approval, as things stand.
    """

    application: Application
    records: tuple[Certificate, ...]
    held_up: HeldUp | None = None
    letter_ref: str | None = None
    false_letters: tuple[Finding, ...] = ()
    claim: Claim | None = None
    proposal: Proposal | None = None
    sent_back: Proposal | None = None
    ends_too: tuple[Matter, ...] = ()
    ended: Ended | None = None
    ends: tuple[str, ...] = ()

    @property
    def photos(self) -> tuple[Certificate, ...]:
        """The photos of whom the case is about, and of the guardian who acts; of nobody else.

        Among the records a decision looked at may be those of people of the same name.
        """
        people = (self.application.applicant, self.application.actor)
        concerned = {(p.id_type, p.id_number.upper()) for p in people}
        return tuple(
            record
            for record in self.records
            if record.file("photo") is not None
            and {(h.id_type, h.id_number.upper()) for h in record.holders} <= concerned
        )
