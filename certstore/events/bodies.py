"""What a service sends about its webhooks, parsed strictly."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from certstore.events.destination import MAX_URL
from certstore.plain_words import plain_words

EventType = Annotated[str, Field(pattern="^[a-z0-9_.]{1,80}$")]


def _said(text: str) -> str:
    return plain_words(text) if text else text


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SubscriptionIn(_Body):
    """A webhook: where, which types (none named: all), and what it is for."""

    url: str = Field(min_length=1, max_length=MAX_URL, examples=["https://hooks.agency.example/c"])
    types: list[EventType] = Field(default_factory=list, max_length=50)
    description: Annotated[str, Field(max_length=200), AfterValidator(_said)] = ""


class AgainIn(_Body):
    """Since when everything is to be delivered again, with its zone (RFC 3339)."""

    since: AwareDatetime = Field(examples=["2026-11-25T08:00:00+08:00"])
