"""Who is handed a card, and how it was made sure of: values and judging, no IO."""

from dataclasses import dataclass
from typing import Final

from issuance.answers import Fault, Faults

HOLDER: Final = "holder"
GUARDIAN: Final = "guardian"
BY_CARD: Final = "id_card"
BY_CODE: Final = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What the officer says: who stands here, and whether the original card or a code was seen."""

    who: str
    check: str
    seen: bool = False  # the original identity card was looked at, and the face beside it
    code: str = ""  # what the person's phone shows: a code's text, or its nine digits
    guardian_number: str = ""  # from the guardian's identity card

    def faults(self) -> Faults:
        """What is missing, by form field."""
        found: Faults = {}
        if self.who not in {HOLDER, GUARDIAN}:
            found["who"] = Fault("missing")
        if self.check not in {BY_CARD, BY_CODE}:
            found["check"] = Fault("missing")
        if self.check == BY_CARD and not self.seen:
            found["seen"] = Fault("missing")
        if self.check == BY_CODE and not self.code.strip():
            found["code"] = Fault("missing")
        if (self.who, self.check) == (GUARDIAN, BY_CARD) and not self.guardian_number.strip():
            found["guardian_number"] = Fault("missing")
        return found
