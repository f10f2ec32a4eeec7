"""What gateways say became of messages: the signature first, then the words, each counted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from certstore.clock import Clock
from certstore.errors import MalformedError, NotFoundError, UnauthenticatedError
from certstore.events.checking import check_webhook
from certstore.messages.sending import mark_failing
from certstore.strict_json import parse_json_strict
from certstore.tables.books import Archive, Books
from certstore.tables.message_rows import ChannelName, Contact

LONGEST_CALL: Final = 65_536  # bytes
MOST_REPORTS: Final = 100  # in one call
Ending = Literal["delivered", "failed", "bad_address"]


class ReportIn(BaseModel):
    """What became of one message."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    message: Annotated[str, Field(pattern="^[0-9a-z]{20}$", description="its Idempotency-Key")]
    state: Ending
    at: AwareDatetime | None = None


class ReportsIn(BaseModel):
    """What a gateway says of some messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    reports: Annotated[tuple[ReportIn, ...], Field(min_length=1, max_length=MOST_REPORTS)]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many reports were news, and which messages nobody here knows."""

    new: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """Takes signed reports; closed where no secret was agreed with any gateway."""

    archive: Archive
    clock: Clock
    secrets: Mapping[ChannelName, bytes]

    def take(self, headers: Mapping[str, str], body: bytes) -> Taken:
        """Write down what is new; the first ending of a message counts, and no later one.

        Raises NotFoundError where no secret was agreed, UnauthenticatedError for a signature that
        is nobody's, MalformedError for a body that cannot be read.
        """
        channels = self._signed_by(headers, body)
        said = _read(body)
        new, unknown = 0, []
        for report in said.reports:
            known = self._one(report, channels)
            if known is None:
                unknown.append(report.message)
            new += bool(known)
        return Taken(new, tuple(dict.fromkeys(unknown)))

    def _signed_by(self, headers: Mapping[str, str], body: bytes) -> list[ChannelName]:
        """The channels whose secret signed this; two gateways may be one company's."""
        if not self.secrets:
            raise NotFoundError("no gateway is named here", where="reports")
        found: list[ChannelName] = []
        refused: UnauthenticatedError | None = None
        for channel, secret in self.secrets.items():
            try:
                check_webhook(headers, body, secret, self.clock.now())
            except UnauthenticatedError as error:
                refused = error
            else:
                found.append(channel)
        if refused is not None and not found:
            raise refused
        return found

    def _one(self, report: ReportIn, channels: list[ChannelName]) -> bool | None:
        """Whether a report was news; None for a message that was not sent by these channels."""
        now = self.clock.now()
        state = "delivered" if report.state == "delivered" else "failed"
        why = "address" if report.state == "bad_address" else None
        with self.archive.writing() as books:
            contact = books.messages.under(report.message, channels)
            if contact is None:
                return None
            new = books.messages.report(report.message, state, now, why)
            if new and report.state == "bad_address" and _is_of_now(books, report, contact, now):
                mark_failing(books, contact, report.message, now)
        return new


def _is_of_now(books: Books, report: ReportIn, contact: Contact, now: datetime) -> bool:
    """Whether a message left after its owner last confirmed the address.

    A confirmation in the future, by a clock that ran ahead, comes after nothing.
    """
    handed, confirmed = books.messages.handed(report.message), contact.confirmed_at
    return handed is None or confirmed is None or not handed < confirmed <= now


def _read(body: bytes) -> ReportsIn:
    parse_json_strict(body, max_bytes=LONGEST_CALL, max_depth=4)
    try:
        return ReportsIn.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise MalformedError("a report cannot be read", where=where) from error
