import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.codes import base45
from certstore.errors import MalformedError


@pytest.mark.parametrize(
    ("data", "text"),
    [  # RFC 9285 §4.3 and §4.4
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
        (b"\x00", "00"),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_the_standards_examples_are_spelled_and_read(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_come_back(data):
    assert base45.decode(base45.encode(data)) == data


@settings(deadline=None)
@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=60))
def test_whatever_is_read_is_spelled_back_the_same(text):
    try:
        data = base45.decode(text)
    except MalformedError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AAAA",
        "GGW",  # 65536
        ":::",
        "::",
        "V5",  # 256
        "bb8",
        "BB8\n",
        "\tBB8",
        "BB8\r\n",
        "BB8_",
        "BB=",
        "\uff22\uff22\uff18",
        "BB\u00a0",
        "\ud800AB",
        "BB\x00",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(MalformedError):
        base45.decode(text)


def test_space_is_a_symbol_and_is_not_stripped():
    assert base45.decode(" 20") != base45.decode("200")
    with pytest.raises(MalformedError):
        base45.decode("BB8 ")
