"""Which events services are told of, and what of them leaves the house: values only, no IO.

A thin event says that something changed and gives its reference. It never holds a value of a
certificate, nor anything of a person: whoever may know asks with a token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.tables.outbox import OutboxEvent

MEDIA_TYPE: Final = "application/cloudevents+json"
PING: Final = "certstore.ping.v1"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: what it says, and whether it goes before others (`urgent`)."""

    said_en: str
    said_zh: str
    urgent: bool = False


# By the subject under which the event is put into the outbox.
KINDS: Final[Mapping[str, EventKind]] = {
    "certificate.issued": EventKind("a certificate was issued", "证照已签发"),
    "certificate.superseded": EventKind(
        "a newer certificate took its place", "证照已被替换", urgent=True
    ),
    "certificate.suspended": EventKind(
        "a certificate was suspended", "证照已暂停使用", urgent=True
    ),
    "certificate.restored": EventKind(
        "a certificate is in force again", "证照已恢复使用", urgent=True
    ),
    "certificate.revoked": EventKind("a certificate was revoked", "证照已撤销", urgent=True),
    "certificate.cancelled": EventKind("a certificate was cancelled", "证照已注销", urgent=True),
    "certificate.expired": EventKind("a certificate has expired", "证照已到期"),
    "certificate.corrected": EventKind(
        "a wrong value was corrected", "证照内容已更正", urgent=True
    ),
    "certificate.disputed": EventKind("a value is under dispute", "证照内容有异议", urgent=True),
    "certificate.dispute_closed": EventKind("a dispute was closed", "证照异议已办结"),
    "consent.given": EventKind("the holder agreed", "持证人已同意", urgent=True),
    "consent.refused": EventKind("the holder refused", "持证人未同意", urgent=True),
    "consent.withdrawn": EventKind(
        "the holder withdrew a consent", "持证人已撤回同意", urgent=True
    ),
    "consent.expired": EventKind("a consent request or a consent ended", "同意已到期"),
    "entrustment.given": EventKind("the holder entrusted a certificate", "持证人已委托"),
    "entrustment.withdrawn": EventKind("an entrustment was withdrawn", "委托已撤回", urgent=True),
    "access.questioned": EventKind("the holder questions an access", "持证人对调用提出疑问"),
    "purpose.state_changed": EventKind("a purpose's state changed", "用途状态有变化", urgent=True),
    "purpose.quota_warning": EventKind("a quota is nearly used up", "调用额度即将用完"),
    "client.state_changed": EventKind(
        "the client's state changed", "调用方状态有变化", urgent=True
    ),
    "matter.state_changed": EventKind("a version of a matter stands differently", "事项状态有变化"),
    "pull_job.done": EventKind("a pull job is done", "批量调用已完成"),
    "subscription.failing": EventKind("a webhook has been failing", "推送地址持续无法送达"),
    "subscription.disabled": EventKind("a webhook was switched off", "推送地址已停用"),
}

# What an event may say beside its reference; each a word, a reference or a whole number.
_SUBJECTS: Final = (
    *("certificate", "consent_request", "consent", "question", "access", "dispute"),
    *("entrustment", "purpose", "job", "subscription", "matter"),
)
_SAID: Final = (
    *_SUBJECTS,
    *("status", "act", "before", "state", "reason", "period", "percent", "resets_at"),
)
_SAID_TO_ITSELF: Final = "client"
"""Whose event it is: said in its own, and never to others who were given the same certificate."""
_MOST: Final = 1_000_000
_WORD = re.compile(r"[!-~]{1,60}")
_LIKE_A_NUMBER_OF_SOMEBODY = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thin:
    """An event as it is told; `own` if it is about the client and not about a certificate."""

    id: str
    type: str
    subject: str
    urgent: bool
    own: bool
    event: Mapping[str, Any]


def type_of(subject: str) -> str:
    """The CloudEvents type of an event of the outbox."""
    return f"certstore.{subject}.v1"


def types() -> tuple[str, ...]:
    """Every type that may be subscribed to."""
    return tuple(type_of(subject) for subject in KINDS)


def thin(event: OutboxEvent, source: str) -> Thin | None:
    """The event as services are told it (CloudEvents 1.0); None if they are not told of its kind.

    Left out is what is no word, reference or whole number, and what looks like a person's number.
    """
    kind = KINDS.get(event.subject)
    if kind is None:
        return None
    matter, _, change = event.subject.partition(".")
    own = matter != "certificate"
    names = (*_SAID, _SAID_TO_ITSELF) if own else _SAID
    said = {name: event.body[name] for name in names if _may_be_said(event.body.get(name))}
    about = next((name for name in (matter, *_SUBJECTS) if name in said), None)
    subject = event.ref if about is None else str(said[about])
    type_ = type_of(event.subject)
    attributes = cloud_event(event.ref, type_, subject, event.created_at, source)
    return Thin(
        id=event.ref,
        type=type_,
        subject=subject,
        urgent=kind.urgent,
        own=own,
        event={**attributes, "data": {"change": change, **said}},
    )


def cloud_event(id_: str, type_: str, subject: str, at: datetime, source: str) -> dict[str, Any]:
    """The attributes of a CloudEvent 1.0, without data."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": type_,
        "subject": subject,
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
    }


def ping(id_: str, subscription: str, at: datetime, source: str) -> Thin:
    """What a test sends: an event that nothing happened for."""
    event = cloud_event(id_, PING, subscription, at, source)
    data = {"change": "ping", "subscription": subscription}
    return Thin(id=id_, type=PING, subject=id_, urgent=True, own=True, event=event | {"data": data})


def _may_be_said(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return 0 <= value <= _MOST
    return (
        isinstance(value, str)
        and _WORD.fullmatch(value) is not None
        and _LIKE_A_NUMBER_OF_SOMEBODY.search(value) is None
    )
