"""What a service sends to have another city asked: the members that two cities agree on."""

from pydantic import BaseModel, ConfigDict, Field

from certstore.sharing.bodies import Name, OperatorIn, SubjectIn, Words
from certstore.sharing.grants import Operator, PullRequest, SearchRequest


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose_id: Name
    case_no: Words
    subject: SubjectIn
    operator: Words | OperatorIn

    @property
    def who(self) -> Operator:
        """The clerk who asks."""
        sent = self.operator
        return Operator(sent) if isinstance(sent, str) else Operator(sent.number, sent.terminal)


class SearchAbroadIn(_Asked):
    """A search for references in another city."""

    cert_types: list[Name] = Field(min_length=1, max_length=20)

    def request(self) -> SearchRequest:
        """What the desk is asked."""
        return SearchRequest(
            purpose_id=self.purpose_id,
            case_no=self.case_no,
            subject_type=self.subject.id_type,
            subject_number=self.subject.id_number,
            cert_types=self.cert_types,
            operator=self.who,
        )


class PullAbroadIn(_Asked):
    """A pull from another city: as JSON, on the ground that the purpose was approved on."""

    matter_code: Name
    fields: list[Name] = Field(min_length=1, max_length=50)

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
            operator=self.who,
        )
