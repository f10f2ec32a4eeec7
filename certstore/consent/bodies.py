"""What a service sends to ask for consent, parsed strictly; and what is made of it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.consent.judging import Asking
from certstore.consent.terms import QUESTION, Item, Said
from certstore.plain_words import plain_words
from certstore.sharing.bodies import Name, SubjectIn, Words

Sentence = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(plain_words)]
_MOST_ITEMS = 20


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidIn(_Body):
    """A sentence for the holder, in both languages."""

    zh: Sentence
    en: Sentence

    def said(self) -> Said:
        """The sentence."""
        return Said(self.zh, self.en)


class OptionalIn(_Body):
    """A field that the holder may leave out, and what giving it changes."""

    field: Name
    changes: SaidIn


class WantedIn(_Body):
    """What is wanted of one type: values, answers by yes or no, and what may be left out."""

    cert_type: Name
    fields: list[Name] = Field(default_factory=list, max_length=_MOST_ITEMS)
    questions: list[Literal["valid_on", "address_equals", "age_over"]] = Field(
        default_factory=list, max_length=3
    )
    optional: list[OptionalIn] = Field(default_factory=list, max_length=_MOST_ITEMS)

    def items(self) -> list[Item]:
        """One item each."""
        kind = self.cert_type
        return [
            *(Item(cert_type=kind, path=QUESTION + word) for word in self.questions),
            *(Item(cert_type=kind, path=path) for path in self.fields),
            *(
                Item(cert_type=kind, path=o.field, optional=True, changes=o.changes.said())
                for o in self.optional
            ),
        ]


class ConsentRequestIn(_Body):
    """A request for consent: of whom, for which case, for what, how often and for how long.

    Two entries of `wanted` may not name the same item. `otherwise` tells the holder what happens
    on no. `state` comes back with the holder, and nothing else does.
    """

    purpose_id: Name
    matter_code: Name
    case_no: Words
    subject: SubjectIn
    wanted: list[WantedIn] = Field(min_length=1, max_length=8)
    otherwise: SaidIn
    times: int = Field(1, ge=1, le=1000, strict=True, description="how often it may be used")
    days: int = Field(1, ge=1, le=366, strict=True, description="from the answer on")
    keep_days: int = Field(30, ge=1, le=180, strict=True, description="until what was given goes")
    expires_in_s: int = Field(900, ge=60, le=604_800, strict=True)
    return_uri: str | None = Field(None, min_length=1, max_length=300, pattern="^[!-~]+$")
    state: str | None = Field(None, pattern="^[0-9A-Za-z._~-]{1,120}$")
    language: Literal["zh", "en"] | None = None

    def asking(self) -> Asking:
        """What the desk is asked."""
        return Asking(
            purpose_id=self.purpose_id,
            matter_code=self.matter_code,
            case_no=self.case_no,
            subject_type=self.subject.id_type,
            subject_number=self.subject.id_number,
            items=tuple(item for wanted in self.wanted for item in wanted.items()),
            times=self.times,
            days=self.days,
            keep_days=self.keep_days,
            lives_s=self.expires_in_s,
            otherwise=self.otherwise.said(),
            return_uri=self.return_uri,
            state=self.state,
            language=self.language,
        )
