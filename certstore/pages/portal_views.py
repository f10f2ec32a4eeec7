"""What stands around the portal of agencies' developers, and its workbench: keys, calls, trials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from certstore.callers import Developer
from certstore.offices import office_name
from certstore.tables.refused_calls import RefusedCall
from certstore.web.dress import Lang

ROOMS: Final = ("purposes", "keys", "calls", "debug", "try", "docs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What stands around every page of the portal."""

    room: str
    developer: str
    office: str
    sandbox: bool
    sandbox_url: str = ""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A registered key."""

    kid: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysView:
    """`certstore/developer_keys.html`, GET and POST /developers/keys."""

    portal: Portal
    clients: tuple[tuple[str, tuple[KeyRow, ...]], ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsView:
    """`certstore/developer_calls.html`, GET /developers/calls."""

    portal: Portal
    calls: tuple[RefusedCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugView:
    """`certstore/developer_debug.html`, GET and POST /developers/debug."""

    portal: Portal
    outcome: str = ""
    steps: tuple[Mapping[str, Any], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TriedStep:
    """One step on the sandbox: request and answer as text."""

    name: str
    done: bool
    request: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryView:
    """`certstore/developer_try.html`, GET and POST /developers/try."""

    portal: Portal
    purposes: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    chosen: tuple[str, str] = ("", "")
    steps: tuple[TriedStep, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsView:
    """`certstore/developer_docs.html`, GET /developers/docs."""

    portal: Portal
    issuer: str


def portal_of(me: Developer, room: str, lang: Lang, *, sandbox: bool, url: str = "") -> Portal:
    """The frame of a page of the portal."""
    return Portal(
        room=room,
        developer=f"{me.name} {me.number}",
        office=office_name(me.agency_uscc, lang),
        sandbox=sandbox,
        sandbox_url=url,
    )
