"""What a service sends for a decision, parsed strictly."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.plain_words import plain_words
from certstore.sharing.bodies import IdNumber, Name, OperatorIn, Words
from certstore.sharing.grants import Operator
from verifiers.materials.persons import Person

_Told = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]
_Parameter = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonIn(_Body):
    """A person of the case: name and number; `id_type` is a code of GB/T 36903 annex A."""

    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(plain_words)]
    id_type: str = Field("111", pattern="^[0-9]{3}$")
    id_number: IdNumber

    def person(self) -> Person:
        """As the rules know a person."""
        return Person(self.name, self.id_type, self.id_number.upper())


class DecisionIn(_Body):
    """Which matter, whose case, and what the matter asks the agency to tell."""

    purpose_id: Name
    matter_code: Name
    case_no: Words
    subject: PersonIn
    guardian: PersonIn | None = None
    parameters: dict[_Parameter, _Told] = Field(default_factory=dict, max_length=20)
    operator: Words | OperatorIn

    def by(self) -> Operator:
        """The clerk who asks."""
        said = self.operator
        return Operator(said) if isinstance(said, str) else Operator(said.number, said.terminal)
