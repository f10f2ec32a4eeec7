"""Addresses of the network: where a provider may be asked, who calls, which host was meant."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_HOPS = 20
_OF_ONE_HOUSEHOLD = 64  # bits of an IPv6 address; one subscriber has all that follow


def is_safe_place(url: str) -> bool:
    """Whether a provider may be asked there: by https, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    found = _address(host)
    return parts.scheme == "http" and (host == "localhost" or bool(found and found.is_loopback))


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs lead to the same server by the same protocol."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def caller_address(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """Who called: the peer, or whom a trusted proxy says it called for (X-Forwarded-For).

    Read from the right: the first address that is no trusted proxy's. What stands left of it
    was written by a stranger. An IPv6 caller is known by its network of 64 bits.
    """
    networks = tuple(trusted)
    hops = [hop.strip() for line in forwarded for hop in line.split(",")][-_MOST_HOPS:]
    caller = peer
    while hops and _is_within(caller, networks):
        found = _address(hops.pop())
        if found is None:
            break  # a proxy that writes no address is no proxy of ours: it stands for itself
        caller = str(found)
    return _household(caller)


def host_name(header: str) -> str:
    """The host a Host header names, in small letters, without port and brackets."""
    host = header.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


class Hosts:
    """The host names this service answers to: its own, those configured, and loopback."""

    def __init__(self, public_url: str, more: Iterable[str]) -> None:
        """A service published at an unspecified address (0.0.0.0) answers to any address."""
        own = urlsplit(public_url).hostname or ""
        self._names = LOOPBACK_HOSTS | {own} | {host_name(name) for name in more}
        found = _address(own)
        self._any_address = bool(found and found.is_unspecified)

    def __contains__(self, header: str) -> bool:
        """Whether a Host header names one of them."""
        name = host_name(header)
        return name in self._names or (self._any_address and _address(name) is not None)


@lru_cache(maxsize=4096)  # who calls calls again
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)  # an IPv4 caller as a dual socket sees it
    return mapped or found


def _is_within(text: str, networks: tuple[Network, ...]) -> bool:
    found = _address(text)
    return found is not None and any(found in network for network in networks)


def _household(text: str) -> str:
    found = _address(text)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _OF_ONE_HOUSEHOLD), strict=False))
    return str(found or text)
