"""What a service sends at a search or a pull, parsed strictly; and what is made of it."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from certstore.annotations import LONGEST_DAYS, USUAL_DAYS
from certstore.plain_words import plain_words
from certstore.sharing.grants import Actor, LegalBasis, Operator, PullRequest, SearchRequest
from certstore.sharing.on_behalf import OnBehalf
from certstore.sharing.predicates import Question

# What stands in a record for good.
Words = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain_words)]
Address = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]
# A purpose, a matter, a type, a field: compared, and put on record where it is refused.
Name = Annotated[str, Field(pattern="^[!-~]{1,80}$")]
ShortRef = Annotated[str, Field(pattern="^[0-9a-z]{20}$")]
AgencyName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(plain_words)]
IdNumber = Annotated[str, Field(min_length=6, max_length=32, pattern="^[0-9A-Za-z]+$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SubjectIn(_Body):
    """Whose certificate; `id_type` is a code of GB/T 36903 annex A (111 citizen)."""

    id_type: str = Field("111", pattern="^[0-9]{3}$")
    id_number: IdNumber


class OperatorIn(_Body):
    """The clerk who asks, by the agency's own number, and where they sit."""

    number: Words
    terminal: Words | None = None


class LegalBasisIn(_Body):
    """On what ground this pull is made; left out: the one that the purpose was approved on.

    With `consent`, one of `consent`, `entrustment` and `use_code` says by what the holder gave it.
    """

    kind: Literal["statutory_duty", "consent", "vital", "court_order"]
    ref: Words | None = None
    consent: ShortRef | None = None
    entrustment: ShortRef | None = None
    use_code: Annotated[str, Field(pattern="^[0-9A-Z-]{8,40}$")] | None = None


class ActorIn(_Body):
    """Who acts in the case: the holder, a guardian, an agent, or an official."""

    kind: Literal["self", "guardian", "agent", "official"]
    id_type: str = Field("111", pattern="^[0-9]{3}$")
    id_number: IdNumber | None = None
    evidence: Words | None = None


class OnBehalfIn(_Body):
    """The agency that another city asks for; of cities with the action `relay` alone."""

    agency: AgencyName
    agency_en: AgencyName
    agency_uscc: Annotated[str, Field(pattern="^[0-9A-Z]{18}$")]
    purpose_id: Name


class SearchIn(_Body):
    """A search for references."""

    purpose_id: Name
    case_no: Words
    subject: SubjectIn
    cert_types: list[Name] = Field(min_length=1, max_length=20)
    operator: Words | OperatorIn
    on_behalf_of: OnBehalfIn | None = None

    def request(self) -> SearchRequest:
        """What the desk is asked."""
        return SearchRequest(
            purpose_id=self.purpose_id,
            case_no=self.case_no,
            subject_type=self.subject.id_type,
            subject_number=self.subject.id_number,
            cert_types=self.cert_types,
            operator=_operator(self.operator),
            on_behalf_of=_agency(self.on_behalf_of),
        )


class PullIn(_Body):
    """A pull: which fields, for which case, on what ground, in which form."""

    purpose_id: Name
    matter_code: Name
    case_no: Words
    fields: list[Name] = Field(min_length=1, max_length=50)
    subject: SubjectIn
    operator: Words | OperatorIn
    decision_id: ShortRef | None = None
    format: Literal["json", "pdf", "sd-jwt", "annotated"] = "json"
    names: Literal["field", "gbt36903"] = "field"
    good_for_days: int | None = Field(
        None, ge=1, le=LONGEST_DAYS, description="of an annotated copy; left out: 30"
    )
    legal_basis: LegalBasisIn | None = None
    actor: ActorIn | None = None
    on_behalf_of: OnBehalfIn | None = None

    def request(self, ref: str) -> PullRequest:
        """What the desk is asked."""
        return PullRequest(
            ref=ref,
            purpose_id=self.purpose_id,
            matter_code=self.matter_code,
            case_no=self.case_no,
            fields=self.fields,
            subject_type=self.subject.id_type,
            subject_number=self.subject.id_number,
            operator=_operator(self.operator),
            decision_id=self.decision_id,
            format=self.format,
            names_as=self.names,
            good_for_days=self.good_for_days or USUAL_DAYS,
            legal_basis=_basis(self.legal_basis),
            actor=_actor(self.actor),
            on_behalf_of=_agency(self.on_behalf_of),
        )


def _basis(sent: LegalBasisIn | None) -> LegalBasis | None:
    return None if sent is None else LegalBasis(**sent.model_dump())


def _actor(sent: ActorIn | None) -> Actor | None:
    return None if sent is None else Actor(**sent.model_dump())


def _agency(sent: OnBehalfIn | None) -> OnBehalf | None:
    return None if sent is None else OnBehalf(**sent.model_dump())


class JobItemIn(_Body):
    """One pull of a job; its fields are those of the job where it names none."""

    ref: ShortRef
    case_no: Words
    subject: SubjectIn
    fields: list[Name] | None = Field(None, min_length=1, max_length=50)
    decision_id: ShortRef | None = None
    legal_basis: LegalBasisIn | None = None
    actor: ActorIn | None = None


class JobIn(_Body):
    """Up to 1,000 pulls for one purpose, answered as fields."""

    purpose_id: Name
    matter_code: Name
    operator: Words | OperatorIn
    fields: list[Name] = Field(min_length=1, max_length=50)
    names: Literal["field", "gbt36903"] = "field"
    items: list[JobItemIn] = Field(min_length=1, max_length=1000)

    def requests(self) -> list[PullRequest]:
        """What the desk is asked, item by item."""
        return [self._pull(item).request(item.ref) for item in self.items]

    def _pull(self, item: JobItemIn) -> PullIn:
        return PullIn(
            purpose_id=self.purpose_id,
            matter_code=self.matter_code,
            operator=self.operator,
            names=self.names,
            case_no=item.case_no,
            subject=item.subject,
            fields=item.fields or self.fields,
            decision_id=item.decision_id,
            legal_basis=item.legal_basis,
            actor=item.actor,
        )


class PredicatesIn(_Body):
    """The questions, at least one: each is answered by yes, no or unknown."""

    valid_on: date | None = Field(None, description="whether it is in force on this day")
    address_equals: Address | None = None
    age_over: int | None = Field(None, ge=1, le=150, description="years completed today")
    holder_is: Words | None = Field(None, description="whether this is the holder's name")

    @model_validator(mode="after")
    def at_least_one(self) -> Self:
        """A question that asks nothing is none."""
        if not self.put:
            raise ValueError("put at least one question")
        return self

    @property
    def put(self) -> list[str]:
        """The names of the questions that are put."""
        return [name for name, value in self if value is not None]


class VerifyIn(_Body):
    """Yes-or-no questions about one certificate, for one case."""

    purpose_id: Name
    matter_code: Name
    case_no: Words
    subject: SubjectIn
    operator: Words | OperatorIn
    predicates: PredicatesIn
    legal_basis: LegalBasisIn | None = None
    actor: ActorIn | None = None

    def question(self, ref: str) -> Question:
        """What the desk is asked."""
        asked = PullRequest(
            ref=ref,
            purpose_id=self.purpose_id,
            matter_code=self.matter_code,
            case_no=self.case_no,
            fields=self.predicates.put,
            subject_type=self.subject.id_type,
            subject_number=self.subject.id_number,
            operator=_operator(self.operator),
            legal_basis=_basis(self.legal_basis),
            actor=_actor(self.actor),
        )
        return Question(asked=asked, **self.predicates.model_dump())


def _operator(sent: "str | OperatorIn") -> Operator:
    return Operator(sent) if isinstance(sent, str) else Operator(sent.number, sent.terminal)
