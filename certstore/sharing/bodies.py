"""What a service sends at a search or a pull, parsed strictly; and what is made of it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.plain_words import plain_words
from certstore.sharing.grants import Actor, LegalBasis, Operator, PullRequest, SearchRequest
from certstore.sharing.on_behalf import OnBehalf

# What stands in a record for good.
Words = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain_words)]
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
    legal_basis: LegalBasisIn | None = None
    actor: ActorIn | None = None
    on_behalf_of: OnBehalfIn | None = None

    def request(self, ref: str) -> PullRequest:
        """What the desk is asked."""
        basis, actor = self.legal_basis, self.actor
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
            legal_basis=None if basis is None else LegalBasis(**basis.model_dump()),
            actor=None if actor is None else Actor(**actor.model_dump()),
            on_behalf_of=_agency(self.on_behalf_of),
        )


def _agency(sent: OnBehalfIn | None) -> OnBehalf | None:
    return None if sent is None else OnBehalf(**sent.model_dump())


def _operator(sent: "str | OperatorIn") -> Operator:
    return Operator(sent) if isinstance(sent, str) else Operator(sent.number, sent.terminal)
