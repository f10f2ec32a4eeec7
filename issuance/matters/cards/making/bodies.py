"""What the card maker sends, and what it is answered; parsed strictly."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.plain_words import plain_words
from issuance.matters.cards.making.desk import Said
from issuance.matters.cards.making.tables import CardFile, FileLine

MOST_CARDS = 1000
CardNo = Annotated[
    str, Field(pattern="^[0-9A-Z]{4,40}-[0-9]{3}-[0-9]{1,4}$", examples=["JZ20260000000001-001-1"])
]
Reason = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TakenIn(_Body):
    """One card of a file that the maker will make."""

    card_no: CardNo
    outcome: Literal["taken"]

    def said(self) -> Said:
        """The same as a value."""
        return Said(self.card_no, self.outcome)


class RefusedIn(_Body):
    """One card of a file that cannot be made as ordered, and why."""

    card_no: CardNo
    outcome: Literal["refused"]
    reason: Reason

    def said(self) -> Said:
        """The same as a value."""
        return Said(self.card_no, self.outcome, self.reason)


class AcknowledgeIn(_Body):
    """The maker's word on a file: every card of it once."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "cards": [
                    {"card_no": "JZ20260000000001-001-1", "outcome": "taken"},
                    {
                        "card_no": "JZ20260000000002-001-1",
                        "outcome": "refused",
                        "reason": "照片无法打印",
                    },
                ]
            }
        }
    )
    cards: Annotated[
        tuple[Annotated[TakenIn | RefusedIn, Field(discriminator="outcome")], ...],
        Field(min_length=1, max_length=MOST_CARDS),
    ]


class MadeIn(_Body):
    """One card that was made."""

    card_no: CardNo
    outcome: Literal["made"]

    def said(self) -> Said:
        """The same as a value."""
        return Said(self.card_no, self.outcome)


class SpoiledIn(_Body):
    """One card that was spoiled in making, and why; another is ordered."""

    card_no: CardNo
    outcome: Literal["spoiled"]
    reason: Reason

    def said(self) -> Said:
        """The same as a value."""
        return Said(self.card_no, self.outcome, self.reason)


class ReportIn(_Body):
    """What became of cards, under a number of the maker's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "report": 1,
                "cards": [{"card_no": "JZ20260000000001-001-1", "outcome": "made"}],
            }
        }
    )
    report: int = Field(ge=1, le=2_000_000_000, strict=True, description="counts once")
    cards: Annotated[
        tuple[Annotated[MadeIn | SpoiledIn, Field(discriminator="outcome")], ...],
        Field(min_length=1, max_length=MOST_CARDS),
    ]


class FileOut(BaseModel):
    """A file of cards, without what it says."""

    number: int
    made_at: datetime
    cards: int
    size: int = Field(description="bytes")
    sha256: str
    acknowledged_at: datetime | None = None
    href: str

    @classmethod
    def of(cls, found: CardFile) -> "FileOut":
        """What is told of a file."""
        return cls(
            number=found.number,
            made_at=found.made_at,
            cards=found.cards,
            size=found.size,
            sha256=found.sha256,
            acknowledged_at=found.acknowledged_at,
            href=f"/v1/card-files/{found.number}",
        )


class FilesOut(BaseModel):
    """Files in order, and cards that must not be made or sent any more."""

    files: list[FileOut]
    stopped: list[str] = Field(description="`card_no`s; to be destroyed where made")


class AcknowledgedOut(BaseModel):
    """How each card of a file stands."""

    class Card(BaseModel):
        """One card; without `go_on` it was stopped meanwhile, and is not made."""

        card_no: str
        outcome: str
        go_on: bool

    file: int
    cards: list[Card]

    @classmethod
    def of(cls, number: int, told: list[tuple[FileLine, bool]]) -> "AcknowledgedOut":
        """What the maker is answered."""
        cards = [cls.Card(card_no=e.card_no, outcome=e.outcome, go_on=on) for e, on in told]
        return cls(file=number, cards=cards)


class ReportedOut(BaseModel):
    """What was made of a report, card by card."""

    class Card(BaseModel):
        """One card."""

        card_no: str
        answer: Literal["noted", "known", "stopped", "replaced", "unknown", "not_acknowledged"]

    report: int
    cards: list[Card]
