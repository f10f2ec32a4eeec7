"""Where a webhook may go: hostile addresses, each refused for its reason; and honest ones."""

from ipaddress import ip_address, ip_network

import pytest

from certstore.errors import MalformedError
from certstore.events.destination import MAX_URL, Bounds, judge_address, parse_destination

PUBLIC = Bounds()
TRYING_OUT = Bounds(loopback=True)

HOSTILE = {
    "scheme": (
        "http://hooks.agency.example/",
        "ftp://hooks.agency.example/",
        "gopher://hooks.agency.example/",
        "//hooks.agency.example/",
    ),
    "userinfo": (
        "https://user:secret@hooks.agency.example/",
        "https://hooks.agency.example@127.0.0.1/",
        "https://@hooks.agency.example/",
        "https://127.0.0.1:443@hooks.agency.example/",
    ),
    "fragment": ("https://hooks.agency.example/#", "https://hooks.agency.example#@127.0.0.1/"),
    "port": (
        "https://hooks.agency.example:22/",
        "https://hooks.agency.example:80/",
        "https://hooks.agency.example:0/",
        "https://hooks.agency.example:6379/",
        "https://hooks.agency.example:4430/",
    ),
    "url": (
        "",
        "https://hooks.agency.example/\r\nX: y",
        "https://hooks.agency.example/a b",
        "https://hooks.agency.example/\t",
        "https://hooks.agency.example\\@127.0.0.1/",
        "https:\\\\127.0.0.1/",
        "https://hooks.agency.example/\x00",
        "https://hooks.agency.example:99999/",
        "https://hooks.agency.example:x/",
        "https://hooks.agency.example:-1/",
        "https://[::1/",
        "https://[1:2]/",
        "https://hooks.agency.example/" + "a" * MAX_URL,
    ),
    "path": ("https://hooks.agency.example/钩子", "https://hooks.agency.example/?人"),
    "host": (
        "https://",
        "file:///etc/passwd",
        "javascript:alert(1)//hooks.agency.example",
        "https:///path",
        "https:127.0.0.1",
        "hooks.agency.example",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://a.localhost/",
        "https://metadata/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://db.corp/",
        "https://x.home.arpa/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1.1/",
        "https://1.2.3.256/",
        "https://0x/",
        "https://hooks..agency.example/",
        "https://.agency.example/",
        "https://hooks_agency.example/",
        "https://-hooks.example/",
        "https://hooks.agency.example../",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://%31%32%37.0.0.1/",
        "https://127%2e0%2e0%2e1/",
        "https://[::1]x/",
        "https://[v1.fe80]/",
        "https://*.agency.example/",
        "https://hooks.agency.example;127.0.0.1/",
        "https://hooks.agency.example,127.0.0.1/",
    ),
    "address": (
        "https://127.0.0.1/",
        "https://127.0.0.1./",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127\u30020\u30020\u30021/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1:8443/",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://169.254.169.254/latest/meta-data/",
        "https://168.63.129.16/",
        "https://0.0.0.0/",
        "https://255.255.255.255/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://192.0.2.7/",
        "https://198.18.0.1/",
        "https://192.88.99.1/",
        "https://[::1]/",
        "https://[::1%25]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:53aa:64c::1]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1%25eth0]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
        "https://[2001:db8::1]/",
        "https://[3fff::1]/",
        "https://[5f00::1]/",
        "https://[100::1]/",
    ),
}
CASES = [(cause, url) for cause, urls in HOSTILE.items() for url in urls]


def test_there_are_enough_hostile_addresses():
    assert len(CASES) >= 100


@pytest.mark.parametrize(("cause", "url"), CASES)
def test_a_hostile_address_is_refused_for_its_reason(cause, url):
    with pytest.raises(MalformedError) as refused:
        parse_destination(url, PUBLIC)
    assert refused.value.facts["cause"] == cause
    assert refused.value.where == "url"


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://hooks.agency.example", "https://hooks.agency.example/"),
        ("HTTPS://Hooks.Agency.Example.:443/A?b=c", "https://hooks.agency.example/A?b=c"),
        ("https://hooks.agency.example:8443/", "https://hooks.agency.example:8443/"),
        ("https://示范.example/", "https://xn--7etx2m.example/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0::1111]/x", "https://[2606:4700::1111]/x"),
        ("https://hooks.agency.example/%E9%92%A9", "https://hooks.agency.example/%E9%92%A9"),
    ],
)
def test_an_honest_address_is_normalised_once_and_for_all(url, normal):
    once = parse_destination(url, PUBLIC)
    if "xn--" in normal:
        assert once.host.startswith("xn--")
        assert once.host.isascii()
    else:
        assert once.url == normal
    assert parse_destination(once.url, PUBLIC) == once


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8123/hook", "http://localhost:9000/", "https://[::1]:7000/"]
)
def test_this_machine_is_reached_where_things_are_tried_out_and_nowhere_else(url):
    assert parse_destination(url, TRYING_OUT).url == url
    with pytest.raises(MalformedError):
        parse_destination(url, PUBLIC)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://hooks.agency.example/", "https://hooks.agency.example:80/"]
)
def test_trying_out_opens_this_machine_alone(url):
    with pytest.raises(MalformedError):
        parse_destination(url, TRYING_OUT)


def test_an_operator_opens_a_network_by_name():
    own = Bounds((ip_network("10.20.0.0/16"), ip_network("fd00:1::/32")))
    assert parse_destination("https://10.20.3.4/", own).host == "10.20.3.4"
    assert judge_address(ip_address("fd00:1::7"), own) is None
    assert judge_address(ip_address("10.21.0.1"), own) is not None
    assert judge_address(ip_address("127.0.0.1"), own) is not None
    assert judge_address(ip_address("::ffff:10.20.3.4"), own) is not None
