"""The inventory of interfaces to other systems: owner, contract, test, joint test, health."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from certstore.clock import local_date
from certstore.errors import CertstoreError, NotFoundError
from certstore.keys import Purpose
from certstore.service.wiring import House
from certstore.tables.joint_tests import JointTest
from certstore.tables.message_rows import ChannelName

State = Literal["works", "fails", "unused", "unknown"]
_LATE = timedelta(hours=12)  # a night of quiet hours, and an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One interface as agreed: the other side, the document, the test that proves our side."""

    name: str
    title: str
    way: Literal["in", "out"]
    owner: str
    contract: str
    test: str
    modules: tuple[str, ...]
    health: str


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an interface works as far as this service can tell, and what it goes by."""

    state: State
    because: str


@cache
def interfaces() -> tuple[Interface, ...]:
    """Every interface there is."""
    text = files("certstore.service").joinpath("interfaces.toml").read_text("utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(text)["interface"]
    return tuple(Interface(**{**e, "modules": tuple(e["modules"])}) for e in entries)


def interface(name: str) -> Interface:
    """The interface with this name; NotFoundError if there is none."""
    for found in interfaces():
        if found.name == name:
            return found
    known = ", ".join(i.name for i in interfaces())
    raise NotFoundError("there is no such interface", where=name, remedy=f"known are {known}")


def health(house: House, found: Interface) -> Health:
    """How an interface of this installation does, asked now where it can be asked."""
    try:
        return _CHECKS[found.health](house)
    except CertstoreError as error:
        return Health("fails", error.detail)


def last_joint_tests(house: House) -> Mapping[str, JointTest]:
    """The latest joint test of each interface."""
    with house.archive.reading() as books:
        return books.joint_tests.last()


def as_page() -> str:
    """The inventory as docs/interfaces.md holds it: what is agreed, without any installation's."""
    rows = [
        f"| {i.title} (`{i.name}`) | {i.way} | {i.owner} | {i.contract} | `{i.test}` |"
        for i in interfaces()
    ]
    return "\n".join(
        (
            "# Interfaces to other systems",
            "",
            "Made by `certstore interfaces page` from `certstore/service/interfaces.toml`; a test",
            "compares the two. Health and the last joint test belong to an installation:",
            "`certstore interfaces list` prints them, `certstore interfaces tested` records one.",
            "*in*: they call us; *out*: we call them.",
            "",
            "| interface | way | who answers for the other side | contract | our side's test |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def _database(house: House) -> Health:
    house.database.ping()
    return Health("works", "answered just now")


def _objects(house: House) -> Health:
    house.objects.check()
    return Health("works", "answered just now")


def _events(house: House) -> Health:
    if not house.settings.nats_url:
        return Health("unused", "events are handled in process")
    with house.archive.reading() as books:
        waiting = books.outbox.waiting()
    return Health("works" if not waiting else "unknown", f"{waiting} events wait to be told")


def _identity_provider(house: House) -> Health:
    if not house.settings.oidc_issuer:
        return Health("unused", "the built-in development identity is in its place")
    house.sign_in_desk.provider.authorization_endpoint()
    return Health("works", "answered just now")


def _hand_in(house: House) -> Health:
    keys = house.trust.keys.values()
    sources = {key.authority_uscc for key in keys if key.purpose is Purpose.SOURCE}
    with house.archive.reading() as books:
        latest = [books.batches.of(source, limit=1) for source in sources]
    days = sorted(local_date(reports[0].received_at) for reports in latest if reports)
    if not days:
        return Health("unknown", f"{len(sources)} sources enrolled, nothing handed in yet")
    told = f"{len(days)} of {len(sources)} sources have handed in, last on {days[-1]}"
    return Health("works", told)


def _live_check(house: House) -> Health:
    sources = house.live_check_desk.sources
    if not sources:
        return Health("unused", "no source is asked live (CERTSTORE_SOURCES_FILE)")
    with house.archive.reading() as books:
        known = {found.source: found for found in books.sources.health()}
    failing = [uscc for uscc in sources if uscc in known and known[uscc].failures]
    if failing:
        return Health("fails", f"does not answer: {', '.join(failing)}")
    asked = sum(uscc in known for uscc in sources)
    state: State = "works" if asked == len(sources) else "unknown"
    return Health(state, f"{asked} of {len(sources)} sources have answered")


def _face(house: House) -> Health:
    desk = house.face_desk
    if desk.registry.usable(desk.provider, house.clock.now()) is None:
        return Health("fails", "no usable provider is listed")
    return Health("works", f"results of {desk.provider} are taken")


def _witnesses(house: House) -> Health:
    desk = house.witnessing_desk
    if desk is None or not desk.witnesses:
        return Health("unused", "nobody is asked to cosign (CERTSTORE_WITNESSES_FILE)")
    with house.archive.reading() as books:
        head = books.ledger.checkpoint()
        last = {w.name: books.witness.last(w.key.identity) for w in desk.witnesses}
    size = head.size if head else 0
    told = ", ".join(f"{name} {cosigned} of {size} leaves" for name, cosigned in last.items())
    state: State = "works" if all(at >= size for at in last.values()) else "unknown"
    return Health(state, f"cosigned by {told}")


def _witnessed_logs(house: House) -> Health:
    if house.settings.witness_logs is None:
        return Health("unused", "no log is listed (CERTSTORE_WITNESS_LOGS)")
    return Health("works", f"{len(house.witness_desk.logs)} logs are listed")


def _time_authority(house: House) -> Health:
    desk = house.stamp_desk
    if desk is None:
        return Health("unused", "nobody is asked for stamps (CERTSTORE_TIME_AUTHORITY_URL)")
    found = desk.figures()
    if found.due:
        return Health("unknown", f"{found.stamped} stamped, {found.due} wait")
    return Health("works" if found.stamped else "unknown", f"{found.stamped} stamped")


def _cities(house: House) -> Health:
    lines = house.peer_lines
    if not lines:
        return Health("unused", "no other city is listed (CERTSTORE_PEERS_FILE)")
    failing = []
    for code, line in lines.items():
        with house.archive.reading() as books:
            known = books.peers.newest_list(code)
        try:
            line.check(known)
        except CertstoreError as error:
            failing.append(f"{code} ({error.facts.get('cause', error.code)})")
    if failing:
        return Health("fails", f"no trust list that holds comes from: {', '.join(failing)}")
    return Health("works", f"the trust lists of {len(lines)} cities hold, asked just now")


def _courier(house: House) -> Health:
    if house.courier is None:
        return Health("unused", "cards are collected only (CERTSTORE_COURIER_URL)")
    waiting, failing, booked = house.shipping_desk.figures()
    if failing:
        return Health("fails", f"{failing} bookings were tried in vain")
    state: State = "works" if booked else "unknown"
    return Health(state, f"{booked} parcels booked, {waiting} to book")


def _mail(house: House) -> Health:
    return _messages(house, ("email",), "CERTSTORE_SMTP_HOST")


def _message_gateways(house: House) -> Health:
    return _messages(house, ("sms", "mini_program"), "CERTSTORE_SMS_URL")


def _messages(house: House, channels: tuple[ChannelName, ...], setting: str) -> Health:
    """How many are in which state; what has waited for an hour says that something is wrong."""
    if not set(house.named_channels) & set(channels):
        return Health("unused", f"nothing is sent this way ({setting})")
    now = house.clock.now()
    with house.archive.reading() as books:
        counted = books.messages.counted()
        since = [at for each in channels if (at := books.messages.waiting_since(each))]
    states: dict[str, int] = {}
    for (channel, state), number in sorted(counted.items()):
        if channel in channels:
            states[state] = states.get(state, 0) + number
    told = ", ".join(f"{number} {state}" for state, number in states.items()) or "nothing sent yet"
    late = bool(since) and now - min(since) > _LATE and not house.quiet_hours.hold(now)
    if late:
        return Health("fails", f"{told}; the oldest waits since {min(since):%Y-%m-%d %H:%M} UTC")
    gone = states.get("sent") or states.get("delivered")
    return Health("works" if gone else "unknown", told)


def _served(_house: House) -> Health:
    return Health("works", "served by this installation")


_CHECKS: Mapping[str, Callable[[House], Health]] = {
    "database": _database,
    "objects": _objects,
    "events": _events,
    "identity_provider": _identity_provider,
    "hand_in": _hand_in,
    "live_check": _live_check,
    "face": _face,
    "served": _served,
    "witnesses": _witnesses,
    "witnessed_logs": _witnessed_logs,
    "time_authority": _time_authority,
    "cities": _cities,
    "courier": _courier,
    "mail": _mail,
    "message_gateways": _message_gateways,
}
