"""What the page of messages outside the inbox shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from certstore.messages.contact_desk import CodeStanding, MyContact
from certstore.messages.groups import GROUPS
from certstore.tables.message_rows import ChannelName
from certstore.web.dress import Lang

Done = Literal["code_sent", "confirmed", "chosen", "removed"]
Problem = Literal["too_often", "not_sent", "unclear", "refused", "over", "confirmed", "known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One channel: without an address, with one that waits for its code, or in use.

    Forms to POST /reminders/{channel} (address), …/confirm, …/code, …/choose, …/remove. An address
    that nobody confirmed is replaced by the first.
    """

    channel: ChannelName
    stage: Literal["none", "unconfirmed", "in_use"] = "none"
    shown: str = ""
    lang: Lang = "zh"
    groups: frozenset[str] = frozenset()
    switched_on: bool = True
    failing: bool = False
    code: CodeStanding = "none"
    code_until: datetime | None = None
    typed: str = ""
    kept: bool = False  # nothing leaves: it is written where the operator can read it


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersView:
    """`certstore/reminders.html`, GET /reminders."""

    channels: tuple[ChannelView, ...] = ()
    groups: tuple[str, ...] = GROUPS
    done: Done | None = None
    problem: Problem | None = None  # of a channel as a whole, not of a field
    about: ChannelName | None = None  # of which channel
    errors: Mapping[str, str] = field(default_factory=dict)
    quiet: tuple[str, str] | None = None  # from when to when nothing is sent


def channel_views(
    offered: Sequence[ChannelName], mine: Sequence[MyContact], kept: Collection[ChannelName] = ()
) -> tuple[ChannelView, ...]:
    """Every channel that is offered, with what somebody has there."""
    known = {each.channel: each for each in mine}
    found = (
        _channel(known[each]) if each in known else ChannelView(channel=each) for each in offered
    )
    return tuple(replace(each, kept=each.channel in kept) for each in found)


def _channel(contact: MyContact) -> ChannelView:
    return ChannelView(
        channel=contact.channel,
        stage="in_use" if contact.confirmed else "unconfirmed",
        shown=contact.shown,
        lang=contact.lang,
        groups=frozenset(contact.groups),
        switched_on=contact.switched_on,
        failing=contact.failing,
        code=contact.code,
        code_until=contact.code_until,
    )
