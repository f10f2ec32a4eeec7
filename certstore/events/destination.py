"""Where a webhook may go: the address as a client gives it, and the addresses it resolves to.

A client chooses where we connect to, from inside our network. So: https alone, to public
addresses alone, each of them looked at; what is looked at is what is connected to (courier.py).
Values only, no IO.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final, NoReturn
from urllib.parse import SplitResult, urlsplit

from certstore.errors import MalformedError

MAX_URL: Final = 500
PORTS: Final = (443, 8443)
_SHAPE = re.compile(r"[^\x00-\x20\x7f\\^`{|}<>\"]+")
_TARGET = re.compile(r"[!-~]*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_HOST = 253
# Names that lead into the house, whatever they resolve to.
_INNER: Final = (
    *("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp"),
    *("private", "home.arpa", "in-addr.arpa", "ip6.arpa", "onion", "invalid"),
)
# IANA's special-purpose registries, and what lies outside them that clouds keep for themselves.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("168.63.129.16/32", "100.100.100.200/32"),
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")  # all that is given out so far
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operator allows beyond public addresses: networks, and loopback for trying out."""

    networks: Sequence[Network] = ()
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """A webhook's address, normalised: host in small ASCII letters, no user, no fragment."""

    secure: bool
    host: str
    port: int
    target: str  # path and query

    @property
    def literal(self) -> Address | None:
        """The host, where it is an address and no name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Host and port as in a URL and in the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.secure else 80
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"http{'s' if self.secure else ''}://{self.authority}{self.target}"


def parse_destination(url: str, bounds: Bounds) -> Destination:
    """Read a webhook's address; MalformedError (`facts["cause"]`) if we would not go there.

    Not checked here: to what a name resolves. That is looked at whenever something is sent.
    """
    if not 0 < len(url) <= MAX_URL or not _SHAPE.fullmatch(url):
        _refuse("url", f"an address has at most {MAX_URL} characters, none of them invisible")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _refuse("url", "this is no address of the web")
    if "@" in parts.netloc:
        _refuse("userinfo", "an address names no user and no password")
    if "#" in url:
        _refuse("fragment", "an address has no fragment")
    if not _TARGET.fullmatch(parts.path + parts.query):
        _refuse("path", "what is not ASCII in a path is percent-encoded")
    host = _host(parts)
    _judge_host(host, bounds)
    return _judge_port(parts, host, port, bounds)


def _judge_port(parts: SplitResult, host: str, port: int | None, bounds: Bounds) -> Destination:
    near = bounds.loopback and _is_near(host)
    if parts.scheme != "https" and not (near and parts.scheme == "http"):
        _refuse("scheme", "a webhook is reached by https")
    secure = parts.scheme == "https"
    number = (443 if secure else 80) if port is None else port
    if number not in PORTS and not (near and number):
        _refuse("port", "a webhook is reached at port " + " or ".join(map(str, PORTS)))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(secure, host, number, target)


def _host(parts: SplitResult) -> str:
    """The host in its one form (IDNA), or an address in its usual one."""
    named = parts.netloc.rpartition("]")[2] if "]" in parts.netloc else parts.netloc
    host = parts.hostname or ""
    if "[" in parts.netloc:
        if named and not named.startswith(":"):
            _refuse("host", "behind an address in brackets comes a port or nothing")
        try:
            return str(IPv6Address(host))
        except AddressValueError:
            _refuse("host", "this is no IPv6 address")
    try:
        ascii_host = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        _refuse("host", "this is no name of a host")
    labels = ascii_host.split(".")
    if len(ascii_host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        _refuse("host", "this is no name of a host")
    if _NUMBER.fullmatch(labels[-1]):  # read as an address by some: then it must be one (WHATWG)
        try:
            return str(IPv4Address(ascii_host))
        except AddressValueError:
            _refuse("host", "an IPv4 address is four numbers without leading zeros")
    return ascii_host


def _judge_host(host: str, bounds: Bounds) -> None:
    if bounds.loopback and _is_near(host):
        return
    try:
        address = ip_address(host)
    except ValueError:
        inner = any(host == name or host.endswith(f".{name}") for name in _INNER)
        if "." not in host or inner:
            _refuse("host", "the name belongs to an inner network")
        return
    why = judge_address(address, bounds)
    if why is not None:
        _refuse("address", f"the address is not public: {why}")


def judge_address(address: Address, bounds: Bounds) -> str | None:
    """Why nothing is sent to an address; None if it is public, or the operator allows it."""
    if any(address.version == net.version and address in net for net in bounds.networks):
        return None
    if bounds.loopback and address.is_loopback:
        return None
    return _not_public_4(address) if isinstance(address, IPv4Address) else _not_public_6(address)


def _not_public_4(address: IPv4Address) -> str | None:
    return next((str(net) for net in _NOT_PUBLIC_4 if address in net), None)


def _not_public_6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "an address of one link"
    if address not in _PUBLIC_6:  # also IPv4 in another coat: ::ffff:0:0/96, 64:ff9b::/96
        return f"outside {_PUBLIC_6}"
    return next((str(net) for net in _NOT_PUBLIC_6 if address in net), None)


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(cause: str, detail: str) -> NoReturn:
    raise MalformedError(
        detail,
        where="url",
        remedy="give an address of https at a public host, like https://hooks.agency.gov.cn/certs",
        cause=cause,
    )
