"""Who calls, which host was meant, where a provider may be asked."""

from ipaddress import ip_network

import pytest

from certstore.service.addresses import Hosts, caller_address, host_name, is_safe_place

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),  # a stranger's word
        ("10.0.0.2", [], "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["198.51.100.8, 198.51.100.7, 10.0.0.3"], "198.51.100.7"),
        ("10.0.0.2", ["198.51.100.8", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.2", ["10.0.0.4, 10.0.0.3"], "10.0.0.4"),
        ("10.0.0.2", ["somebody"], "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.7, unknown"], "10.0.0.2"),
        ("10.0.0.2", [""], "10.0.0.2"),
        ("::ffff:10.0.0.2", ["198.51.100.7"], "198.51.100.7"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fd00::1", ["2001:db8:1:2::9"], "2001:db8:1:2::/64"),
        ("testclient", ["198.51.100.7"], "testclient"),
    ],
)
def test_only_a_trusted_proxy_says_who_called(peer, forwarded, caller):
    assert caller_address(peer, forwarded, PROXIES) == caller


def test_without_trusted_proxies_nobody_says_it():
    assert caller_address("127.0.0.1", ["198.51.100.7"], ()) == "127.0.0.1"


def test_a_long_row_of_proxies_is_not_read_for_ever():
    row = ", ".join(["198.51.100.7", *["10.0.0.3"] * 100_000])
    assert caller_address("10.0.0.2", [row], PROXIES) == "10.0.0.3"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Certs.Example", "certs.example"),
        ("certs.example:443", "certs.example"),
        ("certs.example.", "certs.example"),
        ("[::1]:8000", "::1"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_hosts_name_is_read(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("certs.example", True),
        ("certs.example:8443", True),
        ("CERTS.EXAMPLE", True),
        ("desk.internal", True),
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]", True),
        ("evil.example", False),
        ("certs.example.evil.example", False),
        ("evil.example:certs.example", False),
        ("certs.example@evil.example", False),
        ("certs.example, evil.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_a_service_answers_to_its_own_names(header, ours):
    assert (header in Hosts("https://certs.example", ["Desk.Internal"])) is ours


def test_a_service_published_everywhere_answers_to_addresses_and_to_no_name():
    hosts = Hosts("http://0.0.0.0:8000", [])
    assert "192.0.2.7:8000" in hosts
    assert "evil.example" not in hosts


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example", True),
        ("https://id.example/realms/city", True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000/x", True),
        ("http://[::1]:9000", True),
        ("http://id.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("https://", False),
        ("ftp://127.0.0.1", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_a_provider_is_asked_by_https_or_on_this_machine(url, safe):
    assert is_safe_place(url) is safe
