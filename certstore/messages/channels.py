"""What a channel can do for us: an adapter keeps this promise (certstore/service/*_channel.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol, get_args

from certstore.errors import CertstoreError
from certstore.tables.message_rows import ChannelName

CHANNELS: Final[tuple[ChannelName, ...]] = get_args(ChannelName)
Fault = Literal["address", "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to one address. It says the same whenever it goes again under its key."""

    key: str
    to: str
    lang: Literal["zh", "en"]
    subject: str  # one line; of channels without one it is not sent
    text: str
    link: str = ""


class RefusedForGoodError(CertstoreError):
    """It will never be taken; `fault` says whether that lies in the address or in what is said."""

    code = "unavailable"

    def __init__(self, detail: str, fault: Fault) -> None:
        """Keep where the fault lies."""
        super().__init__(detail, where="channel", remedy="it stays in the inbox")
        self.fault = fault


class TryLaterError(CertstoreError):
    """It surely did not leave; `reached` is whether the channel answered at all.

    `pause` is for how long it wants to be left alone by everybody; None: it said no such thing.
    """

    code = "unavailable"

    def __init__(self, detail: str, *, reached: bool, pause: timedelta | None = None) -> None:
        """Keep whether there was an answer, and what it means for others."""
        super().__init__(detail, where="channel", remedy="it is tried again by itself")
        self.reached = reached
        self.pause = pause


class UnclearError(CertstoreError):
    """It may have left and may not: the line broke before the answer came."""

    code = "unavailable"


class ClaimLostError(CertstoreError):
    """Another worker took over, or it was settled: nothing left from here."""

    code = "conflict"


class Channel(Protocol):
    """Brings messages to addresses; safe to share between threads."""

    @property
    def repeatable(self) -> bool:
        """Whether what goes twice under one key arrives once: what is unclear may go again."""
        ...

    def send(self, outgoing: Outgoing, leaving: Callable[[], None]) -> str:
        """Send it; the provider's own name for it, if it gives one.

        Calls `leaving` at the last moment at which it has surely not left; if that raises,
        nothing leaves. Raises RefusedForGoodError, TryLaterError, UnclearError.
        """
        ...
